#include "adapter/ledger/ledger.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include "adapter/ledger/chain.h"
#include "adapter/ledger/group_commit.h"
#include "adapter/platform/durable_file.h"
#include "fhir/error.h"
#include "fhir/json.h"

namespace sekisho::ledger {
namespace {

const fhir::Instant kMorning = *fhir::parse_instant("2026-11-20T10:00:00+09:00");
constexpr std::int64_t kHour = 3'600'000;

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    options.dir = testing::TempDir() + "ledger_" + std::to_string(getpid()) + test->name();
    std::filesystem::remove_all(options.dir);
    options.key = crypto::SigningKey::generate();
    options.seal_key = std::string(32, 'k');
    options.host = "test";
    options.agent_version = "0.1.0";
  }
  ~LedgerTest() override { std::filesystem::remove_all(options.dir); }

  Record record(const std::string& id) const {
    Record made;
    made.request_id = id;
    made.client = "hub";
    made.interaction = "read";
    made.target = "Patient/abc";
    made.status = 200;
    made.outcome = "released";
    made.epoch = 7;
    made.categories = {"D1"};
    made.counts = {{"Patient", 1}};
    made.patients = {{"marker-patient-1", "I1 I4+I5"}, {"marker-patient-2", ""}};
    made.body_digest = std::string(64, 'a');
    return made;
  }

  // A ledger of `count` records, closed.
  void fill(int count) {
    Ledger::create(options, kMorning);
    const auto ledger = Ledger::open(options, kMorning);
    for (int i = 0; i < count; ++i) {
      ledger->append(record("r" + std::to_string(i)), kMorning);
    }
  }

  Verified check() const { return verify(options.dir, options.key.verify_key()); }
  std::string file(const std::string& name) const { return options.dir + '/' + name; }
  std::string read(const std::string& name) const { return platform::read_file(file(name)); }
  void write(const std::string& name, std::string_view bytes) const {
    platform::write_file(file(name), bytes);
  }
  std::vector<fhir::Json> lines() const {
    std::vector<fhir::Json> all;
    list(options.dir, [&](std::string_view line) {
      all.push_back(fhir::parse_json(line));
      return true;
    });
    return all;
  }

  Ledger::Options options;
  const std::string first_file = "ledger-000000000001.jsonl";
};

TEST_F(LedgerTest, ChainOfRecordsVerifies) {
  fill(25);
  const Verified result = check();
  EXPECT_TRUE(result.ok) << result.where;
  EXPECT_EQ(result.records, 25u);
  EXPECT_EQ(result.checkpoints, 2u);  // at creation and at the clean stop
  EXPECT_EQ(result.unsigned_lines, 0u);
}

TEST_F(LedgerTest, GoesOnWhereItStopped) {
  fill(3);
  {
    const auto ledger = Ledger::open(options, kMorning);
    const std::uint64_t before = ledger->last_sequence();
    EXPECT_EQ(ledger->append(record("later"), kMorning), before + 1);
    EXPECT_EQ(ledger->last_sequence(), before + 1);
    EXPECT_EQ(ledger->last_time(), kMorning);
  }
  const Verified result = check();
  EXPECT_TRUE(result.ok) << result.where;
  EXPECT_EQ(result.records, 4u);
}

TEST_F(LedgerTest, EachLineIsJsonWithTheFieldsOfItsKind) {
  fill(1);
  const auto all = lines();
  ASSERT_EQ(all.size(), 5u);  // genesis, checkpoint, start, request, checkpoint
  EXPECT_EQ(all[0].text("kind"), "genesis");
  EXPECT_NE(all[0].text("public_key").find("PUBLIC KEY"), std::string_view::npos);
  EXPECT_EQ(all[2].text("kind"), "start");
  EXPECT_EQ(all[2].text("agent_version"), "0.1.0");
  const fhir::Json& request = all[3];
  EXPECT_EQ(request.text("kind"), "request");
  EXPECT_EQ(request.text("time"), "2026-11-20T01:00:00.000Z");
  EXPECT_EQ(request.text("target"), "Patient/abc");
  EXPECT_EQ(request.find("counts")->find("Patient")->get<fhir::Number>()->text, "1");
  EXPECT_EQ(request.text("reason"), "");
  EXPECT_EQ(all[4].text("signature").size(), 128u);
}

