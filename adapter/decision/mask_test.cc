// patient_mask says what decide says: for single codes and sets, for one subject and several, and
// until the instant that it names.

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <random>

#include "adapter/decision/random_world.h"

namespace sekisho::decision {
namespace {

using fhir::CategorySet;
using fhir::Instant;
using registry::Environment;
using registry::PatientNumber;
using registry::State;

constexpr std::size_t kPeople = 6;

struct World {
  explicit World(std::uint64_t seed) : random(seed) { random.fill(state, environment, kPeople); }

  bool permitted(CategorySet needs, const std::vector<std::string>& subjects, Instant at) {
    Subject subject;
    subject.needs = needs;
    subject.subjects = subjects;
    return asked(subject, at);
  }
  bool carried(CategorySet codes, const std::vector<std::string>& subjects, Instant at) {
    Subject subject;
    subject.carried_by = codes;
    subject.subjects = subjects;
    return asked(subject, at);
  }
  bool asked(const Subject& subject, Instant at) {
    Asking asking = random.asking();
    asking.now = at;
    return decide(state, environment, asking, subject).permitted();
  }
  PatientMask mask(std::size_t number, Instant at) {
    return patient_mask(state, environment, *state.permit("P"), "HRESCH",
                        static_cast<PatientNumber>(number), at);
  }

  RandomWorld random;
  State state;
  Environment environment;
};

std::uint64_t seed_base() {
  const char* given = std::getenv("SEKISHO_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

TEST(PatientMask, AgreesWithDecideOnEveryCodeOfEveryPatient) {
  const std::uint64_t base = seed_base();
  std::size_t permits = 0;
  for (std::uint64_t round = 0; round < 500; ++round) {
    World world(base + round);
    for (std::size_t i = 0; i < kPeople; ++i) {
      const CategorySet mask = world.mask(i, world.random.now).permitted;
      for (unsigned bit = 0; bit < 6; ++bit) {
        const CategorySet code = CategorySet::one(bit);
        const bool answer = world.permitted(code, {RandomWorld::id(i)}, world.random.now);
        permits += answer ? 1u : 0u;
        ASSERT_EQ(mask.contains(code), answer)
            << "SEKISHO_SEED=" << base + round << " patient " << i << " code " << bit;
      }
      ASSERT_EQ(mask.bits & ~std::uint64_t{0x3F}, 0u);
    }
  }
  EXPECT_GT(permits, 200u) << "the random worlds permit too little to prove anything";
}

TEST(PatientMask, CombinesAsTheMaskAlgebraSays) {
  const std::uint64_t base = seed_base();
  std::size_t permits = 0;
  for (std::uint64_t round = 0; round < 500; ++round) {
    World world(base + round);
    for (int question = 0; question < 8; ++question) {
      std::vector<std::string> subjects;
      CategorySet all{~std::uint64_t{0}};
      for (std::size_t i = 1 + world.random.below(3); i > 0; --i) {
        const std::size_t who = world.random.below(kPeople);
        subjects.push_back(RandomWorld::id(who));
        all = all & world.mask(who, world.random.now).permitted;
      }
      const CategorySet codes = world.random.codes();
      const bool needs = world.permitted(codes, subjects, world.random.now);
      permits += needs ? 1u : 0u;
      ASSERT_EQ(!codes.empty() && all.contains(codes), needs) << "SEKISHO_SEED=" << base + round;
      ASSERT_EQ(all.meets(codes), world.carried(codes, subjects, world.random.now))
          << "SEKISHO_SEED=" << base + round;
    }
  }
  EXPECT_GT(permits, 100u);
}

TEST(PatientMask, HoldsUntilTheInstantThatItNames) {
  const std::uint64_t base = seed_base();
  constexpr Instant kEver{std::numeric_limits<std::int64_t>::max()};
  std::size_t turns = 0;
  for (std::uint64_t round = 0; round < 250; ++round) {
    World world(base + round);
    const Instant now = world.random.now;
    for (std::size_t i = 0; i < kPeople; ++i) {
      const PatientMask mask = world.mask(i, now);
      ASSERT_GT(mask.until, now);
      const std::int64_t end = std::min(mask.until.ms, now.ms + std::int64_t{400} * 86'400'000);
      std::vector<std::int64_t> instants = {now.ms + 1, end - 1};
      for (std::int64_t day = 0; day < 400; day += 1 + static_cast<std::int64_t>(round % 29)) {
        instants.push_back(fhir::japan_midnight(fhir::japan_date(now) + std::chrono::days(day)).ms);
      }
      for (const std::int64_t at : instants) {
        if (at > now.ms && at < end) {
          ASSERT_EQ(world.mask(i, {at}).permitted, mask.permitted)
              << "SEKISHO_SEED=" << base + round << " patient " << i << " at "
              << fhir::to_japan_text(Instant{at});
        }
      }
      turns +=
          mask.until != kEver && world.mask(i, mask.until).permitted != mask.permitted ? 1u : 0u;
    }
  }
  EXPECT_GT(turns, 15u) << "the random worlds never turn";
}

TEST(PatientMask, IsNothingForANumberThatNobodyHas) {
  World world(1);
  EXPECT_TRUE(world.mask(kPeople, world.random.now).permitted.empty());
}

TEST(MaskMaker, SaysTheSameForManyAsForOne) {
  for (std::uint64_t seed = 1; seed < 200; ++seed) {
    World world(seed);
    MaskMaker maker(world.state, world.environment, *world.state.permit("P"), "HRESCH",
                    world.random.now);
    for (std::size_t i = 0; i < kPeople; ++i) {
      const PatientMask one = world.mask(i, world.random.now);
      const PatientMask many = maker.of(static_cast<PatientNumber>(i));
      ASSERT_EQ(one.permitted, many.permitted) << seed;
      ASSERT_EQ(one.until, many.until) << seed;
    }
  }
}

}  // namespace
}  // namespace sekisho::decision
