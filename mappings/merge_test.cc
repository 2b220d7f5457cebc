#include "mappings/merge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "mappings/pack_tests.h"
#include "mappings/settings.h"

// "updates": "merge": several messages make one resource, whatever order they come in.
namespace sekisho::mappings {
namespace {

using fhir::Json;

constexpr std::string_view kHead = R"({ "kind": "mapping-profile", "format": 1, "id": "t",
  "version": "1",
  "source": { "type": "hl7v2", "accept": [{ "message": "ADT^A08" }],
    "groups": { "MESSAGE": { "holds": ["MSH", "EVN", "PID", "PV1", "OBX"] } } },
  "vars": { "seen": "=PV1-44 | dateTime" },
)";

constexpr std::string_view kEncounter = R"json({ "name": "visit", "create": "Encounter",
  "updates": "merge", "key": ["=PV1-19"], "onDelete": { "when": "EVN-1 = 'A11'" },
  "profile": [{ "url": "http://x/full", "needs": ["period.end"] }, "http://x/any"],
  "body": { "status": "=switch(EVN-1, 'A01', 'in-progress', 'A03', 'finished')",
            "class": { "system": "http://c", "code": "=PV1-2" },
            "subject": "=refKey('Patient', PID-3.1)",
            "period": { "start": "=$seen", "end": "=PV1-45 | dateTime" },
            "hospitalization": { "preAdmissionIdentifier": { "value": "=PV1-5" },
                                 "dischargeDisposition": { "text": "=PV1-36" } },
            "type": [{ "text": "=PV1-4" }],
            "length[x]": { "$switch": "=PV1-18",
                           "S": { "lengthString": "=PV1-10" },
                           "Q": { "lengthQuantity": { "value": "=PV1-10 | decimal" } } } } })json";

std::string with(std::string rule, std::string_view from, std::string_view to) {
  const std::size_t at = rule.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? rule : rule.replace(at, from.size(), to);
}

struct Message {
  std::string time = "20261120093000";
  std::string event = "A01";
  std::string patient = "0042";
  std::vector<std::pair<int, std::string>> fields = {};  // of PV1
  std::string mode = "P";

  std::string text() const {
    std::vector<std::string> pv1(50);
    for (const auto& [number, value] : fields) {
      pv1[static_cast<std::size_t>(number)] = value;
    }
    if (pv1[19].empty()) {
      pv1[19] = "V1";
    }
    std::string out = "MSH|^~\\&|H|S|G|R|" + time + "||ADT^A08|1|" + mode + "|2.5\rEVN|" + event +
                      "\rPID|1||" + patient + "^^^^PI||||19700101\rPV1";
    for (std::size_t i = 1; i < pv1.size(); ++i) {
      out += "|" + pv1[i];
    }
    return out + "\r";
  }
};

Settings settings() {
  Settings made =
      settings_for(fhir::IdKey(std::string(32, 'k'), "f"), "1318814790", "Example", {}, "feed");
  made.merged_types = {"Encounter"};
  return made;
}

Profile profile(const std::string& rules) {
  return Profile::compile(std::string(kHead) + "\"rules\": [" + rules + "] }", "t.map.json",
                          [](const std::string&) { return std::string(); });
}

// What the messages make, in this order of arrival.
Result together(const Profile& of, const std::vector<Message>& messages,
                const std::string& data_type = "ADT-22") {
  Result all;
  for (const Message& message : messages) {
    auto parsed = connectors::hl7v2::parse(message.text(), connectors::hl7v2::Encoding::kUtf8);
    // The source is the message's, wherever it stands in the row.
    Result one = of.run({parsed.messages.at(0), data_type, nullptr, "t",
                         fhir::to_hex(fhir::sha256(message.text()))},
                        settings());
    std::move(one.resources.begin(), one.resources.end(), std::back_inserter(all.resources));
    std::move(one.rejected.begin(), one.rejected.end(), std::back_inserter(all.rejected));
    std::move(one.issues.begin(), one.issues.end(), std::back_inserter(all.issues));
  }
  merge_parts(
      all, [&](std::string_view id) { return id == of.id() ? &of : nullptr; }, settings());
  return all;
}

