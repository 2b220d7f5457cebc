// What the registry promises when the machine fails: acknowledged means kept, and what is not kept
// is neither acknowledged nor in force (release-decision 4.5, X13).

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "adapter/registry/journal.h"
#include "adapter/registry/registry_fixture.h"
#include "fhir/error.h"

namespace sekisho::registry {
namespace {

using fhir::Error;
using fhir::ErrorCode;

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void spill(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// The real file, with a disk that can be told to fail.
struct Fault {
  std::size_t room = std::string::npos;
  bool sync_fails = false;
  bool truncate_fails = false;
};

class FailingDisk final : public platform::FileBackend {
 public:
  FailingDisk(std::unique_ptr<platform::FileBackend> real, const Fault& fault)
      : real_(std::move(real)), fault_(fault) {}
  std::uint64_t size() override { return real_->size(); }
  std::size_t write(std::string_view bytes) override {
    const std::size_t fits = std::min(bytes.size(), fault_.room);
    if (fits > 0) {
      real_->write(bytes.substr(0, fits));
    }
    if (fits < bytes.size()) {
      throw Error(ErrorCode::kNoSpace, "disk: no space left");
    }
    return fits;
  }
  void sync() override {
    if (fault_.sync_fails) {
      throw Error(ErrorCode::kIo, "disk: input/output error");
    }
    real_->sync();
  }
  void truncate(std::uint64_t size) override {
    if (fault_.truncate_fails) {
      throw Error(ErrorCode::kIo, "disk: input/output error");
    }
    real_->truncate(size);
  }

 private:
  std::unique_ptr<platform::FileBackend> real_;
  const Fault& fault_;
};

class DurabilityTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    options_.open_file = [this](const std::string& path) {
      return platform::AppendFile::open(
          path, std::make_unique<FailingDisk>(platform::open_file_backend(path), fault_));
    };
  }
  void heal() { fault_ = Fault(); }
  ErrorCode refuse(const std::string& patient) {
    try {
      append("refusal", R"({"patients": [")" + patient + R"("]})");
    } catch (const Error& e) {
      return e.code();
    }
    ADD_FAILURE() << "the refusal was acknowledged";
    return ErrorCode::kUsage;
  }
  bool in_force(const std::string& patient) {
    return !registry_->view()->refusals_of(patient).empty();
  }
  Fault fault_;
};

TEST_F(DurabilityTest, AFullDiskRefusesTheRefusalAndNothingElse) {
  create();
  ASSERT_EQ(verdict(append("refusal", R"({"patients": ["before"]})")), "ok");
  fault_.room = 40;
  const std::uint64_t epoch = registry_->epoch();
  EXPECT_EQ(refuse("full"), ErrorCode::kNoSpace);
  EXPECT_FALSE(in_force("full"));
  EXPECT_EQ(registry_->epoch(), epoch);
  EXPECT_TRUE(registry_->loaded() && registry_->chain_ok()) << "the half line was taken back";
  EXPECT_FALSE(registry_->verify());
  heal();
  ASSERT_EQ(verdict(append("refusal", R"({"patients": ["after"]})")), "ok");
  reopen();
  EXPECT_TRUE(in_force("before") && in_force("after"));
  EXPECT_FALSE(in_force("full"));
}

TEST_F(DurabilityTest, AFailedSyncLocksTheRegistryUntilItIsReadAgain) {
  create();
  ASSERT_EQ(verdict(append("refusal", R"({"patients": ["before"]})")), "ok");
  fault_.sync_fails = true;
  EXPECT_EQ(refuse("lost"), ErrorCode::kIo);
  EXPECT_FALSE(in_force("lost"));
  EXPECT_FALSE(registry_->loaded()) << "what the disk holds is unknown";
  EXPECT_NE(registry_->locked_because(), "");
  heal();
  EXPECT_EQ(refuse("later"), ErrorCode::kCorrupt);
  reopen();
  EXPECT_TRUE(registry_->loaded() && registry_->chain_ok());
  EXPECT_TRUE(in_force("before"));
  EXPECT_FALSE(in_force("lost")) << "cut off where the disk let us";
}

TEST_F(DurabilityTest, AWriterBelievesNoLineBeforeItIsOnTheDisk) {
  create();
  append("refusal", R"({"patients": ["a"]})");
  fault_.sync_fails = true;  // the process before this one may have died before its sync
  reopen();
  EXPECT_FALSE(registry_->loaded() && registry_->chain_ok());
  heal();
  reopen();
  EXPECT_TRUE(registry_->loaded() && registry_->chain_ok());
}

TEST_F(DurabilityTest, AHalfLineThatCannotBeTakenBackLocksAndIsCutAtTheNextStart) {
  create();
  fault_.room = 40;
  fault_.truncate_fails = true;
  EXPECT_EQ(refuse("full"), ErrorCode::kNoSpace);
  EXPECT_FALSE(registry_->loaded());
  heal();
  reopen();
  EXPECT_TRUE(registry_->loaded() && registry_->chain_ok());
  EXPECT_FALSE(in_force("full"));
  EXPECT_NE(slurp(file("journal.jsonl")).find(R"("type":"cut")"), std::string::npos);
  EXPECT_FALSE(registry_->verify());
  ASSERT_EQ(verdict(append("refusal", R"({"patients": ["after"]})")), "ok");
}

TEST_F(DurabilityTest, ATornTailIsCutAndJournaled) {
  create();
  append("refusal", R"({"patients": ["a"]})");
  registry_.reset();
  const std::string whole = slurp(file("journal.jsonl"));
  spill(file("journal.jsonl"), whole + R"({"seq":3,"time":"2026-)");
  const auto reader = Registry::open(options_, Registry::Access::kReadOnly, now_);
  EXPECT_TRUE(reader->chain_ok()) << "the writer may be in the middle of a line";
  EXPECT_EQ(slurp(file("journal.jsonl")).size(), whole.size() + 22) << "a reader changes nothing";
  reopen();
  EXPECT_TRUE(registry_->loaded() && registry_->chain_ok());
  EXPECT_TRUE(in_force("a"));
  EXPECT_NE(
      slurp(file("journal.jsonl")).find(R"("type":"cut","by":[],"os_user":"","body":{"bytes":22})"),
      std::string::npos);
}

TEST_F(DurabilityTest, AHoleInALineThatWasNeverAcknowledgedIsCutAndInAnyOtherItLocks) {
  create();
  append("refusal", R"({"patients": ["a"]})");
  registry_.reset();
  const std::string whole = slurp(file("journal.jsonl"));
  const std::string unknown = R"({"seq":3,"time":")" + std::string(512, '\0') + "\"}\n";
  spill(file("journal.jsonl"), whole + unknown);
  reopen();
  EXPECT_TRUE(registry_->loaded() && registry_->chain_ok()) << registry_->locked_because();
  EXPECT_TRUE(in_force("a"));
  registry_.reset();
  // The head names this line, so somebody was told of it.
  std::string known = slurp(file("journal.jsonl"));
  known.replace(known.size() - 200, 100, std::string(100, '\0'));
  spill(file("journal.jsonl"), known);
  reopen();
  EXPECT_FALSE(registry_->chain_ok());
}

