#include "adapter/store/store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "adapter/store/schema.h"
#include "fhir/error.h"

namespace sekisho::store {
namespace {

using fhir::Instant;
using fhir::Json;
using fhir::SetRule;

constexpr Instant kNow{1'764'000'000'000};

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::path(testing::TempDir()) /
           ("store_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
    store_.emplace(Store::open(file(), {}));
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(dir_);
  }
  std::string file() const { return (dir_ / "store.db").string(); }

  Stored put(const Incoming& incoming, Instant now = kNow) {
    sqlite::Transaction transaction(store_->database());
    const Stored stored = store_->put(incoming, now);
    store_->settle();
    transaction.commit();
    return stored;
  }
  bool remove(std::string_view type, std::string_view id, Instant now = kNow) {
    sqlite::Transaction transaction(store_->database());
    const bool removed = store_->remove(type, id, now);
    store_->settle();
    transaction.commit();
    return removed;
  }
  std::int64_t one(std::string_view sql) {
    sqlite::Statement statement = store_->database().prepare(sql);
    EXPECT_TRUE(statement.step()) << sql;
    return statement.integer(0);
  }
  std::string text(std::string_view sql) {
    sqlite::Statement statement = store_->database().prepare(sql);
    EXPECT_TRUE(statement.step()) << sql;
    return std::string(statement.text(0));
  }

  std::filesystem::path dir_;
  std::optional<Store> store_;
};

Incoming observation(const std::string& id, const std::string& code) {
  Incoming in;
  in.type = "Observation";
  in.id = id;
  in.body = fhir::parse_json(
      R"({"resourceType":"Observation","id":")" + id +
      R"(","meta":{"profile":["urn:p"],"source":"urn:s"},"status":"final","code":{"coding":[{"system":"urn:jlac","code":")" +
      code + R"("}]},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2025-04-01"})");
  in.sets.rule = SetRule::kNeeds;
  in.sets.needs = fhir::category::I5;
  in.sets.subjects = {"p1"};
  in.sets.data_date = fhir::civil_date(2025, 4, 1);
  in.patients = {7};
  return in;
}

TEST_F(StoreTest, WritesTheTextWithVersionAndInstant) {
  EXPECT_EQ(put(observation("o1", "A")), Stored::kStored);
  EXPECT_EQ(
      text("SELECT text FROM resource WHERE id = 'o1'"),
      R"({"resourceType":"Observation","id":"o1","meta":{"versionId":"1","lastUpdated":"2025-11-24T16:00:00.000Z","profile":["urn:p"],"source":"urn:s"},"status":"final","code":{"coding":[{"system":"urn:jlac","code":"A"}]},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2025-04-01"})");
  EXPECT_EQ(one("SELECT patient FROM resource WHERE id = 'o1'"), 7);
  EXPECT_EQ(one("SELECT data_date FROM resource WHERE id = 'o1'"), 20179);
  EXPECT_EQ(one("SELECT needs FROM resource WHERE id = 'o1'"),
            static_cast<std::int64_t>(fhir::category::I5.bits));
}

TEST_F(StoreTest, GivesABodyWithoutMetaOne) {
  Incoming in = observation("o1", "A");
  in.body.erase("meta");
  put(in);
  const Json stored = fhir::parse_json(text("SELECT text FROM resource WHERE id = 'o1'"));
  ASSERT_NE(stored.find("meta"), nullptr);
  EXPECT_EQ(stored.find("meta")->text("versionId"), "1");
  EXPECT_EQ(stored.text("status"), "final");
}

TEST_F(StoreTest, EqualContentIsUnchangedAndWritesNothing) {
  put(observation("o1", "A"));
  EXPECT_EQ(put(observation("o1", "A"), Instant{kNow.ms + 5000}), Stored::kUnchanged);
  EXPECT_EQ(one("SELECT version FROM resource WHERE id = 'o1'"), 1);
  EXPECT_EQ(one("SELECT last_updated FROM resource WHERE id = 'o1'"), kNow.ms);
  EXPECT_EQ(one("SELECT count(*) FROM resource_version WHERE rid < 9223372036854775807"), 0);
}

