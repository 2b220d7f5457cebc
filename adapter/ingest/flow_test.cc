#include "adapter/ingest/flow.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <stdexcept>
#include <thread>

namespace sekisho::ingest {
namespace {

Candidate candidate(std::uint64_t size, std::int64_t number) {
  Candidate out;
  out.found.size = size;
  out.row.file = number;
  return out;
}

TEST(Flow, TheWriterGetsTheOrderOfTheScanWhateverTheWorkersDo) {
  Flow flow(1u << 20);
  constexpr std::int64_t kFiles = 2000;
  std::thread scanner([&] {
    for (std::int64_t i = 0; i < kFiles; ++i) {
      if (i % 5 == 0) {
        Outcome outcome;
        outcome.row.file = i;
        flow.pass(std::move(outcome));
      } else {
        flow.offer(candidate(100, i));
      }
    }
    flow.end();
  });
  std::vector<std::thread> workers;
  for (unsigned n = 0; n < 4; ++n) {
    workers.emplace_back([&, n] {
      std::mt19937 random(n);
      while (auto work = flow.take()) {
        Outcome outcome;
        outcome.row.file = work->candidate.row.file;
        if (random() % 8 == 0) {
          std::this_thread::yield();
        }
        flow.finish(*work, std::move(outcome));
      }
    });
  }
  std::int64_t expected = 0;
  while (auto outcome = flow.next()) {
    EXPECT_EQ(outcome->row.file, expected++);
  }
  EXPECT_EQ(expected, kFiles);
  scanner.join();
  for (std::thread& worker : workers) {
    worker.join();
  }
}

TEST(Flow, TheScannerWaitsForRoomAndOneTooLargeGoesAlone) {
  constexpr std::size_t kBudget = 1u << 20;
  Flow flow(kBudget);
  std::atomic<int> offered{0};
  std::thread scanner([&] {
    for (int i = 0; i < 3; ++i) {
      flow.offer(candidate(kBudget, i));  // each alone is over the budget
      ++offered;
    }
    flow.end();
  });
  for (int i = 0; i < 3; ++i) {
    auto work = flow.take();
    ASSERT_TRUE(work);
    EXPECT_LE(offered.load(), i + 1);  // the next is not let in while this one is under way
    flow.finish(*work, {});
    ASSERT_TRUE(flow.next());
  }
  EXPECT_FALSE(flow.next());
  scanner.join();
}

TEST(Flow, AFailureReachesTheWriterAndEndsEveryone) {
  Flow flow(1u << 20);
  std::thread scanner([&] {
    while (flow.offer(candidate(100, 0))) {
    }
  });
  std::thread worker([&] {
    flow.take();
    flow.fail(std::make_exception_ptr(std::runtime_error("broken")));
  });
  EXPECT_THROW(
      {
        while (flow.next()) {
        }
      },
      std::runtime_error);
  scanner.join();
  worker.join();
}

}  // namespace
}  // namespace sekisho::ingest