TEST_F(LedgerTest, PatientsAreSealedAndOpenWithTheKeyOnly) {
  fill(1);
  EXPECT_EQ(read(first_file).find("marker-patient"), std::string::npos);
  std::vector<Disclosed> patients;
  list(options.dir, [&](std::string_view line) {
    for (Disclosed& patient : patients_of(line, options.seal_key)) {
      patients.push_back(std::move(patient));
    }
    return true;
  });
  EXPECT_EQ(patients, record("").patients);
  EXPECT_THROW(list(options.dir,
                    [&](std::string_view line) {
                      patients_of(line, std::string(32, 'x'));
                      return true;
                    }),
               fhir::Error);
}

TEST_F(LedgerTest, FindsEachFlippedByteAndSaysWhichItIs) {
  fill(3);
  for (const std::string& name : {first_file, std::string("head.json")}) {
    const std::string good = read(name);
    std::set<std::size_t> bytes;
    for (std::size_t i = 0; i < good.size(); i += 499) {
      bytes.insert(i);
    }
    for (std::size_t i = 0; i < good.size(); ++i) {
      if (good[i] == '\n') {
        bytes.insert({i, i - 1, i - 5});
      }
    }
    const std::size_t in_sum = good.find(",\"sum\":\"");
    bytes.insert({0, in_sum, in_sum + 4, in_sum + 8, in_sum + 24, in_sum + 25});
    for (const std::size_t byte : bytes) {
      std::string bad = good;
      bad[byte] = static_cast<char>(bad[byte] ^ (byte % 2 == 0 ? 0x01 : 0x20));
      write(name, bad);
      const Verified result = check();
      EXPECT_FALSE(result.ok) << name << " byte " << byte;
      EXPECT_NE(result.where.find(name + ':'), std::string::npos) << result.where;
      EXPECT_NE(result.where.find(", byte " + std::to_string(byte) + ":"), std::string::npos)
          << "byte " << byte << ": " << result.where;
    }
    write(name, good);
  }
  EXPECT_TRUE(check().ok);
}

TEST_F(LedgerTest, FindsABytePutAsLineEnd) {
  fill(2);
  std::string bad = read(first_file);
  bad[700] = '\n';
  write(first_file, bad);
  EXPECT_NE(check().where.find(", byte 700:"), std::string::npos) << check().where;
}

TEST_F(LedgerTest, MissingLinesAreFound) {
  fill(5);
  const std::string good = read(first_file);
  const std::size_t last = good.rfind('\n', good.size() - 2) + 1;
  write(first_file, std::string_view(good).substr(0, last));
  EXPECT_NE(check().where.find("lines are missing at the end"), std::string::npos) << check().where;
  EXPECT_THROW(Ledger::open(options, kMorning), fhir::Error);

  const std::size_t third = good.find('\n', good.find('\n') + 1) + 1;
  const std::size_t fourth = good.find('\n', third) + 1;
  write(first_file, good.substr(0, third) + good.substr(fourth));
  EXPECT_NE(check().where.find(":3, byte " + std::to_string(third) + ": sequence 4"),
            std::string::npos)
      << check().where;
  write(first_file, good);
  std::filesystem::remove(file("head.json"));
  EXPECT_FALSE(check().ok);
}

TEST_F(LedgerTest, ALedgerSignedWithAnotherKeyDoesNotVerify) {
  fill(2);
  const auto other = crypto::SigningKey::generate();
  EXPECT_FALSE(verify(options.dir, other.verify_key()).ok);
  options.key = other;
  EXPECT_THROW(Ledger::open(options, kMorning), fhir::Error);
}

TEST_F(LedgerTest, FilesFollowEachOtherInOneChain) {
  options.segment_bytes = 2000;
  fill(40);
  const auto count = std::distance(std::filesystem::directory_iterator(options.dir), {});
  EXPECT_GT(count, 8);
  EXPECT_TRUE(check().ok) << check().where;
  EXPECT_EQ(check().records, 40u);
  { const auto ledger = Ledger::open(options, kMorning); }
  EXPECT_TRUE(check().ok) << check().where;
  for (const auto& entry : std::filesystem::directory_iterator(options.dir)) {
    const std::string name = entry.path().filename().string();
    if (name != first_file && name.substr(0, 7) == "ledger-") {
      std::filesystem::remove(entry.path());
      break;
    }
  }
  EXPECT_FALSE(check().ok);
}