TEST_F(StoreTest, VersionMembersOfTheInputAreNotKept) {
  Incoming in = observation("o1", "A");
  in.body.find("meta")->set("versionId", "77");
  put(in);
  EXPECT_EQ(put(observation("o1", "A")), Stored::kUnchanged);
}

TEST_F(StoreTest, ANewVersionKeepsTheOldOneWithItsSets) {
  put(observation("o1", "A"));
  Incoming changed = observation("o1", "B");
  changed.sets.needs = fhir::category::I4;
  EXPECT_EQ(put(changed, Instant{kNow.ms + 1}), Stored::kStored);
  EXPECT_EQ(one("SELECT version FROM resource WHERE id = 'o1'"), 2);
  EXPECT_EQ(one("SELECT needs FROM resource_version WHERE version = 1"),
            static_cast<std::int64_t>(fhir::category::I5.bits));
  EXPECT_NE(text("SELECT text FROM resource_version WHERE version = 1").find("\"A\""),
            std::string::npos);
  EXPECT_NE(text("SELECT text FROM resource WHERE id = 'o1'").find("\"versionId\":\"2\""),
            std::string::npos);
}

TEST_F(StoreTest, OtherSetsAloneAreANewVersion) {
  put(observation("o1", "A"));
  Incoming flagged = observation("o1", "A");
  flagged.sets.flags = fhir::data_flag::kTest;
  EXPECT_EQ(put(flagged), Stored::kStored);
  EXPECT_EQ(one("SELECT flags FROM resource WHERE id = 'o1'"), fhir::data_flag::kTest);
}

TEST_F(StoreTest, TheIndexFollowsTheCurrentVersion) {
  put(observation("o1", "A"));
  const std::int64_t before = one("SELECT count(*) FROM token");
  EXPECT_GT(before, 0);
  EXPECT_EQ(one("SELECT count(*) FROM token WHERE code = 'A'"), 1);
  EXPECT_EQ(one("SELECT high - low FROM date"), 86'400'000);
  put(observation("o1", "B"));
  EXPECT_EQ(one("SELECT count(*) FROM token WHERE code = 'A'"), 0);
  EXPECT_EQ(one("SELECT count(*) FROM token WHERE code = 'B'"), 1);
  EXPECT_EQ(one("SELECT count(*) FROM token"), before);
  EXPECT_TRUE(remove("Observation", "o1"));
  EXPECT_EQ(one("SELECT count(*) FROM token"), 0);
  EXPECT_EQ(one("SELECT count(*) FROM date"), 0);
}

TEST_F(StoreTest, ATombstoneKeepsPatientAndSetsAndComesBackAsAVersion) {
  put(observation("o1", "A"));
  EXPECT_TRUE(remove("Observation", "o1", Instant{kNow.ms + 9}));
  EXPECT_FALSE(remove("Observation", "o1"));
  EXPECT_FALSE(remove("Observation", "unknown"));
  EXPECT_EQ(one("SELECT version FROM resource WHERE id = 'o1'"), 2);
  EXPECT_EQ(one("SELECT deleted FROM resource WHERE id = 'o1'"), 1);
  EXPECT_EQ(one("SELECT patient FROM resource WHERE id = 'o1'"), 7);
  EXPECT_EQ(one("SELECT needs FROM resource WHERE id = 'o1'"),
            static_cast<std::int64_t>(fhir::category::I5.bits));
  EXPECT_EQ(text("SELECT text FROM resource WHERE id = 'o1'"), "");
  EXPECT_EQ(put(observation("o1", "A")), Stored::kStored);
  EXPECT_EQ(one("SELECT version FROM resource WHERE id = 'o1'"), 3);
  EXPECT_EQ(one("SELECT deleted FROM resource WHERE id = 'o1'"), 0);
  EXPECT_EQ(one("SELECT count(*) FROM resource_version WHERE rid < 9223372036854775807"), 2);
}

