#include <gtest/gtest.h>

#include "adapter/query/query.h"
#include "adapter/query/test_store.h"

namespace sekisho::query {
namespace {

using fhir::CategorySet;
using fhir::SetRule;
namespace category = fhir::category;

// Patient 0 "p" is permitted, patient 1 "x" refused.
const std::vector<CategorySet> kPermitted = {category::I1 | category::I5, {}};

std::string condition_text(const std::string& id, const std::string& patient) {
  return R"({"resourceType":"Condition","id":")" + id + R"(","subject":{"reference":"Patient/)" +
         patient + R"("}})";
}

TestRow condition(const std::string& id, std::uint32_t patient) {
  TestRow row{"Condition", id, patient, category::I1};
  row.text = condition_text(id, patient == 0 ? "p" : "x");
  return row;
}

class Read : public testing::Test {
 protected:
  Read() : store_(testing::UnitTest::GetInstance()->current_test_info()->name()) {
    store_.put_patient(0, "p", category::I1 | category::I5);
    store_.put_patient(1, "x", category::I1 | category::I5);
    store_.put(condition("c-p", 0));
    store_.put(condition("c-x", 1));
  }

  bool found(const std::string& type, const std::string& id) {
    return read(reader(), visibility_, type, id, Held()).shown.has_value();
  }
  std::string text_of(const std::string& type, const std::string& id) {
    const ReadResult result = read(reader(), visibility_, type, id, Held());
    return result.shown ? result.shown->text : "";
  }
  Reader& reader() {
    if (!reader_) {
      reader_ = std::make_unique<Reader>(store_.file());
    }
    return *reader_;
  }

  TestStore store_;
  Visibility visibility_ = release::Masks::of(kPermitted);
  std::unique_ptr<Reader> reader_;
};

TEST_F(Read, GivesThePermittedAndOnlyThem) {
  EXPECT_TRUE(found("Condition", "c-p"));
  EXPECT_TRUE(found("Patient", "p"));
  EXPECT_FALSE(found("Condition", "c-x"));
  EXPECT_FALSE(found("Patient", "x"));
  EXPECT_FALSE(found("Condition", "absent"));
  EXPECT_FALSE(found("Condition", "C-P")) << "ids are case-sensitive";
  EXPECT_FALSE(found("Observation", "c-p")) << "another type";
  EXPECT_FALSE(found("Consent", "c-p"));
  EXPECT_FALSE(found("Condition", ""));
}

TEST_F(Read, SaysWhatTheLedgerNeeds) {
  const ReadResult result = read(reader(), visibility_, "Condition", "c-p", Held());
  ASSERT_TRUE(result.shown);
  EXPECT_EQ(result.shown->text, condition_text("c-p", "p")) << "the stored bytes";
  EXPECT_EQ(result.shown->categories, category::I1);
  EXPECT_EQ(result.shown->patients, std::vector<std::uint32_t>{0});
  const ReadResult patient = read(reader(), visibility_, "Patient", "p", Held());
  ASSERT_TRUE(patient.shown);
  EXPECT_EQ(patient.shown->categories, category::I1 | category::I5);
}

TEST_F(Read, TakesTheSameStepsForDeniedAndUnknown) {
  found("Condition", "c-p");  // prepared and warm
  reader().take_look_up_steps();
  std::vector<std::uint64_t> steps;
  for (const char* id : {"c-x", "absent", "a", "zzz", "c-p"}) {
    found("Condition", id);
    steps.push_back(reader().take_look_up_steps());
  }
  EXPECT_EQ(steps[0], steps[1]);
  EXPECT_EQ(steps[0], steps[2]) << "before the first";
  EXPECT_EQ(steps[0], steps[3]) << "after the last of its type";
  EXPECT_GT(steps[0], 0u);
}

// Whatever is denied, and however it lies in the store: no statement runs that would not run for an
// id that never was.
TEST_F(Read, TakesTheSameStepsForEveryKindOfDenied) {
  TestRow gone = condition("gone-x", 1);
  gone.version = 2;
  gone.deleted = true;
  const std::int64_t rid = store_.put(gone);
  store_.put_version(rid, condition("gone-x", 1));
  TestRow refers = condition("refers-x", 1);
  refers.plain = false;
  store_.put(refers);
  TestRow two{"Condition", "two", 0, category::I1};
  two.text = condition_text("two", "p");
  two.more_patients = {1};
  two.plain = false;
  store_.put(two);
  TestRow sealed = condition("sealed-p", 0);
  sealed.flags = fhir::data_flag::kUndelivered;
  sealed.plain = false;
  store_.put(sealed);
  TestRow coverage{"Coverage", "k-x", 1};
  coverage.rule = SetRule::kCarriedByPatient;
  coverage.carried = category::I1;
  store_.put(coverage);
  found("Condition", "c-p");
  for (const auto& [type, id] : {std::pair{"Condition", "gone-x"},
                                 {"Condition", "refers-x"},
                                 {"Condition", "two"},
                                 {"Condition", "sealed-p"},
                                 {"Coverage", "k-x"},
                                 {"Patient", "x"}}) {
    found(type, "absent");
    reader().take_look_up_steps();
    EXPECT_FALSE(found(type, "absent"));
    const std::uint64_t unknown = reader().take_look_up_steps();
    EXPECT_FALSE(found(type, id)) << id;
    EXPECT_EQ(reader().take_look_up_steps(), unknown) << id;
  }
  const std::uint64_t before = reader().take_look_up_steps();
  EXPECT_EQ(before, 0u);
  EXPECT_TRUE(found("Condition", "c-p"));
  const std::uint64_t shown = reader().take_look_up_steps();
  found("Condition", "absent");
  EXPECT_GT(shown, reader().take_look_up_steps()) << "the count sees every statement";
}