TEST_F(LedgerTest, SignsDailyAndEverySoManyLines) {
  options.checkpoint_every = 10;
  Ledger::create(options, kMorning);
  const auto ledger = Ledger::open(options, kMorning);
  ledger->append(record("a"), kMorning);
  EXPECT_EQ(check().checkpoints, 1u);
  ledger->append(record("b"), {kMorning.ms + 14 * kHour});  // 00:00 the next day in Japan
  EXPECT_EQ(check().checkpoints, 2u);
  for (int i = 0; i < 20; ++i) {
    ledger->append(record("c"), {kMorning.ms + 14 * kHour});
  }
  EXPECT_EQ(check().checkpoints, 4u);
  ledger->checkpoint({kMorning.ms + 14 * kHour});
  EXPECT_EQ(check().unsigned_lines, 0u);
}

TEST_F(LedgerTest, LastTimeIsTheLatestOfAllLines) {
  Ledger::create(options, kMorning);
  const auto ledger = Ledger::open(options, kMorning);
  ledger->append(record("a"), {kMorning.ms + kHour});
  ledger->append(record("b"), kMorning);
  EXPECT_EQ(ledger->last_time().ms, kMorning.ms + kHour);
}

TEST_F(LedgerTest, ALedgerOfANewerProgramIsNeitherContinuedNorJudged) {
  std::string genesis;
  ChainEnd end;
  end.digest = write_line({1, {}, kMorning}, R"(,"kind":"genesis","format":2)", genesis);
  end.sequence = 1;
  std::string head;
  write_line({2, end.digest, kMorning}, checkpoint_members(end, kMorning, options.key), head);
  platform::create_folder(options.dir);
  write(first_file, genesis + head);
  write("head.json", head);
  EXPECT_NE(check().where.find("a newer program wrote it; install that again"), std::string::npos)
      << check().where;
  try {
    Ledger::open(options, kMorning);
    FAIL();
  } catch (const fhir::Error& error) {
    EXPECT_EQ(error.code(), fhir::ErrorCode::kCorrupt);
    EXPECT_NE(error.text().find("install that again"), std::string::npos) << error.text();
  }
}

TEST_F(LedgerTest, OneOwnerAndOneBeginning) {
  Ledger::create(options, kMorning);
  EXPECT_THROW(Ledger::create(options, kMorning), fhir::Error);
  const auto ledger = Ledger::open(options, kMorning);
  try {
    Ledger::open(options, kMorning);
    FAIL() << "opened twice";
  } catch (const fhir::Error& error) {
    EXPECT_EQ(error.code(), fhir::ErrorCode::kConflict);
  }
}

TEST_F(LedgerTest, ManyThreadsEachGetTheirLine) {
  Ledger::create(options, kMorning);
  const auto ledger = Ledger::open(options, kMorning);
  std::vector<std::set<std::uint64_t>> given(8);
  std::vector<std::thread> threads;
  for (auto& mine : given) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        mine.insert(ledger->append(record("t"), kMorning));
      }
    });
  }
  for (int looks = 0; looks < 5; ++looks) {
    const Verified result = check();  // while they write
    EXPECT_TRUE(result.ok) << result.where;
  }
  std::set<std::uint64_t> all;
  for (std::size_t i = 0; i < threads.size(); ++i) {
    threads[i].join();
    all.insert(given[i].begin(), given[i].end());
  }
  EXPECT_EQ(all.size(), 400u);
  EXPECT_EQ(*all.rbegin(), ledger->last_sequence());
  EXPECT_EQ(check().records, 400u);
}

TEST_F(LedgerTest, WhatARecordSaysCannotBreakTheLine) {
  Ledger::create(options, kMorning);
  {
    const auto ledger = Ledger::open(options, kMorning);
    Record odd = record("\",\"sum\":\"0000000000000000\"}\n{");
    odd.client = "\x01\\\"";
    ledger->append(odd, kMorning);
  }
  EXPECT_TRUE(check().ok) << check().where;
  EXPECT_EQ(lines()[3].text("client"), "\x01\\\"");
}

