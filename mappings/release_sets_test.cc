#include "mappings/release_sets.h"

#include <gtest/gtest.h>

namespace sekisho::mappings {
namespace {

using fhir::CategorySet;
using fhir::Json;
using fhir::ReleaseSets;
using fhir::SetRule;
namespace category = fhir::category;
namespace flag = fhir::data_flag;

ReleaseSets sets_of(const std::string& json, std::string_view data_type = "") {
  SourceKind source;
  source.data_type = data_type;
  source.patient_of_identifier = [](std::string_view system,
                                    std::string_view value) -> std::optional<std::string> {
    if (system == "urn:oid:1.2.392.100495.20.3.51.11318814790" && value == "42") {
      return "p42";
    }
    return std::nullopt;
  };
  return release_sets(fhir::parse_json(json), source);
}

std::string resource(std::string_view type, std::string_view rest,
                     std::string_view subject = R"("subject": {"reference": "Patient/p1"})") {
  std::string out = R"({"resourceType": ")" + std::string(type) + R"(", "id": "x")";
  for (std::string_view part : {rest, subject}) {
    out += part.empty() ? "" : ", " + std::string(part);
  }
  return out + "}";
}

std::string named(CategorySet set) {
  fhir::CategoryVocabulary vocabulary;
  std::string out;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (set.contains(CategorySet::one(bit))) {
      out += (out.empty() ? "" : " ") + std::string(vocabulary.code_of(bit));
    }
  }
  return out;
}

constexpr const char* kPatient = R"("patient": {"reference": "Patient/p1"})";

std::string coded(std::string_view element, std::string_view code, std::string_view system = "s") {
  return "\"" + std::string(element) + R"(": {"coding": [{"system": ")" + std::string(system) +
         R"(", "code": ")" + std::string(code) + R"("}]})";
}
std::string coded_list(std::string_view element, std::string_view code) {
  return "\"" + std::string(element) + R"(": [{"coding": [{"code": ")" + std::string(code) +
         R"("}]}])";
}

struct Needs {
  const char* name;
  std::string json;
  const char* data_type;
  const char* needs;
};
class NeedsTable : public testing::TestWithParam<Needs> {};

TEST_P(NeedsTable, IsThatOf21b) {
  ReleaseSets sets = sets_of(GetParam().json, GetParam().data_type);
  EXPECT_EQ(sets.rule, SetRule::kNeeds);
  EXPECT_EQ(named(sets.needs), GetParam().needs);
  EXPECT_EQ(sets.subjects, std::vector<std::string>{"p1"});
  EXPECT_EQ(sets.flags, 0u);
}

std::string allergy(std::string_view kinds) {
  return resource("AllergyIntolerance", kinds.empty() ? "" : "\"category\": " + std::string(kinds),
                  kPatient);
}