// The bodies without resourceType, id, meta and subject; "deleted" or "rejected: code".
std::string said(const Result& result) {
  std::string out;
  for (const MappedResource& made : result.resources) {
    Json body = made.body;
    for (const char* name : {"resourceType", "id", "meta", "subject", "class"}) {
      body.erase(name);
    }
    out += made.deleted ? "deleted" : fhir::write_json(body);
  }
  for (const RejectedResource& rejected : result.rejected) {
    out += "rejected: " + rejected.issue.code + " " + rejected.issue.expression;
  }
  return out;
}

const Message kIn{
    "20261101090000", "A01", "0042", {{2, "I"}, {44, "20261101"}, {5, "P5"}, {4, "R"}}};
const Message kOut{"20261110090000", "A03", "0042", {{2, "I"}, {45, "20261110"}, {36, "home"}}};

struct Makes {
  const char* name;
  std::vector<Message> messages;
  std::string_view expected;
};
void PrintTo(const Makes& makes, std::ostream* out) { *out << makes.name; }

class Merge : public testing::TestWithParam<Makes> {};

TEST_P(Merge, MakesTheSameInAnyOrderOfArrival) {
  const Profile visits = profile(std::string(kEncounter));
  std::vector<Message> messages = GetParam().messages;
  std::vector<std::size_t> order(messages.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::string first;
  do {
    std::vector<Message> row;
    for (const std::size_t i : order) {
      row.push_back(messages[i]);
    }
    const Result made = together(visits, row);
    EXPECT_EQ(said(made), GetParam().expected);
    std::string whole;
    for (const MappedResource& one : made.resources) {
      whole += fhir::write_json(one.body);
    }
    first = first.empty() ? whole : first;
    EXPECT_EQ(whole, first);
  } while (std::next_permutation(order.begin(), order.end()));
}

INSTANTIATE_TEST_SUITE_P(
    All, Merge,
    testing::Values(
        Makes{
            "ALaterMessageAddsAndReplaces",
            {kIn, kOut},
            R"({"status":"finished","period":{"start":"2026-11-01","end":"2026-11-10"},)"
            R"("hospitalization":{"dischargeDisposition":{"text":"home"}},"type":[{"text":"R"}]})"},
        Makes{
            "WhatALaterMessageIsSilentAboutStays",
            {kIn, Message{"20261105090000", "A02", "0042", {{2, "I"}, {4, "X"}}}},
            R"({"status":"in-progress","period":{"start":"2026-11-01"},)"
            R"("hospitalization":{"preAdmissionIdentifier":{"value":"P5"}},"type":[{"text":"X"}]})"},
        Makes{"AnExplicitNullClears",
              {kIn, Message{"20261105090000", "A02", "0042", {{4, "\"\""}, {5, "\"\""}}}},
              R"({"status":"in-progress","period":{"start":"2026-11-01"}})"},
        Makes{
            "AnExplicitNullClearsOneEndOfAPeriod",
            {kIn, kOut, Message{"20261111090000", "A01", "0042", {{45, "\"\""}}}},
            R"({"status":"in-progress","period":{"start":"2026-11-01"},)"
            R"("hospitalization":{"dischargeDisposition":{"text":"home"}},"type":[{"text":"R"}]})"},
        Makes{"AnExplicitNullBehindAVariableClears",
              {kIn, kOut, Message{"20261111090000", "A03", "0042", {{44, "\"\""}, {4, "\"\""}}}},
              R"({"status":"finished","period":{"end":"2026-11-10"},)"
              R"("hospitalization":{"dischargeDisposition":{"text":"home"}}})"},
        Makes{
            "ANullBeforeTheValueClearsNothing",
            {Message{"20261031090000", "A01", "0042", {{2, "I"}, {4, "\"\""}}}, kIn},
            R"({"status":"in-progress","period":{"start":"2026-11-01"},)"
            R"("hospitalization":{"preAdmissionIdentifier":{"value":"P5"}},"type":[{"text":"R"}]})"},
        Makes{"AnotherTypeOfAChoiceTakesItsPlace",
              {Message{"20261101090000", "A01", "0042", {{2, "I"}, {18, "S"}, {10, "2d"}}},
               Message{"20261102090000", "A01", "0042", {{2, "I"}, {18, "Q"}, {10, "2"}}}},
              R"({"status":"in-progress","lengthQuantity":{"value":2}})"},
        Makes{"AnExplicitNullClearsAChoice",
              {Message{"20261101090000", "A01", "0042", {{2, "I"}, {18, "S"}, {10, "2d"}}},
               Message{"20261102090000", "A01", "0042", {{18, "S"}, {10, "\"\""}}}},
              R"({"status":"in-progress"})"},
        Makes{
            "ADeletionTakesWhatStoodBeforeIt", {kIn, Message{"20261102090000", "A11"}}, "deleted"},
        Makes{"WhatComesAfterADeletionBeginsAnew",
              {kIn, Message{"20261102090000", "A11"},
               Message{"20261103090000", "A01", "0042", {{2, "O"}}}},
              R"({"status":"in-progress"})"},
        Makes{"TheZoneOfTheMessageTimeCounts",
              {Message{"20261101090000+0900", "A01", "0042", {{2, "I"}, {4, "late"}}},
               Message{"20261101003000+0000", "A01", "0042", {{2, "I"}, {4, "later"}}}},
              R"({"status":"in-progress","type":[{"text":"later"}]})"},
        Makes{"OneWithoutATimeIsTheOldest",
              {Message{"", "A01", "0042", {{2, "I"}, {4, "old"}}}, kIn},
              R"({"status":"in-progress","type":[{"text":"R"}],"period":{"start":"2026-11-01"},)"
              R"("hospitalization":{"preAdmissionIdentifier":{"value":"P5"}}})"},
        Makes{"OneThatLacksWhatFhirRequiresWaits",
              {Message{"20261110090000", "A02", "0042", {{45, "20261110"}}}},
              "rejected: merge.incomplete Encounter.status"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(MergeTies, AreDecidedByTheSourceAndNotByTheArrival) {
  const Profile visits = profile(std::string(kEncounter));
  const Message a{"20261101090000", "A01", "0042", {{2, "I"}, {4, "a"}}};
  const Message b{"20261101090000", "A01", "0042", {{2, "I"}, {4, "b"}}};
  EXPECT_EQ(said(together(visits, {a, b})), said(together(visits, {b, a})));
}

TEST(MergeSets, AreThoseOfTheNewestSourceAndClaimWhatTheWholeHas) {
  const Profile visits = profile(std::string(kEncounter));
  const Json one = together(visits, {kIn}).resources.at(0).body;
  const Json both = together(visits, {kOut, kIn}).resources.at(0).body;
  EXPECT_EQ(one.find("meta")->items("profile").at(0), Json("http://x/any"));
  EXPECT_EQ(both.find("meta")->items("profile").at(0), Json("http://x/full"));
  EXPECT_EQ(both.find("meta")->text("source"),
            "urn:sekisho:feed:feed#" + fhir::to_hex(fhir::sha256(kOut.text())));
}

TEST(MergeSets, AreNoneWhereTwoPatientsMakeOneResource) {
  const Profile visits = profile(std::string(kEncounter));
  Message other = kOut;
  other.patient = "0043";
  for (const auto& row : {std::vector<Message>{kIn, other}, std::vector<Message>{other, kIn}}) {
    const Result made = together(visits, row);
    const fhir::ReleaseSets& sets = made.resources.at(0).sets;
    EXPECT_EQ(sets.rule, fhir::SetRule::kNeeds);
    EXPECT_TRUE(sets.needs.has_none());
    EXPECT_EQ(sets.subjects.size(), 2u);
    EXPECT_TRUE(std::any_of(made.issues.begin(), made.issues.end(),
                            [](const auto& i) { return i.code == "merge.two-patients"; }));
  }
}

// A message of B that names A as the subject, and nobody else's: B is a subject all the same.
TEST(MergeSets, HaveThePatientOfEachMessageAsASubject) {
  const Profile visits = profile(
      with(std::string(kEncounter), "refKey('Patient', PID-3.1)", "refKey('Patient', 'someone')"));
  EXPECT_EQ(together(visits, {kIn}).resources.at(0).sets.subjects.size(), 2u);
}

TEST(MergeSets, KeepTheLabelsAndFlagsOfEveryPart) {
  const Profile visits = profile(std::string(kEncounter));
  Message test = kIn;
  test.mode = "T";
  const Result made = together(visits, {test, kOut});
  EXPECT_NE(made.resources.at(0).sets.flags & fhir::data_flag::kTest, 0u);
  EXPECT_EQ(made.resources.at(0).body.find("meta")->items("security").size(), 1u);
  const Result deleted = together(visits, {test, Message{"20261102090000", "A11"},
                                           Message{kOut.time, "A03", "0042", {{2, "I"}}}});
  EXPECT_EQ(deleted.resources.at(0).sets.flags & fhir::data_flag::kTest, 0u);
}

TEST(MergeSets, NeedWhatEverySourceNeeds) {
  const Profile orders = profile(R"json({ "name": "order", "create": "MedicationRequest",
    "updates": "merge", "key": ["=PV1-19"],
    "body": { "status": "active", "intent": "order", "subject": "=refKey('Patient', PID-3.1)",
              "medicationCodeableConcept": { "text": "=PV1-4" } } })json");
  Result all = together(orders, {kIn}, "OMP-01");
  EXPECT_EQ(all.resources.at(0).sets.needs, fhir::category::I6);
  std::vector<Json> parts;
  for (const char* type : {"OMP-01", "OMP-02"}) {
    auto parsed = connectors::hl7v2::parse(kIn.text(), connectors::hl7v2::Encoding::kUtf8);
    Result one = orders.run({parsed.messages.at(0), type, nullptr, "t", ""}, settings());
    parts.push_back(one.resources.at(0).part.at(0).what);
  }
  const Merged merged = merge(
      "MedicationRequest", "x", parts, [&](std::string_view) { return &orders; }, settings(), "x");
  EXPECT_EQ(merged.resource.sets.needs, fhir::category::I6 | fhir::category::E5);
}

struct Stages {
  const char* name;
  const char* type;
  const char* source;
  const char* earlier;
  const char* later;
  fhir::SetRule rule;
  fhir::CategorySet needs;
  std::vector<std::string> union_of = {};
};
void PrintTo(const Stages& row, std::ostream* out) { *out << row.name; }

Json part_of(const std::string& body, const char* source = "") {
  return Json::object(
      {{"kind", "merge"}, {"type", source}, {"patient", "p"}, {"body", fhir::parse_json(body)}});
}

Merged merged_of(const char* type, const std::vector<Json>& parts) {
  return merge(
      type, "x", parts, [](std::string_view) -> const Profile* { return nullptr; }, settings(),
      "x");
}

class MergeStages : public testing::TestWithParam<Stages> {};

// What an earlier message brought may stay where what decided was replaced.
TEST_P(MergeStages, AddUpInWhatTheWholeNeeds) {
  const Stages& row = GetParam();
  const std::string who =
      std::string(R"({"patient":{"reference":"Patient/p"},"status":"active",)") +
      R"("subject":{"reference":"Patient/p"},"class":{"code":"I"},)";
  const Merged made = merged_of(row.type, {part_of(who + row.earlier, row.source),
                                           part_of(std::string("{") + row.later, row.source)});
  ASSERT_EQ(made.state, Merged::State::kComplete) << made.missing.expression;
  EXPECT_EQ(made.resource.sets.rule, row.rule);
  EXPECT_EQ(made.resource.sets.needs.bits, row.needs.bits);
  EXPECT_EQ(made.resource.sets.union_of, row.union_of);
}

constexpr const char* kDrug = R"("category":["medication"],"code":{"text":"drug"}})";
constexpr const char* kReport = R"("code":{"text":"c"},"category":[{"coding":[{"code":"LAB"}]}],)"
                                R"("result":[{"reference":"Observation/a"}],"conclusion":"of a"})";

INSTANTIATE_TEST_SUITE_P(
    All, MergeStages,
    testing::Values(
        Stages{"AnotherKindOfAllergy", "AllergyIntolerance", "", kDrug, R"("category":["food"]})",
               fhir::SetRule::kNeeds, fhir::category::I2 | fhir::category::I3},
        Stages{"AnAllergyOfWhichALaterMessageDoesNotSayTheKind", "AllergyIntolerance", "", kDrug,
               R"("criticality":"high"})", fhir::SetRule::kNeeds, fhir::category::I2},
        Stages{"AnotherCodeOfAResult", "Observation", "",
               R"("category":[{"coding":[{"code":"laboratory"}]}],"valueString":"+",)"
               R"("code":{"coding":[{"system":"http://x/InfectionLabo_CS","code":"i"}]}})",
               R"("code":{"coding":[{"system":"http://x/CoreLabo_CS","code":"c"}]}})",
               fhir::SetRule::kNeeds, fhir::category::I4 | fhir::category::I5},
        Stages{"AResultThatWasNotYetComplete", "Observation", "",
               R"("category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"c"}})",
               R"("code":{"coding":[{"system":"http://x/CoreLabo_CS","code":"c"}]}})",
               fhir::SetRule::kNeeds, fhir::category::I5},
        Stages{"OtherResultsOfAReport",
               "DiagnosticReport",
               "",
               kReport,
               R"("result":[{"reference":"Observation/b"}]})",
               fhir::SetRule::kUnionOfTargets,
               {},
               {"Observation/b", "Observation/a"}},
        Stages{"AReportWhoseResultsComeLater",
               "DiagnosticReport",
               "",
               R"("code":{"text":"c"},"category":[{"coding":[{"code":"LAB"}]}]})",
               R"("result":[{"reference":"Observation/b"}]})",
               fhir::SetRule::kUnionOfTargets,
               {},
               {"Observation/b"}},
        Stages{"AReportOfAnotherKind", "DiagnosticReport", "", kReport,
               R"("category":[{"coding":[{"code":"PAT"}]}]})", fhir::SetRule::kNeeds,
               fhir::CategorySet::none()}),
    [](const auto& row) { return std::string(row.param.name); });