TEST_F(DurabilityTest, WritesNoLineThatItCouldNotReadBack) {
  create();
  JournalWriter writer(platform::AppendFile::open(file("other.jsonl")), {});
  JournalLine line;
  line.type = "policy";
  std::string deep;
  for (int i = 0; i < 64; ++i) {
    deep = "[" + deep + "]";
  }
  for (const fhir::Json& body : {fhir::parse_json(deep), fhir::Json(std::string("a\0b", 3))}) {
    line.body = body;
    EXPECT_THROW(writer.append(line), fhir::Error);
  }
  line.body = fhir::Json::object({});
  writer.append(line);
  const JournalRead read =
      read_journal(slurp(file("other.jsonl")), std::nullopt, [](const JournalLine&) {});
  EXPECT_FALSE(read.broken);
  EXPECT_EQ(read.end.sequence, 1u);
}

TEST_F(DurabilityTest, EveryFlippedByteIsFoundWithItsLine) {
  create();
  append("client", kClient);
  append("refusal", R"({"patients": ["a"]})");
  append("refusal", R"({"patients": ["b"]})");
  registry_.reset();
  const std::string good = slurp(file("journal.jsonl"));
  std::size_t line = 1;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (i % 7 == 0 || good[i] == '\n') {  // a sample; each line feed too
      std::string altered = good;
      altered[i] = static_cast<char>(altered[i] ^ 0x01);
      const auto head = read_head(file("head.json"), options_.key);
      const JournalRead read = read_journal(altered, head, [](const JournalLine&) {});
      // Without its line feed a line runs into the next; the last one is then missing.
      ASSERT_TRUE(read.broken) << "byte " << i;
      EXPECT_NE(read.broken->find("journal.jsonl:" + std::to_string(line) + ", byte " +
                                  std::to_string(begin) + ": "),
                std::string::npos)
          << "byte " << i << ": " << *read.broken;
    }
    if (good[i] == '\n') {
      ++line;
      begin = i + 1;
    }
  }
}