TEST_F(Read, TakesTheSameStepsForVersionsOfDeniedAndUnknown) {
  const std::int64_t rid = store_.put(condition("v-x", 1));
  TestRow second = condition("v-x", 1);
  second.version = 2;
  store_.database().prepare("UPDATE resource SET version = 2 WHERE rid = ?").bind(1, rid).run();
  store_.put_version(rid, condition("v-x", 1));
  found("Condition", "absent");  // the type's number is looked up once
  const auto steps = [&](const std::string& id, const char* version) {
    reader().take_look_up_steps();
    EXPECT_FALSE(read_version(reader(), visibility_, "Condition", id, version, Held()).shown);
    return reader().take_look_up_steps();
  };
  const std::uint64_t unknown = steps("absent", "1");
  for (const char* version : {"1", "2", "3", "0", "-1", "x", "01", "99999999999999999999"}) {
    EXPECT_EQ(steps("v-x", version), unknown) << version;
    EXPECT_EQ(steps("absent", version), unknown) << version;
  }
}

TEST_F(Read, DecidesEachVersionOnItsOwnSets) {
  TestRow current = condition("v", 0);
  current.version = 3;
  const std::int64_t rid = store_.put(current);
  TestRow first = condition("v", 0);
  first.needs = category::E1;  // mapped otherwise then
  store_.put_version(rid, first);
  TestRow second = condition("v", 0);
  second.version = 2;
  second.flags = fhir::data_flag::kTest;
  store_.put_version(rid, second);
  const auto shown = [&](const char* version) {
    return read_version(reader(), visibility_, "Condition", "v", version, Held()).shown.has_value();
  };
  EXPECT_FALSE(shown("1"));
  EXPECT_FALSE(shown("2"));
  EXPECT_TRUE(shown("3"));
  EXPECT_FALSE(shown("4"));
}

TEST_F(Read, GivesAnOldVersionWhereItWasAnothersBefore) {
  TestRow current = condition("moved", 1);
  current.version = 2;
  const std::int64_t rid = store_.put(current);
  store_.put_version(rid, condition("moved", 0));
  EXPECT_FALSE(read_version(reader(), visibility_, "Condition", "moved", "2", Held()).shown);
  EXPECT_TRUE(read_version(reader(), visibility_, "Condition", "moved", "1", Held()).shown);
}

TEST_F(Read, SaysGoneOnlyWhereTheLastVersionWouldHaveBeenShown) {
  for (const std::uint32_t patient : {0u, 1u}) {
    TestRow tombstone = condition("gone-" + std::to_string(patient), patient);
    const std::string text = tombstone.text;
    tombstone.version = 2;
    tombstone.deleted = true;
    tombstone.text.clear();
    const std::int64_t rid = store_.put(tombstone);
    TestRow last = condition("", patient);
    last.text = text;
    store_.put_version(rid, last);
  }
  EXPECT_TRUE(read(reader(), visibility_, "Condition", "gone-0", Held()).gone);
  EXPECT_FALSE(read(reader(), visibility_, "Condition", "gone-0", Held()).shown);
  EXPECT_FALSE(read(reader(), visibility_, "Condition", "gone-1", Held()).gone);
  EXPECT_TRUE(read_version(reader(), visibility_, "Condition", "gone-0", "2", Held()).gone);
  EXPECT_TRUE(read_version(reader(), visibility_, "Condition", "gone-0", "1", Held()).shown);
  EXPECT_FALSE(read_version(reader(), visibility_, "Condition", "gone-1", "2", Held()).gone);
}

TEST_F(Read, SaysGoneOfAPatientDeletedWithEverything) {
  TestRow patient{"Patient", "q", 0};
  patient.rule = SetRule::kCarriedByPatient;
  patient.carried = category::I1;
  patient.version = 2;
  patient.deleted = true;
  const std::int64_t rid = store_.put(patient);
  patient.version = 1;
  patient.deleted = false;
  patient.text = R"({"resourceType":"Patient","id":"q"})";
  store_.put_version(rid, patient);
  TestRow tombstone{"Condition", "c-q", 0, category::I1};
  tombstone.version = 2;
  tombstone.deleted = true;
  const std::int64_t condition_rid = store_.put(tombstone);
  tombstone.version = 1;
  tombstone.deleted = false;
  tombstone.text = condition_text("c-q", "q");
  store_.put_version(condition_rid, tombstone);
  EXPECT_TRUE(read(reader(), visibility_, "Patient", "q", Held()).gone);
  EXPECT_TRUE(read(reader(), visibility_, "Condition", "c-q", Held()).gone);
}