// Neither a visit nor a device comes by another kind of set for what is not said any more.
TEST(MergeSets, AreNoneWhereTheResourceWasOfAnotherKind) {
  const struct {
    const char* type;
    const char* element;
    const char* value;
  } rows[] = {{"Encounter", "reasonCode", R"([{"text":"why"}])"},
              {"Device", "patient", R"({"reference":"Patient/p"})"}};
  for (const auto& row : rows) {
    const Json told = part_of(std::string(R"({"status":"planned","class":{"code":"I"},")") +
                              row.element + "\":" + row.value + "}");
    Json clears = part_of("{}");
    clears.set("clears", Json(Json::Array{Json(row.element)}));
    const Merged made = merged_of(row.type, {told, clears});
    EXPECT_EQ(made.resource.body.find(row.element), nullptr);
    EXPECT_EQ(made.resource.sets.rule, fhir::SetRule::kNeeds) << row.type;
    EXPECT_TRUE(made.resource.sets.needs.has_none()) << row.type;
    EXPECT_EQ(made.resource.sets.subjects, std::vector<std::string>{"p"}) << row.type;
    ASSERT_EQ(made.issues.size(), 1u) << row.type;
    EXPECT_EQ(made.issues[0].code, "merge.kinds-differ");
  }
}

TEST(MergeSets, AreNoneWhereTwoSourcesGiveDifferentKindsAndSayItOnce) {
  const std::string report =
      R"({"status":"final","code":{"text":"c"},"result":[{"reference":"Observation/a"}]})";
  const Merged made =
      merged_of("DiagnosticReport", {part_of(report, "OML-11"), part_of(report, "OMG-11"),
                                     part_of(report, "OML-11"), part_of(report, "OMG-12")});
  EXPECT_EQ(made.resource.sets.rule, fhir::SetRule::kNeeds);
  EXPECT_TRUE(made.resource.sets.needs.has_none());
  ASSERT_EQ(made.issues.size(), 1u);
  EXPECT_EQ(made.issues[0].code, "merge.kinds-differ");
  EXPECT_EQ(made.issues[0].expression, "DiagnosticReport");
}

