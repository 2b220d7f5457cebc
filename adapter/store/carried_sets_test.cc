// What Patient, Coverage, Specimen, Encounter and the unions take over from other rows, and `plain`
// (release-decision 2.1b).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "adapter/store/store.h"

namespace sekisho::store {
namespace {

using fhir::CategorySet;
using fhir::Instant;
using fhir::Json;
using fhir::SetRule;
namespace category = fhir::category;

constexpr Instant kNow{1'764'000'000'000};

Json reference(const std::string& target) { return Json::object({{"reference", target}}); }

// A resource of patient `p` (Patient/p<number>).
Incoming make(const std::string& type, const std::string& id, SetRule rule, CategorySet needs,
              std::uint32_t p, const std::vector<std::string>& refers = {}) {
  Incoming in;
  in.type = type;
  in.id = id;
  in.body = Json::object({{"resourceType", type}, {"id", id}});
  const std::string patient = "p" + std::to_string(p);
  if (type != "Patient") {
    in.body.set("subject", reference("Patient/" + patient));
  }
  Json targets;
  for (const std::string& target : refers) {
    targets.push(reference(target));
  }
  if (!refers.empty()) {
    in.body.set(type == "Observation" ? "hasMember" : "result", targets);
  }
  in.sets.rule = rule;
  in.sets.needs = needs;
  in.sets.subjects = {patient};
  in.patients = {p};
  return in;
}

Incoming patient(std::uint32_t p) {
  return make("Patient", "p" + std::to_string(p), SetRule::kCarriedByPatient, {}, p);
}
Incoming lab(const std::string& id, CategorySet needs, std::uint32_t p,
             const std::vector<std::string>& refers = {}) {
  return make("Observation", id, SetRule::kNeeds, needs, p, refers);
}
Incoming specimen(const std::string& id, std::uint32_t p) {
  return make("Specimen", id, SetRule::kCarriedByReferrers, {}, p);
}

class CarriedSets : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::path(testing::TempDir()) /
           ("sets_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
    store_.emplace(Store::open((dir_ / "store.db").string(), {}));
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(dir_);
  }

  void put(const std::vector<Incoming>& batch) {
    sqlite::Transaction transaction(store_->database());
    for (const Incoming& incoming : batch) {
      store_->put(incoming, kNow);
    }
    store_->settle();
    transaction.commit();
  }
  void remove(const std::string& type, const std::vector<std::string>& ids) {
    sqlite::Transaction transaction(store_->database());
    for (const std::string& id : ids) {
      EXPECT_TRUE(store_->remove(type, id, kNow));
    }
    store_->settle();
    transaction.commit();
  }
  std::uint64_t column(const std::string& name, const std::string& id) {
    sqlite::Statement statement =
        store_->database().prepare("SELECT " + name + " FROM resource WHERE id = ?");
    statement.bind(1, id);
    EXPECT_TRUE(statement.step()) << id;
    return static_cast<std::uint64_t>(statement.integer(0));
  }
  CategorySet carried(const std::string& id) { return {column("carried", id)}; }
  CategorySet needs(const std::string& id) { return {column("needs", id)}; }
  bool plain(const std::string& id) { return column("plain", id) != 0; }

