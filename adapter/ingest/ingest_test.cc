// What one pass does with files: flags, replacement, deletion, reprocessing, figures.
#include "adapter/ingest/ingest.h"

#include <gtest/gtest.h>

#include "adapter/ingest/test_storage.h"
#include "tests/support/shared_data.h"

namespace sekisho::ingest {
namespace {

const std::vector<std::string> kTwo = {"1A990000000190153=1.50", "1A990000000190154=5.1"};
const std::vector<std::string> kOne = {"1A990000000190153=1.50"};

class Ingest : public StorageTest {};

TEST_F(Ingest, StoresWhatAMessageHolds) {
  write(adt_place("1234567"), adt("1234567"));
  write(lab_place("1234567", "000000000000001"), lab("1234567", "000000000000001", kTwo));
  const Report report = run();
  EXPECT_EQ(report.read, 2u);
  EXPECT_EQ(report.mapped, 2u) << report_text(report);
  EXPECT_EQ(live("Patient"), 1);
  EXPECT_EQ(live("Observation"), 2);
  EXPECT_EQ(live("Specimen"), 1);
  EXPECT_EQ(report.stored, 4u);
  EXPECT_EQ(one("SELECT count(DISTINCT patient) FROM resource WHERE version > 0"), 1);
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE version > 0 AND flags & 16"), 0);
  EXPECT_NE(one("SELECT carried FROM resource JOIN type USING (type) WHERE name = 'Patient' AND "
                "version > 0"),
            0);
}

TEST_F(Ingest, ASecondPassBalancesAndWritesNothing) {
  write(adt_place("1234567"), adt("1234567"));
  write(adt_place("1234568", '2'), adt("1234568"));
  write(adt_place("1234569"), "");
  const Report first = run();
  const std::string before = dump();
  const Report second = run(options(), fhir::Instant{kNow.ms + 1000});
  EXPECT_EQ(second.read, 3u);
  EXPECT_EQ(second.mapped, 0u);
  EXPECT_EQ(second.unchanged, 1u);
  EXPECT_EQ(second.superseded, 1u);
  EXPECT_EQ(second.quarantined, first.quarantined);
  EXPECT_EQ(second.produced, second.resources_unchanged);
  EXPECT_EQ(second.produced, first.produced);
  EXPECT_EQ(dump(), before);
}

TEST_F(Ingest, ATouchedFileWithTheSameContentIsUnchanged) {
  write(adt_place("1234567"), adt("1234567"));
  run();
  fs::last_write_time(root() / adt_place("1234567"), fs::file_time_type::clock::now());
  write(adt_place("1234567"), adt("1234567"));
  const Report report = run();
  EXPECT_EQ(report.unchanged, 1u);
  EXPECT_EQ(report.mapped, 0u);
}

TEST_F(Ingest, ANewVersionReplacesWhatTheOldOneMade) {
  const std::string order = "000000000000001";
  write(adt_place("1234567"), adt("1234567"));
  write(lab_place("1234567", order), lab("1234567", order, kTwo));
  run();
  rename(lab_place("1234567", order), lab_place("1234567", order, '2'));
  write(lab_place("1234567", order, '1', "20240502090000000"), lab("1234567", order, kOne));
  const Report report = run();
  EXPECT_EQ(report.superseded, 1u);
  EXPECT_EQ(report.mapped, 1u);
  EXPECT_EQ(report.tombstones, 1u);
  EXPECT_EQ(live("Observation"), 1);
  EXPECT_EQ(one("SELECT count(*) FROM source_file"), 3);
}

TEST_F(Ingest, FlagTwoNeverDeletesByItself) {
  const std::string order = "000000000000001";
  write(adt_place("1234567"), adt("1234567"));
  write(lab_place("1234567", order), lab("1234567", order, kTwo));
  run();
  rename(lab_place("1234567", order), lab_place("1234567", order, '2'));
  const Report report = run();
  EXPECT_EQ(report.superseded, 1u);
  EXPECT_EQ(report.tombstones, 0u);
  EXPECT_EQ(live("Observation"), 2);
  // The new version comes at last, with fewer results.
  write(lab_place("1234567", order, '1', "20240502090000000"), lab("1234567", order, kOne));
  EXPECT_EQ(run().tombstones, 1u);
  EXPECT_EQ(live("Observation"), 1);
}

TEST_F(Ingest, FlagZeroDeletesWhatItsMatchKeyMade) {
  const std::string order = "000000000000001";
  write(adt_place("1234567"), adt("1234567"));
  write(lab_place("1234567", order), lab("1234567", order, kTwo));
  write(lab_place("1234567", "000000000000002"), lab("1234567", "000000000000002", kOne));
  run();
  rename(lab_place("1234567", order), lab_place("1234567", order, '0'));
  const Report report = run();
  EXPECT_EQ(report.deleted, 1u);
  EXPECT_EQ(report.tombstones, 3u);  // two results and their specimen
  EXPECT_EQ(live("Observation"), 1);
  EXPECT_EQ(run().deleted, 1u);
}

TEST_F(Ingest, AFileThatIsGoneLeavesTombstones) {
  for (const char* order : {"000000000000001", "000000000000002", "000000000000003"}) {
    write(lab_place("1234567", order), lab("1234567", order, kOne));
  }
  run();
  fs::remove(root() / lab_place("1234567", "000000000000002"));
  const Report report = run();
  EXPECT_EQ(report.tombstones, 2u);
  EXPECT_EQ(live("Observation"), 2);
  EXPECT_EQ(one("SELECT count(*) FROM source_file"), 2);
}

TEST_F(Ingest, AResourceOfTwoFilesStaysUntilBothAreGone) {
  write(adt_place("1234567"), adt("1234567"));
  write(place("1234567", "-", "ADT-00", "888888888888888", "20240401090000000", '1'),
        adt("1234567"));
  write(adt_place("1234568"), adt("1234568"));
  run();
  fs::remove(root() / adt_place("1234567"));
  EXPECT_EQ(run().tombstones, 0u);
  EXPECT_EQ(live("Patient"), 2);
  fs::remove(root() / place("1234567", "-", "ADT-00", "888888888888888", "20240401090000000", '1'));
  EXPECT_EQ(run().tombstones, 1u);
  EXPECT_EQ(live("Patient"), 1);
}

TEST_F(Ingest, TheNewestOfTwoCurrentFilesCountsWhateverIsTouched) {
  write(adt_place("1234567", '1', "20240401090000000"), adt("1234567", "OSAKA"));
  write(adt_place("1234567", '1', "20240402090000000"), adt("1234567", "KYOTO"));
  run();
  write(adt_place("1234567", '1', "20240401090000000"), adt("1234567", "NARA"));
  const Report report = run();
  EXPECT_EQ(report.superseded, 1u);
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE text LIKE '%KYOTO%'"), 1);
  // Without the newer one, the older is the current one again.
  fs::remove(root() / adt_place("1234567", '1', "20240402090000000"));
  write(adt_place("1234568"), adt("1234568"));
  run();
  run();
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE text LIKE '%NARA%' AND deleted = 0"), 1);
}

TEST_F(Ingest, EachRootHasItsOwnFilesAndDeletions) {
  Options two = options();
  two.roots.push_back(two.roots[0]);
  two.roots[1].name = "dental";
  two.roots[1].path = (dir_ / "dental").string();
  const std::string both = adt_place("1234567");
  for (const char* patient : {"1234567", "1234568", "1234569"}) {
    write(adt_place(patient), adt(patient));
  }
  fs::copy(root(), dir_ / "dental", fs::copy_options::recursive);
  fs::remove(dir_ / "dental" / adt_place("1234569"));
  EXPECT_EQ(run(two).mapped, 5u);
  EXPECT_EQ(live("Patient"), 3);
  EXPECT_EQ(one("SELECT count(*) FROM source_file"), 5);
  fs::remove(root() / both);
  EXPECT_EQ(run(two).tombstones, 0u) << "the other root still makes this patient";
  fs::remove(dir_ / "dental" / both);
  two.limits.loss_threshold = 0.9;
  EXPECT_EQ(run(two).tombstones, 1u);
  EXPECT_EQ(live("Patient"), 2);
}

TEST_F(Ingest, WhatADeletedFileOverwroteComesBackThoughItsOwnFileWasTouched) {
  const std::string first =
      place("1234567", "-", "ADT-00", "111111111111111", "20240401090000000", '1');
  write(first, adt("1234567", "NARA"));
  write(adt_place("1234567"), adt("1234567", "KYOTO"));
  write(adt_place("1234568"), adt("1234568"));
  run();
  write(first, adt("1234567", "OSAKA"));  // the last word now
  run();
  ASSERT_EQ(one("SELECT count(*) FROM resource WHERE text LIKE '%OSAKA%' AND deleted = 0"), 1);
  std::string gone = first;
  gone.back() = '0';
  rename(first, gone);
  fs::last_write_time(root() / adt_place("1234567"),
                      fs::file_time_type::clock::now() + std::chrono::hours(1));
  run();
  run();
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE text LIKE '%KYOTO%' AND deleted = 0"), 1);
}

TEST_F(Ingest, WhatNoProfileTakesAnyMoreIsGone) {
  write(adt_place("1234567"), adt("1234567"));
  run();
  std::string other = adt("1234567");
  other.replace(other.find("ADT^A08^ADT_A01"), 15, "ZZZ^Z08^ZZZ_Z01");
  write(adt_place("1234567"), other);
  const Report report = run();
  EXPECT_EQ(report.ignored.at("no mapping profile"), 1u);
  EXPECT_EQ(report.tombstones, 1u);
  EXPECT_EQ(live("Patient"), 0);
}

TEST_F(Ingest, ACardFindsThePatientHoweverItIsWritten) {
  write(adt_place("0234567"), adt("0234567"));
  run();
  for (const char* card : {"0234567", "０２３４５６７", " 234567 ", "0234-567"}) {
    EXPECT_TRUE(registry_->patient_of_card(card)) << card;
  }
}

TEST_F(Ingest, ALaboratoryFileBeforeItsPatientIsNumberedAndNotLost) {
  write(lab_place("1234567", "000000000000001"), lab("1234567", "000000000000001", kOne));
  run();
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE version > 0 AND flags & 16"), 0);
  write(adt_place("1234567"), adt("1234567"));
  run();
  EXPECT_EQ(one("SELECT count(DISTINCT patient) FROM resource WHERE version > 0"), 1);
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE version > 0 AND plain = 0"), 0);
}

TEST_F(Ingest, AFixedFileLeavesTheQuarantine) {
  write(adt_place("1234567"), adt("7654321"));
  const Report first = run();
  EXPECT_EQ(first.quarantined.at("identity-mismatch"), 1u);
  ASSERT_EQ(quarantine(store_file(), 10).size(), 1u);
  const QuarantineEntry entry = quarantine(store_file(), 10)[0];
  EXPECT_EQ(entry.segment, "PID");
  EXPECT_EQ(entry.field, "3");
  EXPECT_EQ(entry.storage, "main");
  EXPECT_EQ(entry.path, adt_place("1234567"));
  EXPECT_FALSE(entry.remedy.empty());
  write(adt_place("1234567"), adt("1234567"));
  EXPECT_EQ(run().mapped, 1u);
  EXPECT_TRUE(quarantine(store_file(), 10).empty());
}

TEST_F(Ingest, ReprocessReadsTheQuarantineAgain) {
  write(adt_place("1234567"), "garbage");
  run();
  EXPECT_EQ(run().issues, 0u);
  Options again = options();
  again.reprocess = true;
  const Report report = run(again);
  EXPECT_GT(report.issues, 0u);
  EXPECT_EQ(report.quarantined.at("no-header"), 1u);
}

TEST_F(Ingest, ReadsFilesAgainWhenTheMappingChanged) {
  write(adt_place("1234567"), adt("1234567"));
  run();
  const mappings::Pack base = mappings::Pack::base();
  mappings::Settings other = settings();
  other.config["patientIdSystem"] = "urn:oid:1.2.3.4";
  const Report report = ingest::run(
      options(), {&base}, other, *registry_, [] { return kNow; }, {}, cancel_);
  EXPECT_EQ(report.mapped, 1u);
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE text LIKE '%urn:oid:1.2.3.4%'"), 1);
}

TEST_F(Ingest, LastUpdatedNeverGoesBackWithTheClock) {
  write(adt_place("1234567"), adt("1234567", "OSAKA"));
  run();
  write(adt_place("1234567"), adt("1234567", "KYOTO"));
  run(options(), fhir::Instant{kNow.ms - 3'600'000});
  EXPECT_EQ(one("SELECT min(last_updated) FROM resource WHERE version = 2"), kNow.ms);
}

TEST_F(Ingest, SaysHowOldTheDataIs) {
  write(adt_place("1234567"), adt("1234567"));
  run();
  EXPECT_EQ(one("SELECT count(*) FROM meta WHERE key = 'data_as_of' AND value = "
                "'2025-11-24T16:00:00.000Z'"),
            1);
}

TEST_F(Ingest, CountsWhatNothingReadsAndWhatHasNoTarget) {
  write(lab_place("1234567", "000000000000001"),
        lab("1234567", "000000000000001", kOne) + "OBX|9|ST|LOCAL1^X^99XYZ||x||||||F|||||Z\r");
  run();
  EXPECT_GT(one("SELECT count(*) FROM coverage"), 0);
}

TEST_F(Ingest, RefusesAStoreThatBelongsToAnotherPatientIndex) {
  write(adt_place("1234567"), adt("1234567"));
  write(adt_place("1234568"), adt("1234568"));
  run();
  registry_.reset();
  fs::remove_all(dir_ / "state" / "registry");
  fs::create_directories(dir_ / "state" / "registry");
  registry::Registry::create(registry_options(), kNow);
  open_registry();
  try {
    run();
    FAIL();
  } catch (const fhir::Error& e) {
    EXPECT_EQ(e.code(), fhir::ErrorCode::kCorrupt) << e.text();
  }
}

TEST_F(Ingest, SaysNothingOfAPatientInErrorsAndFindings) {
  write(adt_place("1234567"), adt("1234567"));
  write(adt_place("1234568"), adt("7654321"));
  const Report report = run();
  for (const char* value : {"1234567", "7654321", "TEST", "TOKYO"}) {
    EXPECT_EQ(report_text(report).find(value), std::string::npos);
  }
}

// The 22 guideline files (sources 1.10): two mapped (ADT-00, OMP-01), seven without a profile,
// thirteen kept out.
TEST_F(Ingest, TheGuidelineFilesAreCountedOnceEach) {
  const auto samples = tests::shared_data("data/ssmix2/nho_tool/sampleData");
  if (samples.empty()) {
    GTEST_SKIP() << "the library beside the project is absent (SEKISHO_SHARED)";
  }
  Options how = options();
  how.roots[0].path = samples.string();
  const Report report = run(how);
  EXPECT_EQ(report.read, 22u) << report_text(report);
  EXPECT_EQ(report.mapped, 2u) << report_text(report);
  EXPECT_EQ(report.ignored.at("no mapping profile"), 7u) << report_text(report);
  std::uint64_t quarantined = 0;
  for (const auto& [reason, count] : report.quarantined) {
    quarantined += count;
  }
  EXPECT_EQ(quarantined, 13u) << report_text(report);
  EXPECT_EQ(report.quarantined.at("identity-mismatch"), 12u);
  EXPECT_EQ(live("Patient"), 1);
  const Report second = run(how);
  EXPECT_EQ(second.read, 22u);
  EXPECT_EQ(second.unchanged, 2u);
}

}  // namespace
}  // namespace sekisho::ingest