TEST_F(DurabilityTest, ABrokenChainLocksInsteadOfThrowing) {
  create();
  append("refusal", R"({"patients": ["a"]})");
  append("refusal", R"({"patients": ["b"]})");
  registry_.reset();
  std::string journal = slurp(file("journal.jsonl"));
  journal[journal.find("[\"a\"]") + 2] = 'x';
  spill(file("journal.jsonl"), journal);
  reopen();
  EXPECT_TRUE(registry_->loaded());
  EXPECT_FALSE(registry_->chain_ok());
  EXPECT_NE(registry_->locked_because().find("journal.jsonl:2, byte "), std::string::npos);
  EXPECT_EQ(registry_->verify(), registry_->locked_because());
  EXPECT_EQ(refuse("c"), ErrorCode::kCorrupt);
}

struct Damage {
  const char* name;
  void (*damage)(const std::string& dir);
  bool loaded;
};

class RegistryLocks : public DurabilityTest, public testing::WithParamInterface<Damage> {};

TEST_P(RegistryLocks, AndSaysWhy) {
  create();
  append("refusal", R"({"patients": ["a"]})");
  append("refusal", R"({"patients": ["b"]})");
  registry_.reset();
  GetParam().damage(options_.dir);
  for (const auto access : {Registry::Access::kReadOnly, Registry::Access::kWriter}) {
    reopen(access);
    EXPECT_FALSE(registry_->loaded() && registry_->chain_ok());
    EXPECT_EQ(registry_->loaded(), GetParam().loaded);
    EXPECT_NE(registry_->locked_because(), "");
  }
}

std::string without_line(std::string text, int number) {
  std::size_t begin = 0;
  for (int i = 1; i < number; ++i) {
    begin = text.find('\n', begin) + 1;
  }
  return text.erase(begin, text.find('\n', begin) + 1 - begin);
}