  std::filesystem::path dir_;
  std::optional<Store> store_;
};

TEST_F(CarriedSets, PatientAndCoverageCarryWhatTheirLiveResourcesNeed) {
  put({patient(1), make("Coverage", "c1", SetRule::kCarriedByPatient, {}, 1), patient(2)});
  EXPECT_TRUE(carried("p1").empty());
  put({lab("o1", category::I5, 1), lab("o2", category::I4, 1), lab("o3", category::I1, 2)});
  EXPECT_EQ(carried("p1"), category::I4 | category::I5);
  EXPECT_EQ(carried("c1"), category::I4 | category::I5);
  EXPECT_EQ(carried("p2"), category::I1);
  remove("Observation", {"o2"});
  EXPECT_EQ(carried("p1"), category::I5);
  EXPECT_EQ(carried("c1"), category::I5);
}

TEST_F(CarriedSets, APatientThatComesAfterItsResourcesCarriesThem) {
  put({lab("o1", category::I5, 1)});
  EXPECT_FALSE(plain("o1"));
  put({patient(1)});
  EXPECT_EQ(carried("p1"), category::I5);
  EXPECT_TRUE(plain("o1"));
}

TEST_F(CarriedSets, FlaggedOrUnreleasableResourcesCountInNobodysSets) {
  Incoming test = lab("o1", category::I5, 1);
  test.sets.flags = fhir::data_flag::kTest;
  Incoming undelivered = lab("o2", category::I4, 1);
  undelivered.sets.flags = fhir::data_flag::kUndelivered;
  Incoming ip = lab("o3", category::I1, 1);
  ip.sets.flags = fhir::data_flag::kIpProtected;
  put({patient(1), test, undelivered, ip, lab("o4", CategorySet::none(), 1)});
  EXPECT_TRUE(carried("p1").empty());
  Incoming uninformed = lab("o5", category::I2, 1);
  uninformed.sets.flags = fhir::data_flag::kUninformed;
  put({uninformed});
  EXPECT_EQ(carried("p1"), category::I2);
}

TEST_F(CarriedSets, ASpecimenCarriesWhatRefersToIt) {
  put({patient(1), specimen("s1", 1), lab("o1", category::I5, 1, {"Specimen/s1"})});
  EXPECT_EQ(carried("s1"), category::I5);
  put({lab("o2", category::I4, 1, {"Specimen/s1"})});
  EXPECT_EQ(carried("s1"), category::I4 | category::I5);
  put({lab("o1", category::I5, 1)});  // refers to it no more
  EXPECT_EQ(carried("s1"), category::I4);
  EXPECT_TRUE(plain("o1"));
  EXPECT_TRUE(plain("o2"));
}

TEST_F(CarriedSets, AnotherPatientsResourcesNeverCount) {
  put({patient(1), patient(2), specimen("s1", 1), lab("o2", category::I4, 2, {"Specimen/s1"})});
  EXPECT_TRUE(carried("s1").empty());
  EXPECT_FALSE(plain("o2"));
  Incoming both = lab("o3", category::I2, 1, {"Patient/p2"});
  both.sets.subjects = {"p1", "p2"};
  both.patients = {1, 2};
  put({both});
  EXPECT_TRUE(carried("p1").empty());
  EXPECT_FALSE(plain("o3"));
}

TEST_F(CarriedSets, ATombstoneCarriesTheSameInWhateverOrderTheBatchesWent) {
  put({patient(1), specimen("s1", 1), lab("o1", category::I5, 1, {"Specimen/s1"})});
  put({patient(2), specimen("s2", 2), lab("o2", category::I5, 2, {"Specimen/s2"})});
  remove("Observation", {"o1"});
  remove("Specimen", {"s1"});
  remove("Patient", {"p1", "p2"});
  remove("Specimen", {"s2"});
  remove("Observation", {"o2"});
  for (const char* id : {"s1", "s2", "p1", "p2"}) {
    EXPECT_EQ(carried(id), category::I5) << id;
  }
}

TEST_F(CarriedSets, OldVersionsCarryWhatTheCurrentOneDoes) {
  put({patient(1)});
  Incoming changed = patient(1);
  changed.body.set("gender", "female");
  put({changed});
  put({lab("o1", category::I5, 1)});
  sqlite::Statement statement =
      store_->database().prepare("SELECT carried FROM resource_version WHERE version = 1");
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(CategorySet{static_cast<std::uint64_t>(statement.integer(0))}, category::I5);
}

TEST_F(CarriedSets, AReportNeedsTheUnionOfItsResults) {
  Incoming report = make("DiagnosticReport", "d1", SetRule::kUnionOfTargets, CategorySet::none(), 1,
                         {"Observation/o1", "Observation/o2"});
  report.sets.union_of = {"Observation/o1", "Observation/o2"};
  put({patient(1), report});
  EXPECT_EQ(needs("d1"), CategorySet::none());
  put({lab("o1", category::I5, 1)});
  EXPECT_TRUE(needs("d1").has_none());  // one result is still missing
  put({lab("o2", category::I4, 1)});
  EXPECT_EQ(needs("d1"), category::I4 | category::I5);
  EXPECT_TRUE(plain("d1"));
  EXPECT_EQ(carried("p1"), category::I4 | category::I5);
  remove("Observation", {"o2"});
  EXPECT_TRUE(needs("d1").has_none());
  EXPECT_FALSE(plain("d1"));
  put({lab("o2", CategorySet::none(), 1)});
  EXPECT_TRUE(needs("d1").has_none());
}

// An earlier message of it named a result that its text does not name any more.
TEST_F(CarriedSets, AReportOfTheSameTextMayNeedMoreResults) {
  Incoming report = make("DiagnosticReport", "d1", SetRule::kUnionOfTargets, {}, 1);
  report.sets.union_of = {"Observation/o1"};
  put({patient(1), report, lab("o1", category::I5, 1), lab("o2", category::I4, 1)});
  EXPECT_EQ(needs("d1"), category::I5);
  report.sets.union_of = {"Observation/o1", "Observation/o2"};
  put({report});
  EXPECT_EQ(needs("d1"), category::I4 | category::I5);
}

TEST_F(CarriedSets, ARequestNeedsWhatIsBasedOnIt) {
  Incoming request = make("ServiceRequest", "r1", SetRule::kUnionOfTargets, category::E2, 1);
  put({patient(1), request});
  EXPECT_EQ(needs("r1"), category::E2);
  Incoming result = lab("o1", category::I5, 1);
  Json based_on;
  based_on.push(reference("ServiceRequest/r1"));
  result.body.set("basedOn", based_on);
  put({result});
  EXPECT_EQ(needs("r1"), category::I5);
  EXPECT_EQ(carried("p1"), category::I5);
  remove("Observation", {"o1"});
  EXPECT_EQ(needs("r1"), category::E2);
}

TEST_F(CarriedSets, PlainFallsWithTheTarget) {
  put({patient(1), lab("o1", category::I5, 1, {"Observation/o2"}), lab("o2", category::I5, 1)});
  EXPECT_TRUE(plain("o1"));
  put({lab("o2", category::I4, 1)});
  EXPECT_FALSE(plain("o1"));  // a view with I5 alone shows o1 and not o2
  put({lab("o2", category::I5, 1)});
  EXPECT_TRUE(plain("o1"));
  remove("Observation", {"o2"});
  EXPECT_FALSE(plain("o1"));
  put({lab("o2", category::I5, 1)});
  remove("Patient", {"p1"});
  EXPECT_FALSE(plain("o1"));
  EXPECT_FALSE(plain("o2"));
}

// The promise behind all of them: the columns do not depend on how the puts were cut into batches.
TEST_F(CarriedSets, TheSameColumnsWhateverTheBatches) {
  const auto dump = [&] {
    std::string out;
    sqlite::Statement statement = store_->database().prepare(
        "SELECT id, version, deleted, needs, carried, plain, text FROM resource ORDER BY id");
    while (statement.step()) {
      for (int i = 0; i < 7; ++i) {
        out += std::string(statement.text(i)) + "|";
      }
      out += "\n";
    }
    return out;
  };
  std::vector<Incoming> all;
  const CategorySet sets[] = {category::I4, category::I5, category::I1, CategorySet::none()};
  for (std::uint32_t p = 0; p < 4; ++p) {
    all.push_back(patient(p));
    for (int i = 0; i < 5; ++i) {
      const std::string n = std::to_string(p) + "x" + std::to_string(i);
      all.push_back(specimen("s" + n, p));
      all.push_back(lab("o" + n, sets[(p + static_cast<std::uint32_t>(i)) % 4], p,
                        {"Specimen/s" + n, "Observation/o" + std::to_string((p + 1) % 4) + "x0"}));
    }
  }
  const auto run = [&](std::uint32_t seed) {
    std::mt19937 random(seed);
    TearDown();
    SetUp();
    std::vector<Incoming> batch;
    for (const Incoming& incoming : all) {
      batch.push_back(incoming);
      if (random() % 4 == 0) {
        put(batch);
        batch.clear();
      }
    }
    put(batch);
    return dump();
  };
  const std::string expected = run(1);
  for (std::uint32_t seed = 2; seed < 8; ++seed) {
    EXPECT_EQ(run(seed), expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace sekisho::store
