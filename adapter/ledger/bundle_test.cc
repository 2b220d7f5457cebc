#include "adapter/ledger/bundle.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapter/ledger/segments.h"
#include "adapter/platform/durable_file.h"
#include "fhir/error.h"

namespace sekisho::ledger {
namespace {

const fhir::Instant kMorning = *fhir::parse_instant("2026-11-20T10:00:00+09:00");

class LedgerBundle : public testing::Test {
 protected:
  LedgerBundle() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    base_ = testing::TempDir() + "bundle_" + std::to_string(getpid()) + test->name();
    std::filesystem::remove_all(base_);
    std::filesystem::create_directories(base_);
    options_.dir = base_ + "/ledger";
    options_.key = crypto::SigningKey::generate();
    options_.seal_key = std::string(32, 'k');
    options_.host = "test";
    options_.segment_bytes = 2'000;
    Ledger::create(options_, kMorning);
    append(20);
  }
  ~LedgerBundle() override { std::filesystem::remove_all(base_); }

  void append(int count) {
    const auto ledger = Ledger::open(options_, kMorning);
    append(*ledger, count);
  }
  static void append(Ledger& ledger, int count) {
    for (int i = 0; i < count; ++i) {
      Record record;
      record.request_id = "r" + std::to_string(i);
      record.outcome = "released";
      record.patients = {{"marker-patient", "I5"}};
      ledger.append(record, kMorning);
    }
  }
  Verified make() const { return export_bundle(options_.dir, options_.key.public_pem(), bundle()); }
  std::string bundle() const { return base_ + "/bundle"; }

  std::string base_;
  Ledger::Options options_;
};

TEST_F(LedgerBundle, IsVerifiedFarFromTheInstallation) {
  const Verified made = make();
  EXPECT_TRUE(made.ok) << made.where;
  EXPECT_EQ(made.records, 20u);
  std::filesystem::remove_all(options_.dir);
  const Verified again = verify_bundle(bundle(), std::nullopt);
  EXPECT_TRUE(again.ok) << again.where;
  EXPECT_EQ(again.records, 20u);
  EXPECT_EQ(again.unsigned_lines, 0u);
  EXPECT_TRUE(verify_bundle(bundle(), options_.key.verify_key()).ok);
  EXPECT_GT(segments_of(bundle() + "/ledger").size(), 1u);
}

TEST_F(LedgerBundle, IsNotVerifiedByAnotherKeyAndSaysWhichItHolds) {
  make();
  const crypto::SigningKey other = crypto::SigningKey::generate();
  EXPECT_FALSE(verify_bundle(bundle(), other.verify_key()).ok);
  const std::string digest = bundle_key_digest(bundle());
  platform::write_file(bundle() + "/public_key.pem", other.public_pem());
  EXPECT_FALSE(verify_bundle(bundle(), std::nullopt).ok);
  EXPECT_NE(bundle_key_digest(bundle()), digest);
}

TEST_F(LedgerBundle, ShowsAChangedByteAndAMissingFile) {
  make();
  const Segment second = segments_of(bundle() + "/ledger").at(1);
  const std::string good = platform::read_file(second.path);
  std::string bad = good;
  bad[100] = static_cast<char>(bad[100] ^ 1);
  platform::write_file(second.path, bad);
  EXPECT_NE(verify_bundle(bundle(), std::nullopt).where.find(second.name), std::string::npos);
  std::filesystem::remove(second.path);
  EXPECT_FALSE(verify_bundle(bundle(), std::nullopt).ok);
}

TEST_F(LedgerBundle, HoldsWholeLinesAlsoWhileAnAgentWrites) {
  const auto ledger = Ledger::open(options_, kMorning);
  append(*ledger, 3);
  const Segment last = segments_of(options_.dir).back();
  std::ofstream(last.path, std::ios::app) << R"({"seq":)";
  const Verified made = make();
  EXPECT_TRUE(made.ok) << made.where;
  EXPECT_EQ(made.records, 23u);
  EXPECT_EQ(made.unsigned_lines, 4u);  // the start and three records
}

TEST_F(LedgerBundle, OfABrokenLedgerSaysSoAndStaysAsEvidence) {
  const Segment first = segments_of(options_.dir).front();
  std::string bad = platform::read_file(first.path);
  bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 1);
  platform::write_file(first.path, bad);
  const Verified made = make();
  EXPECT_FALSE(made.ok);
  EXPECT_EQ(platform::read_file(bundle() + "/ledger/" + first.name), bad);
}

TEST_F(LedgerBundle, NamesNoPatientAndReplacesNothing) {
  make();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(bundle())) {
    if (entry.is_regular_file()) {
      EXPECT_EQ(platform::read_file(entry.path()).find("marker"), std::string::npos);
    }
  }
  EXPECT_THROW(make(), fhir::Error);
  EXPECT_THROW(export_bundle(base_ + "/none", "", base_ + "/other"), fhir::Error);
  EXPECT_THROW(verify_bundle(base_ + "/none", std::nullopt), fhir::Error);
}

}  // namespace
}  // namespace sekisho::ledger