INSTANTIATE_TEST_SUITE_P(
    All, NeedsTable,
    testing::Values(
        Needs{"ConditionOfPpr", resource("Condition", ""), "PPR-01", "I1"},
        Needs{"ConditionUnconfirmed",
              resource("Condition", coded("verificationStatus", "unconfirmed")), "PPR-01", "I1"},
        Needs{"AllergyMedication", allergy(R"(["medication"])"), "ADT-61", "I2"},
        Needs{"AllergyFood", allergy(R"(["food"])"), "ADT-61", "I3"},
        Needs{"AllergyEnvironment", allergy(R"(["environment", "food"])"), "", "I3"},
        Needs{"AllergyAbsent", allergy(""), "", "I3"},
        Needs{"AllergyBoth", allergy(R"(["medication", "food"])"), "", "I2 I3"},
        Needs{"AllergyBiologic", allergy(R"(["biologic"])"), "", "I2 I3"},
        Needs{"AllergyUnknown", allergy(R"(["what"])"), "", "I2 I3"},
        Needs{"VitalSigns", resource("Observation", coded_list("category", "vital-signs")), "",
              "E1"},
        Needs{
            "HeightOfAdt00",
            resource("Observation", coded("code", "9N001000000000001",
                                          "http://medis.or.jp/CodeSystem/master-JLAC10-17digits")),
            "ADT-00", "E1"},
        Needs{
            "HeightOfAnotherSource",
            resource("Observation", coded("code", "9N001000000000001",
                                          "http://medis.or.jp/CodeSystem/master-JLAC10-17digits")),
            "OML-11", "none"},
        Needs{"AnyOtherObservation", resource("Observation", coded_list("category", "exam")), "",
              "none"},
        Needs{"PrescriptionI6", resource("MedicationRequest", ""), "OMP-01", "I6"},
        Needs{"InjectionOrder", resource("MedicationRequest", ""), "OMP-02", "E5"},
        Needs{"PrescriptionOfUnknownSource", resource("MedicationRequest", ""), "", "I6 E5"},
        Needs{"InjectionGiven", resource("MedicationAdministration", ""), "OMP-12", "E5"},
        Needs{"PrescriptionGiven", resource("MedicationAdministration", ""), "OMP-11", "none"},
        Needs{"Immunization", resource("Immunization", "", kPatient), "", "E6"},
        Needs{"FamilyHistory", resource("FamilyMemberHistory", "", kPatient), "", "E9"},
        Needs{"RelatedPerson", resource("RelatedPerson", "", kPatient), "", "E9"},
        Needs{"ImagingStudy", resource("ImagingStudy", ""), "", "E2"},
        Needs{"Media", resource("Media", ""), "", "E2"},
        Needs{"EndoscopyProcedure", resource("Procedure", ""), "OMG-12", "E2"},
        Needs{"Surgery", resource("Procedure", coded("category", "387713003")), "", "E4"},
        Needs{"AnyOtherProcedure", resource("Procedure", ""), "", "none"},
        Needs{"RadiologyReport", resource("DiagnosticReport", coded_list("category", "LP29684-5")),
              "", "E2"},
        Needs{"RadiologyReportBySource", resource("DiagnosticReport", ""), "OMG-11", "E2"},
        Needs{"PathologyReport", resource("DiagnosticReport", coded_list("category", "LP7839-6")),
              "", "E4"},
        Needs{"LaboratoryReportWithoutResults", resource("DiagnosticReport", ""), "OML-11", "none"},
        Needs{"Physiology", resource("DiagnosticReport", coded_list("category", "RAD")), "OMG-13",
              "none"},
        Needs{"NutritionOrder", resource("NutritionOrder", "", kPatient), "OMD", "none"},
        Needs{"CarePlan", resource("CarePlan", ""), "", "none"},
        Needs{"DeviceOfAPatient", resource("Device", "", kPatient), "", "none"},
        Needs{"UnknownType", resource("Whatever", ""), "", "none"},
        Needs{"Referral", resource("DocumentReference", coded("type", "57133-1")), "", "D1"},
        Needs{"DischargeSummary", resource("DocumentReference", coded("type", "18842-5")), "",
              "D2"},
        Needs{"Checkup", resource("DocumentReference", coded("type", "53576-5")), "", "D3"},
        Needs{"OutpatientRecord", resource("DocumentReference", coded("type", "34108-1")), "",
              "E3"},
        Needs{"InpatientRecord", resource("DocumentReference", coded("type", "34112-3")), "", "E3"},
        Needs{"ProgressNote", resource("DocumentReference", coded("type", "11506-3")), "", "E3"},
        Needs{"AnyOtherDocument", resource("DocumentReference", coded("type", "1-1")), "", "none"},
        Needs{"ClinicalImpression", resource("ClinicalImpression", ""), "", "E3"},
        Needs{"EncounterThatTellsADiagnosis",
              resource("Encounter", R"("reasonCode": [{"text": "x"}])"), "", "none"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ReleaseSets, OfARegisterOfConfirmedDiagnosesNeedE7) {
  SourceKind source;
  source.confirmed_register = true;
  Json confirmed =
      fhir::parse_json(resource("Condition", coded("verificationStatus", "confirmed")));
  Json other = fhir::parse_json(resource("Condition", coded("verificationStatus", "refuted")));
  EXPECT_EQ(named(release_sets(confirmed, source).needs), "E7");
  EXPECT_EQ(named(release_sets(other, source).needs), "none");
  source.data_type = "PPR-01";
  EXPECT_EQ(named(release_sets(confirmed, source).needs), "I1");
}

TEST(ReleaseSets, OfPregnancyProfilesNeedE8) {
  SourceKind source;
  source.pregnancy_profile = true;
  Json both =
      fhir::parse_json(resource("Observation", R"("focus": [{"reference": "Patient/child"}])"));
  ReleaseSets sets = release_sets(both, source);
  EXPECT_EQ(named(sets.needs), "E8");
  EXPECT_EQ(sets.subjects, (std::vector<std::string>{"p1", "child"}));
}

TEST(ReleaseSets, CarryPatientCoverageSpecimenAndEncounter) {
  ReleaseSets patient = sets_of(R"({"resourceType": "Patient", "id": "p1",
    "link": [{"other": {"reference": "Patient/old"}, "type": "replaces"}]})");
  EXPECT_EQ(patient.rule, SetRule::kCarriedByPatient);
  EXPECT_TRUE(patient.needs.empty());
  EXPECT_EQ(patient.subjects, std::vector<std::string>{"p1"});
  ReleaseSets coverage = sets_of(R"({"resourceType": "Coverage", "id": "x",
    "payor": [{"reference": "Patient/payer"}], "beneficiary": {"reference": "Patient/p1"},
    "subscriber": {"reference": "RelatedPerson/r"}})");
  EXPECT_EQ(coverage.rule, SetRule::kCarriedByPatient);
  EXPECT_EQ(coverage.subjects, (std::vector<std::string>{"p1", "payer"}));
  EXPECT_EQ(sets_of(resource("Specimen", "")).rule, SetRule::kCarriedByReferrers);
  EXPECT_EQ(sets_of(resource("Encounter", "")).rule, SetRule::kCarriedByReferrers);
}

