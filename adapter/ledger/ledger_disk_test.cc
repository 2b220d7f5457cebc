#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>
#include <thread>

#include "adapter/ledger/ledger.h"
#include "fhir/error.h"
#include "fhir/json.h"

namespace sekisho::ledger {
namespace {

const fhir::Instant kMorning = *fhir::parse_instant("2026-11-20T10:00:00+09:00");

// What the disk does to the ledger, shared by the files that it opens.
struct Disk {
  std::atomic<bool> full{false};        // a write takes half and then fails
  std::atomic<bool> sync_fails{false};  // bytes are written, the sync fails
  std::atomic<bool> gone{false};        // nothing can be undone either
  std::atomic<int> syncs{0};
};

class DiskFile final : public platform::FileBackend {
 public:
  DiskFile(const std::string& path, Disk& disk)
      : file_(platform::open_file_backend(path)), disk_(disk) {}

  std::uint64_t size() override { return file_->size(); }
  std::size_t write(std::string_view bytes) override {
    if (disk_.full) {
      if (bytes.size() > 100) {
        return file_->write(bytes.substr(0, bytes.size() / 2));
      }
      throw fhir::Error(fhir::ErrorCode::kNoSpace, "test: no space");
    }
    return file_->write(bytes);
  }
  void sync() override {
    ++disk_.syncs;
    if (disk_.sync_fails) {
      throw fhir::Error(fhir::ErrorCode::kIo, "test: sync failed");
    }
    file_->sync();
  }
  void truncate(std::uint64_t size) override {
    if (disk_.gone) {
      throw fhir::Error(fhir::ErrorCode::kIo, "test: disk gone");
    }
    file_->truncate(size);
  }

 private:
  std::unique_ptr<platform::FileBackend> file_;
  Disk& disk_;
};

class LedgerDiskTest : public testing::Test {
 protected:
  LedgerDiskTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    options.dir = testing::TempDir() + "ledger_disk_" + std::to_string(getpid()) + test->name();
    std::filesystem::remove_all(options.dir);
    options.key = crypto::SigningKey::generate();
    options.seal_key = std::string(32, 'k');
    options.open_file = [this](const std::string& path) {
      return platform::AppendFile::open(path, std::make_unique<DiskFile>(path, disk));
    };
    Ledger::create(options, kMorning);
  }
  ~LedgerDiskTest() override { std::filesystem::remove_all(options.dir); }

  static Record record(const std::string& id) {
    Record made;
    made.request_id = id;
    made.status = 404;
    return made;
  }
  // The request ids that the ledger holds, in order.
  std::vector<std::string> held() const {
    std::vector<std::string> ids;
    list(options.dir, [&](std::string_view line) {
      const fhir::Json json = fhir::parse_json(line);
      if (json.text("kind") == "request") {
        ids.emplace_back(json.text("request_id"));
      }
      return true;
    });
    return ids;
  }
  Verified check() const { return verify(options.dir, options.key.verify_key()); }
  // Appends from three threads and says each acknowledged id on `pipe`, until killed.
  [[noreturn]] void append_until_killed(int pipe, int round) const {
    auto ledger = Ledger::open(options, kMorning);
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0;; ++i) {
          const std::string id =
              std::to_string(round) + '-' + std::to_string(t) + '-' + std::to_string(i);
          ledger->append(record(id), kMorning);
          const std::string said = id + '\n';
          if (::write(pipe, said.data(), said.size()) < 0) {
            _exit(1);
          }
        }
      });
    }
    threads.front().join();
    _exit(0);
  }
  std::string last_file() const {
    std::string last;
    for (const auto& entry : std::filesystem::directory_iterator(options.dir)) {
      if (entry.path().extension() == ".jsonl") {
        last = std::max(last, entry.path().string());
      }
    }
    return last;
  }

  Disk disk;
  Ledger::Options options;
};

struct Failure {
  const char* name;
  bool full;
  bool sync_fails;
  bool gone;
};
class FailingDisk : public LedgerDiskTest, public testing::WithParamInterface<Failure> {};

TEST_P(FailingDisk, RefusesTheRecordAndTakesTheNextWhenTheDiskIsBack) {
  auto ledger = Ledger::open(options, kMorning);
  ledger->append(record("kept-1"), kMorning);
  const auto sequence = ledger->last_sequence();
  disk.full = GetParam().full;
  disk.sync_fails = GetParam().sync_fails;
  disk.gone = GetParam().gone;
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(ledger->append(record("refused"), kMorning), fhir::Error);
    EXPECT_FALSE(ledger->writable());
    EXPECT_EQ(ledger->last_sequence(), sequence);
  }
  disk.full = disk.sync_fails = disk.gone = false;
  ledger->append(record("kept-2"), kMorning);
  EXPECT_TRUE(ledger->writable());
  ledger.reset();
  EXPECT_EQ(held(), (std::vector<std::string>{"kept-1", "kept-2"}));
  EXPECT_TRUE(check().ok) << check().where;
}

