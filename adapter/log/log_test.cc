#include "adapter/log/log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "adapter/log/log_files.h"
#include "adapter/platform/durable_file.h"
#include "fhir/json.h"

namespace sekisho::log {
namespace {

namespace fs = std::filesystem;

constexpr fhir::Instant kNow{1'795'136'400'000};  // 2026-11-20T10:00 in Japan
constexpr std::int64_t kDayMs = 86'400'000;

static_assert(!std::is_constructible_v<Value, std::string>);
static_assert(!std::is_constructible_v<Value, std::string_view>);
static_assert(!std::is_constructible_v<Value, const char*>);
static_assert(!std::is_constructible_v<Word, std::string>);
static_assert(!std::is_constructible_v<Word, const char*>);

class LogTest : public testing::Test {
 protected:
  std::vector<std::string> lines_;
  fhir::Instant now_ = kNow;
  Log log_{[this] { return now_; },
           {[this](std::string_view line, fhir::Instant) { lines_.emplace_back(line); }}};
};

TEST_F(LogTest, WritesOneObjectALineWithTypedFields) {
  log_.write(Event::kCommand, {{"name", "registry refuse"},
                               {"os_user", OsUser("counter-1")},
                               {"request_id", RequestId(std::string(32, 'a'))},
                               {"error", fhir::ErrorCode::kNoSpace},
                               {"at", kNow},
                               {"exit", 1},
                               {"whole", false}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_EQ(lines_[0], R"({"time":"2026-11-20T01:00:00.000Z","level":"info","event":"command",)"
                       R"("name":"registry refuse","os_user":"counter-1",)"
                       R"("request_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","error":"no-space",)"
                       R"("at":"2026-11-20T01:00:00.000Z","exit":1,"whole":false})");
  EXPECT_NO_THROW(fhir::parse_json(lines_[0]));
}

TEST_F(LogTest, TakesNoTextThatOnlyClaimsToBeAnIdOrAUser) {
  log_.write(Event::kCommand, {{"request_id", RequestId("山田太郎 1965-03-02 ............")},
                               {"os_user", OsUser("山田")},
                               {"again", OsUser("a b")},
                               {"long", OsUser(std::string(33, 'a'))},
                               {"nobody", OsUser("")}});
  EXPECT_NE(lines_[0].find(R"("request_id":"","os_user":"other","again":"other","long":"other",)"
                           R"("nobody":"other"})"),
            std::string::npos)
      << lines_[0];
}

TEST_F(LogTest, LeavesOutAFloodAndCountsIt) {
  for (int i = 0; i < 1000; ++i) {
    log_.write(Event::kHubUnavailable);
  }
  log_.write(Event::kCommand);  // another event is another matter
  EXPECT_EQ(lines_.size(), Log::kLinesPerMinute + 1);
  log_.flush();
  EXPECT_EQ(lines_.size(), Log::kLinesPerMinute + 1) << "the minute is not over";
  now_.ms += 60'000;
  log_.flush();
  log_.flush();
  ASSERT_EQ(lines_.size(), Log::kLinesPerMinute + 2);
  EXPECT_NE(lines_.back().find(R"("event":"log.suppressed","of":"hub.unavailable","lines":970})"),
            std::string::npos)
      << lines_.back();
  log_.write(Event::kHubUnavailable);
  EXPECT_EQ(lines_.size(), Log::kLinesPerMinute + 3);
}

TEST(Log, LosesALineThatASinkCannotTakeAndSaysSo) {
  std::string taken;
  Log log([] { return kNow; }, {[](std::string_view, fhir::Instant) {
                                  throw fhir::Error(fhir::ErrorCode::kNoSpace, "full");
                                },
                                [&](std::string_view line, fhir::Instant) { taken = line; }});
  log.write(Event::kDiskFull);
  EXPECT_EQ(log.lost(), 1u);
  EXPECT_EQ(log.written(Level::kAlarm), 1u);
  EXPECT_NE(taken.find("disk.full"), std::string::npos);
}

TEST(Events, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const EventText& event : events()) {
    EXPECT_TRUE(names.insert(event.name.text()).second) << event.name.text();
    EXPECT_EQ(&text_of(event.event), &event);
  }
}

TEST(Events, StandInTheOperationsPageAsTheyAreInTheProgram) {
  std::ifstream page(std::string(SEKISHO_SOURCE_DIR) + "/docs/operations.md");
  std::stringstream text;
  text << page.rdbuf();
  for (const EventText& event : events()) {
    const std::string row = "| `" + std::string(event.name.text()) + "` | " +
                            std::string(name_of(event.level).text()) + " | " +
                            std::string(event.meaning.text());
    EXPECT_NE(text.str().find(row), std::string::npos) << row;
  }
}

class LogFilesTest : public testing::Test {
 protected:
  LogFilesTest() { fs::remove_all(folder_); }
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      found.insert(entry.path().filename().string());
    }
    return found;
  }
  std::uint64_t bytes_on_disk() const {
    std::uint64_t bytes = 0;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      bytes += entry.file_size();
    }
    return bytes;
  }
  static fhir::Instant day(std::int64_t days) { return {kNow.ms + days * kDayMs}; }
  std::string folder_ = testing::TempDir() + "log_files_test";
};

