#include "fhir/resource.h"

#include <gtest/gtest.h>

#include "tests/support/exact_bytes.h"

namespace sekisho::fhir {
namespace {

using tests::ExactBytes;

TEST(LogicalId, HasItsLettersAndLength) {
  for (const char* good :
       {"a", "A-z.0", "0123456789012345678901234567890123456789012345678901234567890123"}) {
    EXPECT_TRUE(is_logical_id(good)) << good;
  }
  for (const char* bad : {"", "a_b", "a/b", "é", "a b",
                          "01234567890123456789012345678901234567890123456789012345678901234"}) {
    EXPECT_FALSE(is_logical_id(bad)) << bad;
  }
}

TEST(ParseReference, FindsTypeAndId) {
  for (const char* text :
       {"Patient/x1", "Patient/x1/_history/3", "http://a.example/fhir/Patient/x1",
        "https://a.example:8443/fhir/Patient/x1", "https://a.example/Patient/x1/_history/3"}) {
    EXPECT_EQ(parse_reference(ExactBytes(text).view()), (Reference{"Patient", "x1"})) << text;
  }
}

TEST(ParseReference, GivesNothingForAnythingElse) {
  for (const char* text : {"",
                           "#x",
                           "#",
                           "/",
                           "//",
                           "Patient",
                           "Patient/",
                           "/Patient/x",
                           "patient/x",
                           "Patient/a_b",
                           "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                           "urn:oid:1.2.3",
                           "Patient/x/y",
                           "Patient/x/_history/",
                           "Patient/x/_history",
                           "_history/3",
                           "ftp://a/Patient/x",
                           "http:///Patient/x",
                           "http://Patient/x/",
                           "base/Patient/x",
                           "Patient/x?y=z",
                           "Pa1/x",
                           "Patient/x#y",
                           "mailto:Patient/x"}) {
    EXPECT_FALSE(parse_reference(ExactBytes(text).view())) << text;
  }
}

const char* const kObservation = R"({
  "resourceType": "Observation",
  "identifier": [{"value": "1", "assigner": {"reference": "Organization/o"}}],
  "contained": [{"resourceType": "PractitionerRole", "id": "p",
                 "practitioner": {"reference": "Practitioner/p"}}],
  "extension": [{"url": "http://e", "valueReference": {"reference": "Patient/other"}}],
  "subject": {"reference": "Patient/a", "display": "x"},
  "focus": [{"reference": "Patient/b"}, {"identifier": {"value": "9"}, "type": "Patient"}],
  "performer": [{"reference": "#p"}]
})";

TEST(ReferencesOf, FindsEveryOneWithItsPath) {
  const Json resource = parse_json(kObservation);
  std::string found;
  for (const FoundReference& reference : references_of(resource)) {
    found += reference.path + "=";
    found += reference.literal ? reference.literal->type + "/" + reference.literal->id : "-";
    found += reference.local ? " local" : "";
    found += reference.has_identifier ? " identifier" : "";
    found += "\n";
    EXPECT_NE(reference.object->get<Json::Object>(), nullptr);
  }
  EXPECT_EQ(found,
            "Observation.identifier[0].assigner=Organization/o\n"
            "Observation.contained[0].practitioner=Practitioner/p\n"
            "Observation.extension[0].valueReference=Patient/other\n"
            "Observation.subject=Patient/a\n"
            "Observation.focus[0]=Patient/b\n"
            "Observation.focus[1]=- identifier\n"
            "Observation.performer[0]=- local\n");
}

TEST(ReferencesOf, TakesAResourcesOwnIdentifierForNoReference) {
  EXPECT_TRUE(references_of(parse_json(
                                R"({"resourceType":"Composition","identifier":{"value":"1"},
                                    "event":[{"detail":[{}]}]})"))
                  .empty());
}

