#include "adapter/agent/clock_guard.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "adapter/platform/durable_file.h"
#include "fhir/error.h"

namespace sekisho::agent {
namespace {

using fhir::Instant;

constexpr Instant kNow{1'795'000'000'000};
Instant after(std::int64_t seconds) { return Instant{kNow.ms + seconds * 1000}; }

class ClockGuardTest : public testing::Test {
 protected:
  ClockGuardTest() {
    std::filesystem::create_directories(folder_);
    std::filesystem::remove(file_);
  }
  std::string folder_ = testing::TempDir() + "clock_guard_test";
  std::string file_ = folder_ + "/clock.json";
};

TEST_F(ClockGuardTest, HoldsNothingAtTheFirstStart) {
  EXPECT_FALSE(ClockGuard(file_, kNow, Instant{}).held());
}

TEST_F(ClockGuardTest, BearsFiveSecondsAndHoldsAboveThem) {
  ClockGuard guard(file_, kNow, Instant{});
  guard.tick(after(60));
  guard.tick(after(55));
  EXPECT_FALSE(guard.held());
  guard.tick(Instant{after(55).ms - 1});
  EXPECT_TRUE(guard.held());
}

TEST_F(ClockGuardTest, HoldsAcrossARestartUntilConfirmed) {
  {
    ClockGuard guard(file_, kNow, Instant{});
    guard.tick(after(-3600));
    EXPECT_TRUE(guard.held());
    guard.stop(after(-3600));
  }
  // Time catching up is no confirmation: what happened in between is unknown.
  EXPECT_TRUE(ClockGuard(file_, after(7200), Instant{}).held());
  ClockGuard guard(file_, after(7200), Instant{});
  guard.confirm(after(7200), Instant{});
  EXPECT_FALSE(guard.held());
  EXPECT_FALSE(ClockGuard(file_, after(7201), Instant{}).held());
}

TEST_F(ClockGuardTest, HoldsWhereTheClockIsBehindItsOwnRecord) {
  { ClockGuard(file_, kNow, Instant{}).stop(after(100)); }
  EXPECT_TRUE(ClockGuard(file_, after(90), Instant{}).held());
}

TEST_F(ClockGuardTest, HoldsWhereTheClockIsBehindRegistryOrLedger) {
  EXPECT_TRUE(ClockGuard(file_, kNow, after(6)).held());
}

TEST_F(ClockGuardTest, AConfirmedFutureOfTheLedgerDoesNotHoldTwice) {
  {
    ClockGuard guard(file_, kNow, after(1'000'000));
    ASSERT_TRUE(guard.held());
    guard.confirm(kNow, after(1'000'000));
  }
  EXPECT_FALSE(ClockGuard(file_, after(1), after(1'000'000)).held());
  // A later record than the confirmed one is a new question.
  EXPECT_TRUE(ClockGuard(file_, after(2), after(1'000'100)).held());
}

// A request may be recorded after the last look at the clock and before it steps back.
TEST_F(ClockGuardTest, AConfirmationCoversWhatWasRecordedSinceTheStart) {
  {
    ClockGuard guard(file_, kNow, Instant{});
    guard.tick(after(-3600));
    guard.confirm(after(-3600), after(1));
  }
  EXPECT_FALSE(ClockGuard(file_, after(-3599), after(1)).held());
}

TEST_F(ClockGuardTest, ARecordThatCannotBeReadIsAnError) {
  const std::string of_format =
      R"(,"lastSeen":"2026-11-20T01:00:00Z","confirmedUpTo":"2026-11-20T01:00:00Z","held":false})";
  platform::write_file(file_, R"({"format":1)" + of_format);
  EXPECT_NO_THROW(ClockGuard(file_, kNow, Instant{}));
  for (const std::string& text : {std::string("{}"), R"({"format":2)" + of_format}) {
    platform::write_file(file_, text);
    EXPECT_THROW(ClockGuard(file_, kNow, Instant{}), fhir::Error);
  }
}

}  // namespace
}  // namespace sekisho::agent