TEST(Merge, KeepsTheExtensionsOfAPrimitiveWhereverTheyStand) {
  const auto said_by = [](const char* earlier, const char* later) {
    Json body = merged_of("Patient", {part_of(earlier), part_of(later)}).resource.body;
    body.erase("resourceType");
    body.erase("id");
    return fhir::write_json(body);
  };
  EXPECT_EQ(said_by("{}", R"({"_birthDate":{"id":"x"},"birthDate":"1970-01-01"})"),
            R"({"birthDate":"1970-01-01","_birthDate":{"id":"x"}})");
  EXPECT_EQ(said_by(R"({"birthDate":"1970","_birthDate":{"id":"x"}})", R"({"birthDate":"1971"})"),
            R"({"birthDate":"1971"})");
  EXPECT_EQ(said_by(R"({"_deceasedBoolean":{"id":"x"}})", R"({"deceasedDateTime":"2026"})"),
            R"({"deceasedDateTime":"2026"})");
  EXPECT_EQ(said_by(R"({"deceasedBoolean":true})", R"({"_deceasedDateTime":{"id":"x"}})"),
            R"({"_deceasedDateTime":{"id":"x"}})");
}

// con-5, ait-2: what was entered in error has no clinical status, whichever message brought it.
TEST(Merge, LeavesNoClinicalStatusInWhatWasEnteredInError) {
  for (const std::string type : {"Condition", "AllergyIntolerance"}) {
    const Profile rule = profile(R"({ "name": "r", "create": ")" + type + R"json(",
      "updates": "merge", "key": ["=PV1-19"],
      "onDelete": { "when": "EVN-1 = 'A11'", "action": "entered-in-error" },
      "body": { "clinicalStatus": { "text": "=PV1-4" }, "code": { "text": "=PV1-5" },
                "subject": "=refKey('Patient', PID-3.1)",
                "patient": "=refKey('Patient', PID-3.1)" } })json");
    const Result made = together(rule, {kIn, Message{"20261105090000", "A11"}});
    ASSERT_EQ(made.resources.size(), 1u) << type;
    const Json& body = made.resources[0].body;
    EXPECT_EQ(body.find("clinicalStatus"), nullptr) << type;
    EXPECT_EQ(body.find("verificationStatus")->items("coding").at(0).text("code"),
              "entered-in-error");
    EXPECT_EQ(body.find("code")->text("text"), "P5");
  }
}

