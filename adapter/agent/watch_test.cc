#include "adapter/agent/watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "adapter/agent/list_age.h"
#include "adapter/platform/durable_file.h"

namespace sekisho::agent {
namespace {

constexpr fhir::Instant kNow{1'795'136'400'000};  // 2026-11-20T10:00 in Japan
fhir::Instant after(std::int64_t seconds) { return {kNow.ms + seconds * 1000}; }

registry::Source read_now() {
  registry::Source list;
  list.name = "counter";
  list.last_sync = kNow;
  list.max_age_s = 1000;
  return list;
}

// The decision closes the door one second after; a rounded percentage said so minutes later.
TEST(ListAge, IsStaleFromTheInstantOnAtWhichTheDecisionSaysSo) {
  EXPECT_EQ(age_of(read_now(), after(1000))->mark(), 95);
  EXPECT_EQ(age_of(read_now(), fhir::Instant{after(1000).ms + 1})->mark(), 100);
  EXPECT_TRUE(age_of(read_now(), fhir::Instant{after(1000).ms + 1})->stale);
}

TEST(ListAge, PassesItsMarks) {
  for (const auto& [seconds, mark] :
       {std::pair{0, 0}, {499, 0}, {500, 50}, {799, 50}, {800, 80}, {949, 80}, {950, 95}}) {
    EXPECT_EQ(age_of(read_now(), after(seconds))->mark(), mark) << seconds;
  }
}

TEST(ListAge, IsWhatTheListItselfSaysWhereItSaysSo) {
  registry::Source list = read_now();
  list.fresh_until = after(10);
  EXPECT_EQ(age_of(list, after(5))->mark(), 50);
  EXPECT_EQ(age_of(list, after(11))->mark(), 100);
}

TEST(ListAge, IsNothingForTheOwnJournalAndForAListThatWasNeverRead) {
  registry::Source list = read_now();
  list.always_fresh = true;
  EXPECT_FALSE(age_of(list, kNow));
  list.always_fresh = false;
  list.last_sync.reset();
  EXPECT_FALSE(age_of(list, kNow));
}

class WatchTest : public testing::Test {
 protected:
  WatchTest() {
    std::filesystem::remove_all(folder_);
    platform::create_folder(folder_);
    registry::Registry::Options options;
    options.dir = folder_ + "/registry";
    options.key = std::string(32, 'k');
    registry::Source list;
    list.name = "counter";
    list.max_age_s = 1000;
    options.sources = {list};
    registry::Registry::create(options, kNow);
    registry_ = registry::Registry::open(options, registry::Registry::Access::kWriter, kNow);
    guard_ = std::make_unique<ClockGuard>(folder_ + "/clock.json", kNow, fhir::Instant{});
    watch_ = std::make_unique<Watch>(
        Watch::Subject{[this] { return now_; }, *guard_, *registry_, nullptr,
                       [this] { return locked_; }, folder_, folder_ + "/none.db", ""},
        log_);
  }
  // What was logged since the last time: the names of the events.
  std::string events() {
    std::string names;
    for (const std::string& line : lines_) {
      const std::size_t at = line.find("\"event\":\"") + 9;
      names += line.substr(at, line.find('"', at) - at) + " ";
    }
    lines_.clear();
    return names;
  }

  std::string folder_ = testing::TempDir() + "watch_test";
  fhir::Instant now_ = kNow;
  bool locked_ = false;
  std::vector<std::string> lines_;
  log::Log log_{[this] { return now_; },
                {[this](std::string_view line, fhir::Instant) { lines_.emplace_back(line); }}};
  std::unique_ptr<registry::Registry> registry_;
  std::unique_ptr<ClockGuard> guard_;
  std::unique_ptr<Watch> watch_;
};

TEST_F(WatchTest, SaysOnceThatTheDoorOpensAndCloses) {
  watch_->look_each_second();
  watch_->look_each_second();
  EXPECT_EQ(events(), "door.opened ");
  locked_ = true;
  watch_->look_each_second();
  watch_->look_each_second();
  EXPECT_EQ(events(), "door.closed ");
  EXPECT_FALSE(watch_->gauges().serving);
}

TEST_F(WatchTest, SaysThatTheClockSteppedBack) {
  watch_->look_each_second();
  events();
  now_.ms -= 60'000;
  watch_->look_each_second();
  watch_->look_each_second();
  EXPECT_EQ(events(), "clock.held ");
  EXPECT_TRUE(watch_->gauges().clock_held);
}

TEST_F(WatchTest, SaysEachMarkThatARequiredListPassesOnce) {
  registry::Actor actor;
  actor.by = {"one"};
  const auto said = registry_->append(
      "source-sync", fhir::Json::object({{"name", "counter"}, {"at", fhir::to_text(kNow)}}), actor,
      kNow);
  ASSERT_TRUE(said.ok());
  for (const auto& [seconds, expected] : {std::pair{10, ""},
                                          {600, "registry.aging "},
                                          {700, ""},
                                          {960, "registry.aging "},
                                          {1001, "registry.aging "},
                                          {2000, ""}}) {
    now_ = after(seconds);
    watch_->look_each_minute();
    EXPECT_EQ(events(), expected) << seconds;
  }
  const Gauges gauges = watch_->gauges();
  const auto list = std::find_if(gauges.sources.begin(), gauges.sources.end(),
                                 [](const auto& source) { return source.name == "counter"; });
  ASSERT_NE(list, gauges.sources.end());
  EXPECT_EQ(list->age_s, 2000);
  EXPECT_EQ(list->max_age_s, 1000);
}

TEST_F(WatchTest, MeasuresTheStateFolder) {
  watch_->look_each_minute();
  const Gauges gauges = watch_->gauges();
  EXPECT_GT(gauges.disk_free_bytes, 0u);
  EXPECT_GT(gauges.disk_bytes.at("registry"), 0u);
  EXPECT_EQ(gauges.disk_bytes.at("ledger"), 0u);
}

}  // namespace
}  // namespace sekisho::agent