INSTANTIATE_TEST_SUITE_P(
    All, RegistryLocks,
    testing::Values(
        Damage{"NoJournal",
               [](const std::string& dir) { std::filesystem::remove(dir + "/journal.jsonl"); },
               false},
        Damage{"NoFolder", [](const std::string& dir) { std::filesystem::remove_all(dir); }, false},
        Damage{"NoPatientIndex",
               [](const std::string& dir) { std::filesystem::remove(dir + "/patients.db"); },
               false},
        Damage{"PatientIndexIsNoDatabase",
               [](const std::string& dir) {
                 spill(dir + "/patients.db", std::string(8192, 'x'));
                 std::filesystem::remove(dir + "/patients.db-wal");
               },
               false},
        Damage{"EmptyJournal", [](const std::string& dir) { spill(dir + "/journal.jsonl", ""); },
               true},
        Damage{"NoHead",
               [](const std::string& dir) { std::filesystem::remove(dir + "/head.json"); }, true},
        Damage{"ForgedHead",
               [](const std::string& dir) {
                 std::string head = slurp(dir + "/head.json");
                 head.replace(head.find("\"sequence\":3"), 12, "\"sequence\":2");
                 spill(dir + "/head.json", head);
               },
               false},
        Damage{"LastLineTakenAway",
               [](const std::string& dir) {
                 const std::string path = dir + "/journal.jsonl";
                 spill(path, without_line(slurp(path), 3));
               },
               true},
        Damage{"MiddleLineTakenAway",
               [](const std::string& dir) {
                 const std::string path = dir + "/journal.jsonl";
                 spill(path, without_line(slurp(path), 2));
               },
               true},
        Damage{"UnknownEvent",
               [](const std::string& dir) {
                 const std::string path = dir + "/journal.jsonl";
                 const JournalRead read =
                     read_journal(slurp(path), std::nullopt, [](const JournalLine&) {});
                 JournalWriter writer(platform::AppendFile::open(path), read.end);
                 JournalLine line;
                 line.time = read.end.last_time;
                 line.type = "amnesty";
                 writer.append(line);
               },
               false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(DurabilityTest, ARewrittenJournalIsFoundByItsHead) {
  create();
  append("refusal", R"({"patients": ["a"]})");
  registry_.reset();
  // Someone without the key makes a journal that holds together by itself.
  std::vector<JournalLine> lines;
  read_journal(slurp(file("journal.jsonl")), std::nullopt,
               [&](const JournalLine& line) { lines.push_back(line); });
  std::filesystem::remove(file("journal.jsonl"));
  JournalWriter forger(platform::AppendFile::open(file("journal.jsonl")), JournalEnd());
  lines[1].body = json(R"({"id": "r2", "patients": ["nobody"]})");
  for (JournalLine& line : lines) {
    forger.append(line);
  }
  reopen();
  EXPECT_FALSE(registry_->chain_ok());
  EXPECT_NE(registry_->locked_because().find("rewritten"), std::string::npos);
}

TEST_F(DurabilityTest, AnotherKeyLocks) {
  create();
  options_.key = std::string(32, 'x');
  reopen();
  EXPECT_FALSE(registry_->loaded());
}

TEST_F(DurabilityTest, OldPoliciesLock) {
  create();
  registry_.reset();
  const std::string path = file("journal.jsonl");
  const JournalRead read = read_journal(slurp(path), std::nullopt, [](const JournalLine&) {});
  JournalWriter writer(platform::AppendFile::open(path), read.end);
  JournalLine line;
  line.time = now_;
  line.type = "policy";
  line.body = json(R"({"hash": "0000"})");
  writer.append(line);
  write_head(file("head.json"), writer.end(), options_.key);
  reopen();
  EXPECT_TRUE(registry_->loaded() && registry_->chain_ok());
  EXPECT_FALSE(registry_->policy_ok());
}

// The child records refusals and tells of each acknowledgement through a pipe until it is killed.
[[noreturn]] void record_until_killed(const Registry::Options& options, fhir::Instant now,
                                      int acknowledged) {
  const auto registry = Registry::open(options, Registry::Access::kWriter, now);
  const Actor actor{{"窓口 一子"}, "clerk"};
  for (int i = 0;; ++i) {
    const std::string id = "p" + std::to_string(::getpid()) + "-" + std::to_string(i);
    registry->append("refusal", fhir::parse_json(R"({"patients": [")" + id + R"("]})"), actor, now);
    const std::string line = id + "\n";
    if (::write(acknowledged, line.data(), line.size()) < 0) {
      ::_exit(1);
    }
  }
}

TEST_F(DurabilityTest, KilledAtAnyPointWhatWasAcknowledgedIsKept) {
  create();
  registry_.reset();
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<std::string> acknowledged;
  for (int round = 0; round < 25; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe_ends[0]);
      record_until_killed(options_, now_, pipe_ends[1]);
    }
    ::close(pipe_ends[1]);
    // However slow the machine: killed at a random moment after so many acknowledgements.
    const std::size_t enough = random() % 8;
    std::string told;
    char block[4096];
    bool killed = false;
    while (true) {
      const auto lines = static_cast<std::size_t>(std::count(told.begin(), told.end(), '\n'));
      if (!killed && lines >= enough) {
        ::usleep(static_cast<useconds_t>(random() % 20'000));
        ::kill(child, SIGKILL);
        killed = true;
      }
      const ssize_t count = ::read(pipe_ends[0], block, sizeof block);
      if (count <= 0) {
        break;
      }
      told.append(block, static_cast<std::size_t>(count));
    }
    ::close(pipe_ends[0]);
    ::waitpid(child, nullptr, 0);
    std::stringstream lines(told);
    for (std::string line; std::getline(lines, line) && !lines.eof();) {
      acknowledged.push_back(line);
    }
  }
  reopen();
  ASSERT_TRUE(registry_->loaded() && registry_->chain_ok()) << registry_->locked_because();
  EXPECT_FALSE(registry_->verify());
  EXPECT_GT(acknowledged.size(), 0u);
  for (const std::string& id : acknowledged) {
    EXPECT_TRUE(in_force(id)) << id;
  }
}

}  // namespace
}  // namespace sekisho::registry