TEST(ReleaseSets, UniteOverTargets) {
  ReleaseSets report = sets_of(resource("DiagnosticReport",
                                        R"("category": [{"coding": [{"code": "LAB"}]}], "result": [
                  {"reference": "Observation/a"}, {"reference": "Observation/b"}])"));
  EXPECT_EQ(report.rule, SetRule::kUnionOfTargets);
  EXPECT_TRUE(report.needs.empty());
  EXPECT_EQ(report.union_of, (std::vector<std::string>{"Observation/a", "Observation/b"}));
  ReleaseSets order = sets_of(resource("ServiceRequest", ""), "OMG-01");
  EXPECT_EQ(order.rule, SetRule::kUnionOfTargets);
  EXPECT_EQ(named(order.needs), "E2");
  EXPECT_EQ(named(sets_of(resource("ServiceRequest", ""), "OML-01").needs), "none");
  ReleaseSets provenance =
      sets_of(R"({"resourceType": "Provenance", "target": [{"reference": "Condition/c"}]})");
  EXPECT_EQ(provenance.union_of, std::vector<std::string>{"Condition/c"});
  ReleaseSets composition =
      sets_of(resource("Composition", coded("type", "18842-5") +
                                          R"(, "section": [{"entry": [{"reference": "Condition/c"}],
                             "section": [{"entry": [{"reference": "Observation/o"}]}]}])"));
  EXPECT_EQ(named(composition.needs), "D2");
  EXPECT_EQ(composition.union_of, (std::vector<std::string>{"Condition/c", "Observation/o"}));
}

TEST(ReleaseSets, OfADocumentAreItsCodeAndItsEntriesAndTheirFlags) {
  std::string bundle =
      R"({"resourceType": "Bundle", "type": "document", "entry": [
    {"resource": )" +
      resource("Composition", coded("type", "57133-1")) + R"(},
    {"resource": )" +
      resource("Condition", "") + R"(},
    {"resource": )" +
      resource("CarePlan", "") + R"(},
    {"resource": )" +
      resource(
          "AllergyIntolerance",
          R"("meta": {"tag": [{"system": "http://jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication",
        "code": "UNDELIVERED"}]}, "category": ["food"])",
          kPatient) +
      "}]}";
  ReleaseSets sets = sets_of(bundle);
  EXPECT_EQ(sets.rule, SetRule::kNeeds);
  EXPECT_EQ(named(sets.needs), "D1 I1 I3");
  EXPECT_EQ(sets.flags, flag::kUndelivered);
  EXPECT_EQ(sets.subjects, std::vector<std::string>{"p1"});
}

TEST(ReleaseSets, KnowWhatNeedsNoPatientAndWhatNeverLeaves) {
  for (const char* type : {"Organization", "Practitioner", "PractitionerRole", "Location",
                           "HealthcareService", "Medication", "Substance", "Device"}) {
    EXPECT_EQ(sets_of(resource(type, "", "")).rule, SetRule::kNoSubjectNeeded) << type;
  }
  for (const char* type : {"Consent", "Task", "AuditEvent"}) {
    EXPECT_EQ(sets_of(resource(type, "", "")).rule, SetRule::kNeverReleased) << type;
  }
}

struct Found {
  const char* name;
  std::string rest;  // of a Condition without a subject
  std::vector<std::string> subjects;
  bool unresolved;
};
class SubjectsTable : public testing::TestWithParam<Found> {};

TEST_P(SubjectsTable, CountsEveryPatientReferredTo) {
  ReleaseSets sets = sets_of(resource("Condition", GetParam().rest, ""));
  EXPECT_EQ(sets.subjects, GetParam().subjects);
  EXPECT_EQ((sets.flags & flag::kSubjectUnresolved) != 0, GetParam().unresolved);
}

const char* const kOne = R"("subject": {"reference": "Patient/p1"}, )";