TEST_F(LedgerTest, WhatAClientSaidIsCutToAShortTextInUtf8) {
  struct Said {
    std::string text, kept;
  };
  const std::string bad = "\xEF\xBF\xBD";
  const std::vector<Said> rows = {
      {std::string(8192, 'x'), std::string(128, 'x')},
      {std::string(128, 'x') + 'y', std::string(128, 'x')},
      {std::string(126, 'x') + "\u8A31y", std::string(126, 'x')},
      {std::string(125, 'x') + "\u8A31y", std::string(125, 'x') + "\u8A31"},
      {"\u8A31\U0001F600\u00E9", "\u8A31\U0001F600\u00E9"},
      {"a\xFF\xE8\xA8", "a" + bad + bad + bad},
      {"\xED\xA0\x80\xC0\xAFz", bad + bad + bad + bad + bad + "z"},
      {std::string(8192, '\xE8'), [&] {
         std::string all;
         for (int i = 0; i < 42; ++i) {
           all += bad;
         }
         return all;
       }()}};
  Ledger::create(options, kMorning);
  {
    const auto ledger = Ledger::open(options, kMorning);
    for (const Said& row : rows) {
      Record odd = record("r");
      odd.permit = odd.purpose = odd.target = row.text;
      ledger->append(odd, kMorning);
    }
  }
  EXPECT_TRUE(check().ok) << check().where;
  const auto all = lines();
  ASSERT_EQ(all.size(), rows.size() + 4);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const char* name : {"permit", "purpose", "target"}) {
      EXPECT_EQ(all[i + 3].text(name), rows[i].kept) << name << " of row " << i;
    }
  }
}

TEST_F(LedgerTest, RecordsThatWereBegunStandInTheirOrderWhetherWaitedForOrNot) {
  Ledger::create(options, kMorning);
  {
    const auto ledger = Ledger::open(options, kMorning);
    std::vector<Ledger::Appending> begun;
    for (int i = 0; i < 3; ++i) {
      begun.push_back(ledger->begin_append(record("r" + std::to_string(i)), kMorning));
    }
    const std::uint64_t last = begun[2].wait();
    EXPECT_EQ(begun[0].wait() + 2, last);
    EXPECT_EQ(ledger->last_sequence(), last);
    const Ledger::Appending dropped = ledger->begin_append(record("r3"), kMorning);
  }
  int found = 0;
  list(options.dir, [&](std::string_view line) {
    found += line.find("\"kind\":\"request\"") == std::string_view::npos ? 0 : 1;
    return true;
  });
  EXPECT_EQ(found, 4);
  EXPECT_TRUE(check().ok);
}

// Who finds the lead taken, and the batch done at the same moment, must not wait for it any more.
TEST(GroupCommitTest, NobodyWaitsForABatchThatIsDone) {
  constexpr int kThreads = 6;
  constexpr std::size_t kLines = 40'000;
  std::atomic<std::size_t> committed{0};
  GroupCommit group([&](const std::vector<Waiting*>& batch) { committed += batch.size(); });
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      // Odd ones bring two lines at once.
      std::array<Waiting, 2> lines;
      const std::size_t brought = i % 2 == 0 ? 1 : 2;
      for (std::size_t n = 0; n < kLines; n += brought) {
        for (std::size_t k = 0; k < brought; ++k) {
          group.join(lines[k]);
        }
        for (std::size_t k = 0; k < brought; ++k) {
          group.wait(lines[k]);
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(committed, kThreads * kLines);
}

TEST(GroupCommitTest, LinesOfAThreadThatDoesNotWaitYetGoWithTheNextBatch) {
  std::vector<std::size_t> batches;
  GroupCommit group([&](const std::vector<Waiting*>& batch) { batches.push_back(batch.size()); });
  std::array<Waiting, 3> lines;
  group.join(lines[0]);
  group.join(lines[1]);
  std::thread other([&] {
    group.join(lines[2]);
    group.wait(lines[2]);
  });
  other.join();
  group.wait(lines[0]);
  group.wait(lines[1]);
  EXPECT_EQ(batches, std::vector<std::size_t>{3});
}

}  // namespace
}  // namespace sekisho::ledger