TEST(MergeSets, AreNoneWhereARuleStatesAnotherCategoryAndSayItOnce) {
  Json part = part_of(R"({"patient":{"reference":"Patient/p"}})");
  part.set("needs", Json(fhir::Number{std::to_string(fhir::category::E9.bits)}));
  const Merged made = merged_of("AllergyIntolerance", {part, part, part});
  EXPECT_TRUE(made.resource.sets.needs.has_none());
  ASSERT_EQ(made.issues.size(), 1u);
  EXPECT_EQ(made.issues[0].code, "category.disagrees");
}

// What a rule that replaces makes of a merged type is a part too: the order of arrival decides
// nothing here either.
TEST(Merge, TakesAReplacingRuleOfTheSameTypeAsABeginning) {
  const Profile visits = profile(
      std::string(kEncounter) + "," +
      R"({ "name": "whole", "when": "EVN-1 = 'A08'", "create": "Encounter", "key": ["=PV1-50"],
           "body": { "status": "unknown", "class": { "code": "=PV1-2" } } })");
  EXPECT_EQ(
      said(together(visits, {kIn})),
      R"({"status":"in-progress","period":{"start":"2026-11-01"},)"
      R"("hospitalization":{"preAdmissionIdentifier":{"value":"P5"}},"type":[{"text":"R"}]})");
  std::vector<Json> parts;
  for (const char* kind : {"merge", "whole", "merge"}) {
    parts.push_back(Json::object(
        {{"kind", kind},
         {"body",
          Json::object({{"status", "planned"}, {"class", Json::object({{"code", kind}})}})}}));
  }
  parts[0].find("body")->set("length", Json("gone"));
  const Merged merged = merge(
      "Encounter", "x", parts, [&](std::string_view) { return &visits; }, settings(), "x");
  EXPECT_EQ(merged.resource.body.find("length"), nullptr);
  EXPECT_EQ(merged.resource.body.find("class")->text("code"), "merge");
}

