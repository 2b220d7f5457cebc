// Any exception inside the decision denies (SYS_INTERNAL): every allocation that it makes fails
// once, and nothing but the right answer or SYS_INTERNAL comes back.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "adapter/decision/random_world.h"

namespace {
thread_local long allocations_left = -1;  // -1: no limit
}

void* operator new(std::size_t size) {
  if (allocations_left == 0) {
    throw std::bad_alloc();
  }
  if (allocations_left > 0) {
    --allocations_left;
  }
  if (void* memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace sekisho::decision {
namespace {

template <class F>
auto with_allocations(long count, F&& f) {
  allocations_left = count;
  auto result = f();
  allocations_left = -1;
  return result;
}

TEST(OutOfMemory, IsSysInternalAndNeverAPermit) {
  std::size_t internal = 0;
  std::size_t right = 0;
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    RandomWorld random(seed);
    registry::State state;
    registry::Environment environment;
    random.fill(state, environment, 5);
    const Asking asking = random.asking();
    Subject subject;
    subject.carried_by_permit = true;
    subject.subjects = {"p0", "p1"};
    const Reason answer = decide(state, environment, asking, subject).reason;
    const fhir::CategorySet mask =
        patient_mask(state, environment, *state.permit("P"), "HRESCH", 0, asking.now).permitted;
    for (long count = 0; count < 60; ++count) {
      const Reason got = with_allocations(
          count, [&] { return decide(state, environment, asking, subject).reason; });
      EXPECT_TRUE(got == answer || got == Reason::kSysInternal) << seed << " " << count;
      (got == Reason::kSysInternal ? internal : right) += 1;
      const fhir::CategorySet less = with_allocations(count, [&] {
        return patient_mask(state, environment, *state.permit("P"), "HRESCH", 0, asking.now)
            .permitted;
      });
      EXPECT_TRUE(less == mask || less.empty()) << seed << " " << count;
    }
  }
  EXPECT_GT(internal, 100u);
  EXPECT_GT(right, 100u);
}

}  // namespace
}  // namespace sekisho::decision