// References out of a visible resource (2.1b).

TEST_F(Read, DropsReferencesToWhatIsNotShown) {
  TestRow row{"Observation", "o", 0, category::I5};
  row.plain = false;
  row.text =
      R"({"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p"},)"
      R"("hasMember":[{"reference":"Observation/o-x","display":"D"},{"reference":"Observation/o-p"},)"
      R"({"reference":"Observation/nowhere"},{"reference":"#c"}],)"
      R"("specimen":{"reference":"Specimen/s-x","display":"D"}})";
  store_.put(row);
  TestRow member{"Observation", "o-p", 0, category::I5};
  member.text = R"({"resourceType":"Observation","id":"o-p"})";
  store_.put(member);
  TestRow hidden{"Observation", "o-x", 1, category::I5};
  hidden.text = R"({"resourceType":"Observation","id":"o-x"})";
  store_.put(hidden);
  TestRow specimen{"Specimen", "s-x", 1};
  specimen.rule = SetRule::kCarriedByReferrers;
  specimen.carried = category::I5;
  store_.put(specimen);
  EXPECT_EQ(text_of("Observation", "o"),
            R"({"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p"},)"
            R"("hasMember":[{"reference":"Observation/o-p"},{"reference":"#c"}]})");
}

TEST_F(Read, WithholdsWhatLosesAMandatoryReference) {
  TestRow row = condition("c", 0);
  row.plain = false;
  row.text = condition_text("c", "nobody");
  store_.put(row);
  EXPECT_FALSE(found("Condition", "c"));
}

TEST_F(Read, DropsReferencesToWhatIsWithheld) {
  TestRow withheld = condition("c-lost", 0);
  withheld.plain = false;
  withheld.text = condition_text("c-lost", "nobody");
  store_.put(withheld);
  TestRow row{"Observation", "o", 0, category::I5};
  row.plain = false;
  row.text =
      R"({"resourceType":"Observation","id":"o","focus":[{"reference":"Condition/c-lost"}]})";
  store_.put(row);
  EXPECT_EQ(text_of("Observation", "o"), R"({"resourceType":"Observation","id":"o"})");
}

TEST_F(Read, EndsWhereMandatoryReferencesMakeARing) {
  for (const auto& [id, other] : {std::pair{"r1", "r2"}, {"r2", "r1"}}) {
    TestRow row{"Provenance", id, 0, category::I5};
    row.plain = false;
    row.text = std::string(R"({"resourceType":"Provenance","id":")") + id +
               R"(","target":[{"reference":"Provenance/)" + other + R"("}]})";
    store_.put(row);
  }
  EXPECT_FALSE(found("Provenance", "r1"));
  EXPECT_FALSE(found("Provenance", "r2"));
}

TEST_F(Read, HidesThePatientAndSoItsReferencesUnderADataPeriod) {
  release::Masks::Gates gates;
  gates.has_period = true;
  gates.from = 0;
  gates.to = 1000;
  visibility_ = release::Masks::of(kPermitted, gates);
  TestRow observation{"Observation", "o", 0, category::I5};
  observation.data_date = 10;
  observation.text = R"({"resourceType":"Observation","id":"o","status":"final",)"
                     R"("subject":{"reference":"Patient/p"}})";
  store_.put(observation);
  TestRow dated = condition("dated", 0);
  dated.data_date = 10;
  store_.put(dated);
  EXPECT_FALSE(found("Patient", "p")) << "it has no date";
  EXPECT_EQ(text_of("Observation", "o"),
            R"({"resourceType":"Observation","id":"o","status":"final"})");
  EXPECT_FALSE(found("Condition", "dated")) << "subject is mandatory";
}

TEST_F(Read, AsksForEverySubject) {
  TestRow row{"Observation", "two", 0, category::I5};
  row.text = R"({"resourceType":"Observation","id":"two"})";
  row.more_patients = {1};
  store_.put(row);
  EXPECT_FALSE(found("Observation", "two"));
  visibility_ = release::Masks::of({category::I5, category::I5});
  EXPECT_TRUE(found("Observation", "two"));
  const ReadResult result = read(reader(), visibility_, "Observation", "two", Held());
  EXPECT_EQ(result.shown->patients, (std::vector<std::uint32_t>{0, 1}));
}

TEST_F(Read, RefusesABrokenText) {
  TestRow row = condition("broken", 0);
  row.plain = false;
  row.text = "{";
  store_.put(row);
  EXPECT_THROW(found("Condition", "broken"), fhir::Error);
}

}  // namespace
}  // namespace sekisho::query