struct Prune {
  const char* name;
  const char* before;
  const char* after;
  bool lost;
};
class PruneReferences : public testing::TestWithParam<Prune> {};
TEST_P(PruneReferences, LeavesNoTraceOfADroppedTarget) {
  const Pruned pruned = prune_references(
      parse_json(GetParam().before), [](const Reference& to) { return to.id.starts_with("gone"); });
  EXPECT_EQ(write_json(pruned.resource), GetParam().after);
  EXPECT_EQ(pruned.mandatory_lost, GetParam().lost);
}
INSTANTIATE_TEST_SUITE_P(
    All, PruneReferences,
    testing::Values(
        Prune{"NothingToDrop",
              R"({"resourceType":"Observation","subject":{"reference":"Patient/a"}})",
              R"({"resourceType":"Observation","subject":{"reference":"Patient/a"}})", false},
        Prune{
            "OptionalWithItsDisplay",
            R"({"resourceType":"Observation","subject":{"reference":"Patient/gone","display":"x"},"status":"final"})",
            R"({"resourceType":"Observation","status":"final"})", false},
        Prune{
            "OneOfAList",
            R"({"resourceType":"Observation","hasMember":[{"reference":"Observation/gone1"},{"reference":"Observation/b"}]})",
            R"({"resourceType":"Observation","hasMember":[{"reference":"Observation/b"}]})", false},
        Prune{
            "TheWholeList",
            R"({"resourceType":"Observation","id":"o","hasMember":[{"reference":"Observation/gone1"},{"reference":"Observation/gone2"}]})",
            R"({"resourceType":"Observation","id":"o"})", false},
        Prune{
            "AVersionOfIt",
            R"({"resourceType":"Observation","id":"o","specimen":{"reference":"Specimen/gone/_history/2"}})",
            R"({"resourceType":"Observation","id":"o"})", false},
        Prune{
            "TheBackboneThatHeldOnlyIt",
            R"({"resourceType":"Encounter","id":"e","participant":[{"individual":{"reference":"Practitioner/gone"}}]})",
            R"({"resourceType":"Encounter","id":"e"})", false},
        Prune{
            "AnExtensionsValue",
            R"({"resourceType":"Patient","id":"p","extension":[{"url":"u","valueReference":{"reference":"Patient/gone"}},{"url":"v","valueCode":"c"}]})",
            R"({"resourceType":"Patient","id":"p","extension":[{"url":"v","valueCode":"c"}]})",
            false},
        Prune{
            "ANestedExtension",
            R"({"resourceType":"Patient","id":"p","extension":[{"url":"u","extension":[{"url":"w","valueReference":{"reference":"Patient/gone"}}]}]})",
            R"({"resourceType":"Patient","id":"p"})", false},
        Prune{
            "AModifierExtensionIsLoss",
            R"({"resourceType":"Patient","id":"p","modifierExtension":[{"url":"u","valueReference":{"reference":"Patient/gone"}}]})",
            R"({"resourceType":"Patient","id":"p"})", true},
        Prune{
            "OneOfTwoModifierExtensionsIsLossToo",
            R"({"resourceType":"Patient","id":"p","modifierExtension":[{"url":"u","valueReference":{"reference":"Patient/gone"}},{"url":"v","valueCode":"c"}]})",
            R"({"resourceType":"Patient","id":"p","modifierExtension":[{"url":"v","valueCode":"c"}]})",
            true},
        Prune{"AMandatorySubject",
              R"({"resourceType":"Condition","id":"c","subject":{"reference":"Patient/gone"}})",
              R"({"resourceType":"Condition","id":"c"})", true},
        Prune{
            "AMandatoryChoice",
            R"({"resourceType":"MedicationRequest","id":"m","medicationReference":{"reference":"Medication/gone"}})",
            R"({"resourceType":"MedicationRequest","id":"m"})", true},
        Prune{
            "AMandatoryElementOfABackbone",
            R"({"resourceType":"Encounter","id":"e","diagnosis":[{"condition":{"reference":"Condition/gone"},"rank":1}]})",
            R"({"resourceType":"Encounter","id":"e","diagnosis":[{"rank":1}]})", true},
        Prune{"AListOfWhichOneMustStay",
              R"({"resourceType":"Coverage","id":"c","payor":[{"reference":"Organization/gone"}]})",
              R"({"resourceType":"Coverage","id":"c"})", true},
        Prune{
            "AListOfWhichOneStays",
            R"({"resourceType":"Coverage","id":"c","payor":[{"reference":"Organization/gone"},{"reference":"Organization/b"}]})",
            R"({"resourceType":"Coverage","id":"c","payor":[{"reference":"Organization/b"}]})",
            false},
        Prune{
            "AContainedResourceByItsOwnType",
            R"({"resourceType":"Observation","id":"o","contained":[{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/gone"}}]})",
            R"({"resourceType":"Observation","id":"o","contained":[{"resourceType":"Condition","id":"c"}]})",
            true},
        Prune{
            "AContainedResourcesOptionalElement",
            R"({"resourceType":"Observation","id":"o","contained":[{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/gone"}}]})",
            R"({"resourceType":"Observation","id":"o","contained":[{"resourceType":"PractitionerRole","id":"r"}]})",
            false},
        Prune{
            "ASignaturesSigner",
            R"({"resourceType":"Bundle","id":"b","signature":{"when":"2020","who":{"reference":"Practitioner/gone"}}})",
            R"({"resourceType":"Bundle","id":"b","signature":{"when":"2020"}})", true},
        Prune{
            "APrimitivesExtensionAtItsIndex",
            R"({"resourceType":"Patient","name":[{"given":["a","b"],"_given":[{"extension":[{"url":"u","valueReference":{"reference":"Patient/gone"}}]},{"extension":[{"url":"u","valueCode":"c"}]}]}]})",
            R"({"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null,{"extension":[{"url":"u","valueCode":"c"}]}]}]})",
            false},
        Prune{
            "TheOnlyExtensionOfPrimitives",
            R"({"resourceType":"Patient","name":[{"given":["a","b"],"_given":[null,{"extension":[{"url":"u","valueReference":{"reference":"Patient/gone"}}]}]}]})",
            R"({"resourceType":"Patient","name":[{"given":["a","b"]}]})", false},
        Prune{"EmptyListsThatWereThereBefore",
              R"({"resourceType":"Observation","note":[],"subject":{}})",
              R"({"resourceType":"Observation","note":[],"subject":{}})", false}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sekisho::fhir