TEST(Merge, KeepsOnlyTheContainedThatSomethingRefersTo) {
  const auto part = [](const char* id, const char* element) {
    return Json::object(
        {{"kind", "merge"},
         {"body",
          Json::object({{"status", "planned"},
                        {"class", Json::object({{"code", "I"}})},
                        {"contained", Json(Json::Array{Json::object(
                                          {{"resourceType", "Organization"}, {"id", id}})})},
                        {element, Json::object({{"reference", std::string("#") + id}})}})}});
  };
  const auto none = [](std::string_view) -> const Profile* { return nullptr; };
  EXPECT_EQ(merge("Encounter", "x", {part("a", "serviceProvider"), part("b", "partOf")}, none,
                  settings(), "x")
                .resource.body.items("contained")
                .size(),
            2u);
  EXPECT_EQ(merge("Encounter", "x", {part("a", "serviceProvider"), part("b", "serviceProvider")},
                  none, settings(), "x")
                .resource.body.items("contained")
                .size(),
            1u);
}

// A case of `mapping test` may hold several messages, in the order of their arrival.
TEST(MergePackTest, ShowsWhatTheMessagesOfACaseMakeTogether) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(testing::TempDir()) / "merge_pack";
  fs::remove_all(folder);
  fs::create_directories(folder / "profiles");
  fs::create_directories(folder / "testdata" / "t");
  std::ofstream(folder / "profiles" / "t.map.json")
      << kHead << "\"rules\": [" << kEncounter << "] }";
  std::ofstream(folder / "testdata" / "t" / "both.in") << kOut.text() << kIn.text();
  pack_tests(folder.string(), true).at(0).run();
  const std::vector<PackTest> tests = pack_tests(folder.string(), false);
  ASSERT_EQ(tests.size(), 1u);
  EXPECT_TRUE(tests[0].run().empty());
  const Result result = tests[0].map();
  ASSERT_EQ(result.resources.size(), 1u);
  EXPECT_EQ(fhir::write_json(*result.resources[0].body.find("period")),
            R"({"start":"2026-11-01","end":"2026-11-10"})");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace sekisho::mappings
