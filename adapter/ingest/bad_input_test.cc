// Input that a hospital's storage really holds, and storages that are not there.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "adapter/ingest/content_check.h"
#include "adapter/ingest/test_storage.h"

namespace sekisho::ingest {
namespace {

using fhir::Error;
using fhir::ErrorCode;

class BadInput : public StorageTest {
 protected:
  // Why this content is kept out, "" if it is not.
  std::string reason_for(const std::string& bytes) {
    write(adt_place("1234567"), bytes);
    const Report report = run();
    const auto entries = quarantine(store_file(), 10);
    return entries.empty() ? "" : entries[0].reason;
  }
};

TEST_F(BadInput, NothingAtAll) { EXPECT_EQ(reason_for(""), "empty"); }
TEST_F(BadInput, OnlyFraming) { EXPECT_EQ(reason_for("\x0B\r\x1C\r"), "empty"); }
TEST_F(BadInput, Binary) {
  EXPECT_EQ(reason_for(std::string("\x7f\x45LF\x02\x01\0\0", 8)), "binary");
}
TEST_F(BadInput, TextThatIsNoMessage) { EXPECT_EQ(reason_for("hello\r\n"), "no-header"); }
TEST_F(BadInput, CutInTheHeader) { EXPECT_EQ(reason_for("MSH|^~\\&|SYS"), "truncated"); }
TEST_F(BadInput, CutBeforeThePatient) {
  EXPECT_EQ(reason_for(adt("1234567").substr(0, adt("1234567").find("PID"))), "identity-mismatch");
  EXPECT_EQ(reason_for(adt("1234567").substr(0, adt("1234567").find("|20240401090000\rPID"))),
            "truncated");
}
TEST_F(BadInput, CutInASegmentName) { EXPECT_EQ(reason_for(adt("1234567") + "OB"), "truncated"); }
TEST_F(BadInput, CutInsideTwoByteText) {
  const std::string whole = adt("1234567", "\x1B$BEl5~");
  EXPECT_EQ(reason_for(whole.substr(0, whole.find("\x1B$BEl5~") + 7)), "truncated");
}
TEST_F(BadInput, AWholeMessageWithoutALastTerminatorIsTaken) {
  std::string whole = adt("1234567");
  whole.pop_back();
  EXPECT_EQ(reason_for(whole), "");
}
TEST_F(BadInput, TwoPatientsInOneMessage) {
  EXPECT_EQ(reason_for(adt("1234567") + pid("7654321")), "identity-mismatch");
}
TEST_F(BadInput, TwoMessagesOfTwoPatients) {
  EXPECT_EQ(reason_for(adt("1234567") + adt("7654321")), "identity-mismatch");
}
TEST_F(BadInput, NoPatientNumber) {
  EXPECT_EQ(
      reason_for("MSH|^~\\&|SYS|HOSP|AG|AG|20240401090000||ADT^A08^ADT_A01|M1|P|2.5\rPID|1\r"),
      "identity-mismatch");
}

TEST_F(BadInput, AnotherCharacterSetThanStated) {
  // EUC-JP text of a storage that is said to be UTF-8.
  write(adt_place("1234567"), adt("1234567", "\xC5\xEC\xB5\xFE\xC5\xD4\xB9\xC1\xB6\xE8"));
  Options wrong = options();
  wrong.roots[0].encoding = "utf-8";
  EXPECT_EQ(run(wrong).quarantined.at("undecodable"), 1u);
  Options right = options();
  right.roots[0].encoding = "euc-jp";
  right.reprocess = true;
  EXPECT_EQ(run(right).mapped, 1u);
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE text LIKE '%東京都港区%'"), 1);
}

TEST_F(BadInput, AFileOfAHundredMegabytesIsNotRead) {
  write(adt_place("1234567"), "MSH|^~\\&|");
  fs::resize_file(root() / adt_place("1234567"), 100u << 20);
  EXPECT_EQ(run().quarantined.at("too-large"), 1u);
}

TEST_F(BadInput, TooManySegments) {
  std::string text = adt("1234567");
  for (int i = 0; i < 30'000; ++i) {
    text += "NTE|1\r";
  }
  EXPECT_EQ(reason_for(text), "too-large");
}

TEST_F(BadInput, ANameThatSaysNothing) {
  write("123/456/1234567/-/ADT-00/readme.txt", adt("1234567"));
  write("1234567_-_ADT-00_999999999999999_20240401090000000_01_1", adt("1234567"));
  const Report report = run();
  EXPECT_EQ(report.quarantined.at("name"), 1u);
  EXPECT_EQ(report.quarantined.at("place"), 1u);
}

TEST_F(BadInput, TheFileOfAnotherPatientsFolder) {
  write("123/456/1234567/-/ADT-00/7654321_-_ADT-00_999999999999999_20240401090000000_01_1",
        adt("7654321"));
  EXPECT_EQ(run().quarantined.at("identity-mismatch"), 1u);
}

// The superuser may read everything, so as one these tests become nobody.
class NoRights : public StorageTest {
 protected:
  void SetUp() override {
    became_nobody_ = geteuid() == 0 && seteuid(65534) == 0;
    StorageTest::SetUp();
    for (const char* patient : {"1234567", "2234567", "3234567", "4234567"}) {
      write(adt_place(patient), adt(patient));
    }
  }
  void TearDown() override {
    StorageTest::TearDown();
    if (became_nobody_) {
      EXPECT_EQ(seteuid(0), 0);
    }
  }
  bool became_nobody_ = false;
};

TEST_F(NoRights, AFileThatMayNotBeReadIsQuarantined) {
  fs::permissions(root() / adt_place("1234567"), fs::perms::none);
  EXPECT_EQ(run().quarantined.at("unreadable"), 1u);
  fs::permissions(root() / adt_place("1234567"), fs::perms::owner_all);
  Options again = options();
  again.reprocess = true;
  EXPECT_EQ(run(again).mapped, 1u);
}

TEST_F(NoRights, ARootThatMayNotBeReadDeletesNothing) {
  run();
  fs::permissions(root(), fs::perms::none);
  const Report report = run();
  fs::permissions(root(), fs::perms::owner_all);
  EXPECT_TRUE(report.stopped_for_loss);
  EXPECT_EQ(live("Patient"), 4);
}

TEST_F(NoRights, AFolderThatMayNotBeListedHidesItsFiles) {
  run();
  fs::permissions(root() / "123", fs::perms::none);
  const Report report = run();
  fs::permissions(root() / "123", fs::perms::owner_all);
  EXPECT_FALSE(report.stopped_for_loss);
  EXPECT_EQ(report.tombstones, 0u);
  EXPECT_FALSE(report.findings.empty());
  EXPECT_EQ(live("Patient"), 4);
}

class Loss : public StorageTest {
 protected:
  void SetUp() override {
    StorageTest::SetUp();
    for (const char* patient : {"1234567", "2234567", "3234567", "4234567"}) {
      write(adt_place(patient), adt(patient));
    }
    run();
  }
  void expect_stopped() {
    const Report report = run();
    EXPECT_TRUE(report.stopped_for_loss);
    EXPECT_EQ(report.tombstones, 0u);
    ASSERT_FALSE(report.findings.empty());
    EXPECT_EQ(report.findings[0].code, "storage.loss");
    EXPECT_EQ(live("Patient"), 4);
  }
};

TEST_F(Loss, AnEmptyRootDeletesNothing) {
  for (const auto& entry : fs::directory_iterator(root())) {
    fs::remove_all(entry);
  }
  expect_stopped();
  expect_stopped();  // and not at the second try either
  Options confirmed = options();
  confirmed.confirm_loss = true;
  EXPECT_EQ(run(confirmed).tombstones, 4u);
  EXPECT_EQ(live("Patient"), 0);
}

TEST_F(Loss, AMissingRootDeletesNothingEvenIfConfirmed) {
  fs::rename(root(), dir_ / "elsewhere");
  expect_stopped();
  Options confirmed = options();
  confirmed.confirm_loss = true;
  EXPECT_THROW(run(confirmed), Error);
  fs::rename(dir_ / "elsewhere", root());
  EXPECT_EQ(run().unchanged, 4u);
}

TEST_F(Loss, MostFilesGoneDeletesNothingUntilConfirmed) {
  for (const char* patient : {"1234567", "2234567", "3234567"}) {
    fs::remove(root() / adt_place(patient));
  }
  write(adt_place("5234567"), adt("5234567"));
  const Report report = run();
  EXPECT_TRUE(report.stopped_for_loss);
  EXPECT_EQ(report.mapped, 1u);
  EXPECT_EQ(live("Patient"), 5);
  Options confirmed = options();
  confirmed.confirm_loss = true;
  EXPECT_EQ(run(confirmed).tombstones, 3u);
  EXPECT_EQ(live("Patient"), 2);
}

TEST_F(Loss, RenamesToAnotherFlagAreNoLoss) {
  for (const char* patient : {"1234567", "2234567", "3234567", "4234567"}) {
    rename(adt_place(patient), adt_place(patient, '2'));
    write(adt_place(patient, '1', "20250401090000000"), adt(patient));
  }
  EXPECT_FALSE(run().stopped_for_loss);
  EXPECT_EQ(live("Patient"), 4);
}

TEST_F(Loss, OneOfTwoRootsGoneDeletesNothingInEither) {
  Options two = options();
  two.roots.push_back(two.roots[0]);
  two.roots[1].name = "second";
  two.roots[1].path = (dir_ / "second").string();
  fs::create_directories(dir_ / "second");
  EXPECT_EQ(run(two).findings.at(0).code, "storage.empty");
  fs::copy(root() / "123", dir_ / "second" / "123", fs::copy_options::recursive);
  EXPECT_EQ(run(two).mapped, 1u);
  fs::rename(dir_ / "second", dir_ / "elsewhere");
  fs::remove(root() / adt_place("2234567"));
  EXPECT_TRUE(run(two).stopped_for_loss);
  EXPECT_EQ(live("Patient"), 4);
  fs::rename(dir_ / "elsewhere", dir_ / "second");
  EXPECT_EQ(run(two).tombstones, 1u);
  EXPECT_EQ(live("Patient"), 3);
}

TEST_F(Loss, AFolderThatBecameALinkHidesItsFiles) {
  fs::rename(root() / "123", dir_ / "moved");
  fs::create_directory_symlink(dir_ / "moved", root() / "123");
  const Report report = run();
  EXPECT_FALSE(report.stopped_for_loss);
  EXPECT_EQ(report.tombstones, 0u);
  EXPECT_EQ(report.findings.at(0).code, "storage.not-a-file");
  EXPECT_EQ(live("Patient"), 4);
}

TEST_F(Loss, ARootThatWasNeverReadIsAnError) {
  Options other = options();
  other.roots[0].name = "second";
  other.roots[0].path = (dir_ / "nowhere").string();
  EXPECT_THROW(run(other), Error);
}

// A file is renamed or goes between the listing and the reading: after the first batch, so that the
// scan has seen the folder.
class Race : public StorageTest {
 protected:
  void on_progress(const Progress& progress) override {
    if (!done_ && progress.files_done >= race_at_) {
      done_ = true;
      race_();
    }
  }
  bool done_ = false;
  std::uint64_t race_at_ = 0;  // so many files are done
  std::function<void()> race_ = [] {};
};

TEST_F(Race, AStepOfTheSenderBetweenTwoBatchesLosesNothing) {
  std::string order = "000000000000000";
  for (int i = 0; i < 40; ++i) {
    order[13] = static_cast<char>('0' + i / 10);
    order[14] = static_cast<char>('0' + i % 10);
    write(lab_place("1234567", order), lab("1234567", order, {"1A990000000190153=1.5"}));
  }
  race_ = [&] {
    rename(lab_place("1234567", order), lab_place("1234567", order, '2'));
    write(lab_place("1234567", order, '1', "20240502090000000"),
          lab("1234567", order, {"1A990000000190153=2.5"}));
    fs::remove(root() / lab_place("1234567", "000000000000038"));
  };
  run();
  const Report second = run();
  EXPECT_EQ(live("Observation"), 39);
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE deleted = 0 AND text LIKE '%2.5%'"), 1);
  EXPECT_FALSE(second.stopped_for_loss);
}

TEST_F(Race, ARenameBetweenListingAndLookingDeletesNothing) {
  for (const char* patient : {"1234567", "2234567", "3234567", "4234567"}) {
    write(adt_place(patient), adt(patient));
  }
  run();
  // Each of these fills the pipeline alone: while the first is being committed, the scanner waits
  // with the third, has listed the folder, and has not looked at the patient's own file yet.
  for (const char* order : {"000000000000001", "000000000000002", "000000000000003"}) {
    write(place("4234567", "-", "ADT-00", order, "20240401090000000", '1'),
          std::string(2'100'000, 'x'));
  }
  race_ = [&] {
    rename(adt_place("4234567"), adt_place("4234567", '2'));
    write(adt_place("4234567", '1', "20250401090000000"), adt("4234567", "KYOTO"));
  };
  Options how = options();
  how.limits.batch_files = 1;
  race_at_ = 4;
  done_ = false;
  const Report report = run(how);
  EXPECT_EQ(report.read, 6u) << "the file was met under one of its names; the test shows nothing";
  EXPECT_EQ(report.tombstones, 0u);
  EXPECT_EQ(live("Patient"), 4);
  run();
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE deleted = 0 AND text LIKE '%KYOTO%'"), 1);
  EXPECT_EQ(one("SELECT max(version) FROM resource"), 2);
}

// Lets every database of the process grow to this many pages and no further: a full disk.
int g_max_pages = 0;
int limit_pages(sqlite3* db, char**, const sqlite3_api_routines*) {
  if (g_max_pages > 0) {
    const std::string sql = "PRAGMA max_page_count = " + std::to_string(g_max_pages);
    return sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
  }
  return SQLITE_OK;
}

TEST_F(BadInput, AFullDiskUndoesTheBatchAndTheNextRunGoesOn) {
  const auto hook = reinterpret_cast<void (*)()>(limit_pages);
  std::string order = "000000000000000";
  for (int i = 0; i < 90; ++i) {
    order[13] = static_cast<char>('0' + i / 10);
    order[14] = static_cast<char>('0' + i % 10);
    write(lab_place("1234567", order),
          lab("1234567", order, {"1A990000000190153=1.5", "1A990000000190154=5.1"}));
  }
  sqlite3_auto_extension(hook);
  g_max_pages = 62;
  try {
    run();
    ADD_FAILURE() << "the disk was not full";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kNoSpace) << e.text();
  }
  g_max_pages = 0;
  sqlite3_cancel_auto_extension(hook);
  const std::int64_t files = one("SELECT count(*) FROM source_file");
  EXPECT_GT(files, 0);
  EXPECT_LT(files, 90);
  EXPECT_EQ(files % 3, 0);  // whole batches
  const Report report = run();
  EXPECT_EQ(report.read, 90u);
  EXPECT_EQ(report.mapped, 90u);
  EXPECT_EQ(live("Observation"), 180);
}

}  // namespace
}  // namespace sekisho::ingest