INSTANTIATE_TEST_SUITE_P(
    All, SubjectsTable,
    testing::Values(
        Found{"None", R"("code": {"text": "x"})", {}, true},
        Found{"Absolute",
              R"("subject": {"reference": "https://h/fhir/Patient/p1/_history/2"})",
              {"p1"},
              false},
        Found{"MainFirst",
              R"("asserter": {"reference": "Patient/p2"}, "subject": {"reference": "Patient/p1"})",
              {"p1", "p2"},
              false},
        Found{"InAnExtension",
              std::string(kOne) + R"("extension": [{"url": "x",
                 "valueReference": {"reference": "Patient/p3"}}])",
              {"p1", "p3"},
              false},
        Found{"InAContainedResource",
              std::string(kOne) + R"("contained": [{"resourceType": "Observation", "id": "o",
                 "subject": {"reference": "Patient/p4"}}])",
              {"p1", "p4"},
              false},
        Found{"AContainedPatientWhoIsKnown",
              std::string(kOne) + R"("contained": [{"resourceType": "Patient", "id": "c",
                 "identifier": [{"system": "urn:oid:1.2.392.100495.20.3.51.11318814790",
                 "value": "42"}]}])",
              {"p1", "p42"},
              false},
        Found{"AContainedPatientWhoIsNot",
              std::string(kOne) + R"("contained": [{"resourceType": "Patient", "id": "c"}])",
              {"p1"},
              true},
        Found{"ByIdentifier",
              R"("subject": {"identifier": {"system":
                 "urn:oid:1.2.392.100495.20.3.51.11318814790", "value": "42"}})",
              {"p42"},
              false},
        Found{
            "ByAnIdentifierNobodyKnows",
            std::string(kOne) + R"("asserter": {"type": "Patient", "identifier": {"value": "1"}})",
            {"p1"},
            true},
        Found{"ByAnInsuranceNumber",
              std::string(kOne) + R"("asserter": {"identifier": {"system":
                 "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID", "value": "1"}})",
              {"p1"},
              true},
        Found{
            "ADoctorByIdentifier",
            std::string(kOne) + R"("recorder": {"identifier": {"system": "urn:x", "value": "1"}})",
            {"p1"},
            false},
        Found{"AnOrganizationByIdentifier",
              std::string(kOne) + R"("asserter": {"type": "Organization",
                 "identifier": {"value": "1"}})",
              {"p1"},
              false},
        Found{"DisplayOnly", R"("subject": {"display": "somebody"})", {}, true},
        Found{"AGroup", R"("subject": {"reference": "Group/g"})", {}, true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ReleaseSets, ReadFlagsInTheDenyingDirection) {
  auto flags = [](std::string_view list, std::string_view system, std::string_view code) {
    return sets_of(resource("Condition", R"("meta": {")" + std::string(list) +
                                             R"(": [{"system": ")" + std::string(system) +
                                             R"(", "code": ")" + std::string(code) + R"("}]})"))
        .flags;
  };
  const char* clins = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication";
  EXPECT_EQ(flags("tag", clins, "UNDELIVERED"), flag::kUndelivered);
  EXPECT_EQ(flags("tag", clins, "UNINFORMED"), flag::kUninformed);
  EXPECT_EQ(flags("tag", clins, "LTS"), 0u);
  EXPECT_EQ(flags("tag", clins, "NEWFLAG"), flag::kUndelivered);
  EXPECT_EQ(flags("tag", "urn:own", "NEWFLAG"), 0u);
  EXPECT_EQ(flags("security", "http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST"),
            flag::kTest);
  EXPECT_EQ(flags("security", "x", "IP_PROTECTED"), flag::kIpProtected);
}

struct Dated {
  const char* name;
  const char* type;
  const char* rest;
  const char* date;
};
class DataDates : public testing::TestWithParam<Dated> {};

TEST_P(DataDates, AreFullDaysInJapan) {
  ReleaseSets sets = sets_of(resource(GetParam().type, GetParam().rest));
  EXPECT_EQ(sets.data_date ? fhir::to_text(*sets.data_date) : "none", GetParam().date);
}

INSTANTIATE_TEST_SUITE_P(
    All, DataDates,
    testing::Values(
        Dated{"Observation", "Observation", R"("effectiveDateTime": "2026-11-19")", "2026-11-19"},
        Dated{"InJapan", "Observation", R"("effectiveDateTime": "2026-11-19T20:00:00Z")",
              "2026-11-20"},
        Dated{"Period", "Observation", R"("effectivePeriod": {"start": "2026-11-19"})",
              "2026-11-19"},
        Dated{"Issued", "Observation", R"("issued": "2026-11-18T09:00:00+09:00")", "2026-11-18"},
        Dated{"PartialDecides", "Observation",
              R"("effectiveDateTime": "2026-11", "issued": "2026-11-18T09:00:00+09:00")", "none"},
        Dated{"Onset", "Condition",
              R"("onsetDateTime": "2026-01-02", "recordedDate": "2026-02-03")", "2026-01-02"},
        Dated{"Recorded", "Condition", R"("recordedDate": "2026-02-03")", "2026-02-03"},
        Dated{"Collected", "Specimen", R"("collection": {"collectedDateTime": "2026-11-19"})",
              "2026-11-19"},
        Dated{"Nothing", "Condition", R"("code": {"text": "x"})", "none"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sekisho::mappings