INSTANTIATE_TEST_SUITE_P(All, FailingDisk,
                         testing::Values(Failure{"DiskFull", true, false, false},
                                         Failure{"SyncFails", false, true, false},
                                         Failure{"FullAndNotUndone", true, false, true}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(LedgerDiskTest, AStopOnAFullDiskKeepsWhatWasAcknowledged) {
  auto ledger = Ledger::open(options, kMorning);
  ledger->append(record("kept"), kMorning);
  disk.full = true;
  ledger.reset();
  disk.full = false;
  EXPECT_EQ(held(), std::vector<std::string>{"kept"});
  EXPECT_TRUE(check().ok) << check().where;
  EXPECT_GT(check().unsigned_lines, 0u);
}

TEST_F(LedgerDiskTest, ATornLastLineIsCutOffAndRecorded) {
  {
    const auto ledger = Ledger::open(options, kMorning);
    ledger->append(record("kept"), kMorning);
  }
  platform::AppendFile::open(last_file()).append("{\"seq\":99,\"prev\":\"12");
  EXPECT_FALSE(check().ok);
  { const auto ledger = Ledger::open(options, kMorning); }
  EXPECT_TRUE(check().ok) << check().where;
  bool recorded = false;
  list(options.dir, [&](std::string_view line) {
    recorded = recorded || line.find("\"bytes_cut_off\":20") != std::string_view::npos;
    return true;
  });
  EXPECT_TRUE(recorded);
}

TEST_F(LedgerDiskTest, AHoleInTheLastWriteIsCutOffAndOneBeforeASignatureIsFound) {
  {
    const auto ledger = Ledger::open(options, kMorning);
    ledger->append(record("kept"), kMorning);
  }
  const auto add = [&](const std::string& bytes) {
    platform::AppendFile::open(last_file()).append(bytes);
  };
  for (const std::size_t hole : {std::size_t{512}, std::size_t{20} << 20}) {
    add("{\"seq\":99,\"prev\":\"" + std::string(hole, '\0') + "\"}\n{\"seq\":100}\n{\"se");
    { const auto ledger = Ledger::open(options, kMorning); }
    EXPECT_TRUE(check().ok) << check().where;
  }
  EXPECT_EQ(held(), std::vector<std::string>{"kept"});
  std::string bytes = platform::read_file(last_file());
  bytes.replace(bytes.rfind("\"start\""), 7, std::string(7, '\0'));
  platform::write_file(last_file(), bytes);
  { const auto ledger = Ledger::open(options, kMorning); }
  EXPECT_FALSE(check().ok);
}

TEST_F(LedgerDiskTest, CompanyWaitsForOneSyncTogether) {
  const auto ledger = Ledger::open(options, kMorning);
  disk.syncs = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 40; ++i) {
        ledger->append(record("x"), kMorning);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(held().size(), 640u);
  EXPECT_LT(disk.syncs, 640);
}

TEST_F(LedgerDiskTest, KilledAtAnyMomentItHoldsWhatItAcknowledged) {
  options.open_file = nullptr;
  options.segment_bytes = 20'000;
  std::set<std::string> acknowledged;
  for (int round = 0; round < 6; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      append_until_killed(ends[1], round);
    }
    close(ends[1]);
    FILE* const said = fdopen(ends[0], "r");
    char line[64];
    for (int count = 0; fgets(line, sizeof line, said) != nullptr; ++count) {
      acknowledged.insert(std::string(line, strcspn(line, "\n")));
      if (count == 37 * (round + 1)) {
        kill(child, SIGKILL);
      }
    }
    fclose(said);
    waitpid(child, nullptr, 0);
    { const auto ledger = Ledger::open(options, kMorning); }
    const Verified result = check();
    EXPECT_TRUE(result.ok) << result.where;
    const auto ids = held();
    const std::set<std::string> kept(ids.begin(), ids.end());
    EXPECT_EQ(kept.size(), ids.size());
    EXPECT_TRUE(std::includes(kept.begin(), kept.end(), acknowledged.begin(), acknowledged.end()));
  }
  EXPECT_GT(acknowledged.size(), 200u);
}

}  // namespace
}  // namespace sekisho::ledger