TEST_F(LogFilesTest, BeginAFileWithEachDayInJapan) {
  LogFiles files(folder_, {});
  files.append("a", kNow);
  files.append("b", fhir::Instant{kNow.ms + 14 * 3'600'000 - 1});  // 23:59:59.999
  files.append("c", fhir::Instant{kNow.ms + 14 * 3'600'000});      // midnight
  EXPECT_EQ(names(),
            (std::set<std::string>{"sekisho-20261120-0001.jsonl", "sekisho-20261121-0001.jsonl"}));
  EXPECT_EQ(platform::read_file(folder_ + "/sekisho-20261120-0001.jsonl"), "a\nb\n");
}

TEST_F(LogFilesTest, KeepNoMoreDaysThanTheyMay) {
  LogFiles files(folder_, {3, 1 << 20});
  for (int i = 0; i < 10; ++i) {
    files.append("line", day(i));
  }
  EXPECT_EQ(names(),
            (std::set<std::string>{"sekisho-20261126-0001.jsonl", "sekisho-20261127-0001.jsonl",
                                   "sekisho-20261128-0001.jsonl", "sekisho-20261129-0001.jsonl"}));
}

TEST_F(LogFilesTest, KeepNoMoreBytesThanTheyMay) {
  LogFiles files(folder_, {400, 4096});
  const std::string line(99, 'x');
  for (int i = 0; i < 500; ++i) {
    files.append(line, day(i / 100));
    ASSERT_LE(bytes_on_disk(), 4096u) << i;
    ASSERT_EQ(files.bytes(), bytes_on_disk()) << i;
  }
  EXPECT_GT(bytes_on_disk(), 3000u);
}

TEST_F(LogFilesTest, GoOnWhereAnotherRunEnded) {
  { LogFiles(folder_, {}).append("a", kNow); }
  { LogFiles(folder_, {}).append("b", kNow); }
  EXPECT_EQ(platform::read_file(folder_ + "/sekisho-20261120-0001.jsonl"), "a\nb\n");
  std::ofstream(folder_ + "/sekisho-20261120-0001.jsonl", std::ios::app) << "torn";
  LogFiles files(folder_, {});
  files.append("c", kNow);
  EXPECT_EQ(platform::read_file(folder_ + "/sekisho-20261120-0002.jsonl"), "c\n");
  EXPECT_EQ(files.bytes(), bytes_on_disk());
}

TEST_F(LogFilesTest, LeaveFilesOfOtherNamesAlone) {
  fs::create_directories(folder_);
  for (const char* name : {"notes.txt", "sekisho-x.jsonl", "sekisho-20200101-1x.jsonl"}) {
    std::ofstream(folder_ + "/" + name) << "x";
  }
  LogFiles files(folder_, {1, 100});
  files.append(std::string(98, 'x'), kNow);
  files.append(std::string(98, 'x'), day(5));
  EXPECT_EQ(names().size(), 4u);
}

TEST_F(LogFilesTest, CanBeWrittenAgainAfterTheFolderWasThere) {
  std::ofstream(folder_) << "a file in the folder's place";
  LogFiles files(folder_, {});
  EXPECT_THROW(files.append("a", kNow), fhir::Error);
  fs::remove(folder_);
  files.append("b", kNow);
  EXPECT_EQ(platform::read_file(folder_ + "/sekisho-20261120-0001.jsonl"), "b\n");
}

}  // namespace
}  // namespace sekisho::log