TEST_F(StoreTest, LastUpdatedNeverGoesBack) {
  put(observation("o1", "A"));
  put(observation("o1", "B"), Instant{kNow.ms - 60'000});
  EXPECT_EQ(one("SELECT last_updated FROM resource WHERE id = 'o1'"), kNow.ms);
  remove("Observation", "o1", Instant{kNow.ms - 90'000});
  EXPECT_EQ(one("SELECT last_updated FROM resource WHERE id = 'o1'"), kNow.ms);
}

TEST_F(StoreTest, ASubjectWithoutANumberIsFlagged) {
  Incoming in = observation("o1", "A");
  in.patients.clear();
  put(in);
  EXPECT_EQ(one("SELECT flags FROM resource WHERE id = 'o1'"), fhir::data_flag::kSubjectUnresolved);
  EXPECT_EQ(one("SELECT patient IS NULL FROM resource WHERE id = 'o1'"), 1);
  EXPECT_EQ(put(observation("o1", "A")), Stored::kStored);
  EXPECT_EQ(one("SELECT flags FROM resource WHERE id = 'o1'"), 0);
}

TEST_F(StoreTest, FurtherSubjectsAreLittleEndianNumbers) {
  Incoming in = observation("o1", "A");
  in.sets.subjects = {"p1", "p2", "p3"};
  in.patients = {7, 258, 70'000};
  put(in);
  EXPECT_EQ(text("SELECT hex(more_patients) FROM resource WHERE id = 'o1'"), "0201000070110100");
}

TEST_F(StoreTest, ATargetThatIsNotThereIsAStubUntilItComes) {
  Incoming in = observation("o1", "A");
  in.body.set("specimen", Json::object({{"reference", "Specimen/s1"}}));
  put(in);
  EXPECT_EQ(one("SELECT version FROM resource WHERE id = 's1'"), 0);
  EXPECT_EQ(one("SELECT plain FROM resource WHERE id = 'o1'"), 0);
  const std::int64_t rid = one("SELECT rid FROM resource WHERE id = 's1'");
  Incoming specimen;
  specimen.type = "Specimen";
  specimen.id = "s1";
  specimen.body = fhir::parse_json(
      R"({"resourceType":"Specimen","id":"s1","subject":{"reference":"Patient/p1"}})");
  specimen.sets.rule = SetRule::kCarriedByReferrers;
  specimen.sets.subjects = {"p1"};
  specimen.patients = {7};
  put(specimen);
  EXPECT_EQ(one("SELECT rid FROM resource WHERE id = 's1'"), rid);
  EXPECT_EQ(one("SELECT version FROM resource WHERE id = 's1'"), 1);
  EXPECT_EQ(one("SELECT count(*) FROM resource_version WHERE rid < 9223372036854775807"), 0);
}

TEST_F(StoreTest, EachTypeHasASentinelAfterEveryId) {
  put(observation("zzz", "A"));
  EXPECT_EQ(one("SELECT count(*) FROM resource JOIN type USING (type) WHERE name = 'Observation' "
                "AND id > 'zzzz' AND version = 0"),
            1);
}

TEST_F(StoreTest, ARolledBackBatchLeavesNothing) {
  {
    sqlite::Transaction transaction(store_->database());
    store_->put(observation("o1", "A"), kNow);
  }
  store_.reset();  // a Store is done for after a rollback
  store_.emplace(Store::open(file(), {}));
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE id <> '~'"), 0);
  EXPECT_EQ(put(observation("o2", "A")), Stored::kStored);
  EXPECT_EQ(one("SELECT count(*) FROM resource WHERE id <> '~'"), 1);
  EXPECT_EQ(one("SELECT count(*) FROM patient_needs"), 1);
}

TEST_F(StoreTest, RefusesAFileOfAnotherFormatOrOtherSiteCategories) {
  store_.emplace(Store::open(file(), fhir::CategoryVocabulary({"X-A"})));
  store_.emplace(Store::open(file(), fhir::CategoryVocabulary({"X-A", "X-B"})));
  EXPECT_THROW(Store::open(file(), fhir::CategoryVocabulary({"X-B", "X-A"})), fhir::Error);
  EXPECT_THROW(Store::open(file(), {}), fhir::Error);
  store_->database().execute("PRAGMA user_version = " + std::to_string(kFormat + 1));
  EXPECT_THROW(Store::open(file(), fhir::CategoryVocabulary({"X-A", "X-B"})), fhir::Error);
}

}  // namespace
}  // namespace sekisho::store
