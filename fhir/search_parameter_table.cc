#include "fhir/search_parameter_table.h"

#include <array>

namespace sekisho::fhir {

namespace {

template <std::size_t kCount>
using Paths = std::array<std::string_view, kCount>;

constexpr Paths<1> kIdentifier = {"identifier"};
constexpr Paths<1> kBeneficiary = {"beneficiary"};
constexpr Paths<1> kStatus = {"status"};
constexpr Paths<1> kSubject = {"subject"};
constexpr Paths<1> kCode = {"code"};
constexpr Paths<1> kCategory = {"category"};
constexpr Paths<1> kClinicalStatus = {"clinicalStatus"};
constexpr Paths<2> kOnset = {"onsetDateTime", "onsetPeriod"};
constexpr Paths<4> kEffective = {"effectiveDateTime", "effectivePeriod", "effectiveTiming",
                                 "effectiveInstant"};
constexpr Paths<1> kPatient = {"patient"};
constexpr Paths<2> kCodeReactionSubstance = {"code", "reaction.substance"};
constexpr Paths<1> kRecordedDate = {"recordedDate"};
constexpr Paths<1> kMedication = {"medicationCodeableConcept"};
constexpr Paths<1> kDoseTime = {"dosageInstruction.timing.event"};
constexpr Paths<1> kPeriod = {"period"};
constexpr Paths<1> kOccurrence = {"occurrenceDateTime"};
constexpr Paths<2> kPerformed = {"performedDateTime", "performedPeriod"};
constexpr Paths<2> kReportEffective = {"effectiveDateTime", "effectivePeriod"};
constexpr Paths<1> kConditionCode = {"condition.code"};
constexpr Paths<1> kDate = {"date"};

// Numbers: 20 for each type, the same remainder for the same name. They are in stored indexes: a
// row may be added, never renumbered. r4_tables_test.cc compares the rows with R4's definitions.
constexpr std::array<SearchParameter, 74> kTable = {{
    {21, "Patient", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Patient-identifier", kIdentifier},
    {41, "Coverage", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Coverage-identifier", kIdentifier},
    {42, "Coverage", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/Coverage-patient", kBeneficiary},
    {47, "Coverage", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Coverage-status", kStatus,
     "http://hl7.org/fhir/fm-status"},
    {61, "Condition", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {62, "Condition", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kSubject},
    {63, "Condition", "subject", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/Condition-subject", kSubject},
    {64, "Condition", "code", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-code", kCode},
    {65, "Condition", "category", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Condition-category", kCategory},
    {68, "Condition", "clinical-status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Condition-clinical-status", kClinicalStatus},
    {69, "Condition", "onset-date", SearchKind::kDate,
     "http://hl7.org/fhir/SearchParameter/Condition-onset-date", kOnset},
    {81, "Observation", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {82, "Observation", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kSubject},
    {83, "Observation", "subject", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/Observation-subject", kSubject},
    {84, "Observation", "code", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-code", kCode},
    {85, "Observation", "category", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Observation-category", kCategory},
    {86, "Observation", "date", SearchKind::kDate,
     "http://hl7.org/fhir/SearchParameter/clinical-date", kEffective},
    {87, "Observation", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Observation-status", kStatus,
     "http://hl7.org/fhir/observation-status"},
    {101, "Specimen", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Specimen-identifier", kIdentifier},
    {102, "Specimen", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/Specimen-patient", kSubject},
    {103, "Specimen", "subject", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/Specimen-subject", kSubject},
    {107, "Specimen", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Specimen-status", kStatus,
     "http://hl7.org/fhir/specimen-status"},
    {121, "AllergyIntolerance", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {122, "AllergyIntolerance", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kPatient},
    {124, "AllergyIntolerance", "code", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-code", kCodeReactionSubstance},
    {125, "AllergyIntolerance", "category", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/AllergyIntolerance-category", kCategory,
     "http://hl7.org/fhir/allergy-intolerance-category"},
    {126, "AllergyIntolerance", "date", SearchKind::kDate,
     "http://hl7.org/fhir/SearchParameter/clinical-date", kRecordedDate},
    {128, "AllergyIntolerance", "clinical-status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/AllergyIntolerance-clinical-status", kClinicalStatus},
    {141, "MedicationRequest", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {142, "MedicationRequest", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kSubject},
    {143, "MedicationRequest", "subject", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/MedicationRequest-subject", kSubject},
    {144, "MedicationRequest", "code", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-code", kMedication},
    {145, "MedicationRequest", "category", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/MedicationRequest-category", kCategory},
    {146, "MedicationRequest", "date", SearchKind::kDate,
     "http://hl7.org/fhir/SearchParameter/medications-date", kDoseTime},
    {147, "MedicationRequest", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/medications-status", kStatus,
     "http://hl7.org/fhir/CodeSystem/medicationrequest-status"},
    {161, "Encounter", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {162, "Encounter", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kSubject},
    {163, "Encounter", "subject", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/Encounter-subject", kSubject},
    {166, "Encounter", "date", SearchKind::kDate,
     "http://hl7.org/fhir/SearchParameter/clinical-date", kPeriod},
    {167, "Encounter", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Encounter-status", kStatus,
     "http://hl7.org/fhir/encounter-status"},
    {181, "MedicationAdministration", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {182, "MedicationAdministration", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kSubject},
    {183, "MedicationAdministration", "subject", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/MedicationAdministration-subject", kSubject},
    {184, "MedicationAdministration", "code", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-code", kMedication},
    {187, "MedicationAdministration", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/medications-status", kStatus,
     "http://terminology.hl7.org/CodeSystem/medication-admin-status"},
    {201, "Immunization", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {202, "Immunization", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kPatient},
    {206, "Immunization", "date", SearchKind::kDate,
     "http://hl7.org/fhir/SearchParameter/clinical-date", kOccurrence},
    {207, "Immunization", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Immunization-status", kStatus,
     "http://hl7.org/fhir/event-status"},
    {221, "Procedure", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {222, "Procedure", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kSubject},
    {223, "Procedure", "subject", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/Procedure-subject", kSubject},
    {224, "Procedure", "code", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-code", kCode},
    {225, "Procedure", "category", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Procedure-category", kCategory},
    {226, "Procedure", "date", SearchKind::kDate,
     "http://hl7.org/fhir/SearchParameter/clinical-date", kPerformed},
    {227, "Procedure", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/Procedure-status", kStatus,
     "http://hl7.org/fhir/event-status"},
    {241, "DiagnosticReport", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {242, "DiagnosticReport", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kSubject},
    {243, "DiagnosticReport", "subject", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/DiagnosticReport-subject", kSubject},
    {244, "DiagnosticReport", "code", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-code", kCode},
    {245, "DiagnosticReport", "category", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/DiagnosticReport-category", kCategory},
    {246, "DiagnosticReport", "date", SearchKind::kDate,
     "http://hl7.org/fhir/SearchParameter/clinical-date", kReportEffective},
    {247, "DiagnosticReport", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/DiagnosticReport-status", kStatus,
     "http://hl7.org/fhir/diagnostic-report-status"},
    {261, "ServiceRequest", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {262, "ServiceRequest", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kSubject},
    {263, "ServiceRequest", "subject", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/ServiceRequest-subject", kSubject},
    {264, "ServiceRequest", "code", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-code", kCode},
    {265, "ServiceRequest", "category", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/ServiceRequest-category", kCategory},
    {267, "ServiceRequest", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/ServiceRequest-status", kStatus,
     "http://hl7.org/fhir/request-status"},
    {281, "FamilyMemberHistory", "identifier", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-identifier", kIdentifier},
    {282, "FamilyMemberHistory", "patient", SearchKind::kReference,
     "http://hl7.org/fhir/SearchParameter/clinical-patient", kPatient},
    {284, "FamilyMemberHistory", "code", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/clinical-code", kConditionCode},
    {286, "FamilyMemberHistory", "date", SearchKind::kDate,
     "http://hl7.org/fhir/SearchParameter/clinical-date", kDate},
    {287, "FamilyMemberHistory", "status", SearchKind::kToken,
     "http://hl7.org/fhir/SearchParameter/FamilyMemberHistory-status", kStatus,
     "http://hl7.org/fhir/history-status"},
}};

}  // namespace

std::span<const SearchParameter> search_parameter_table() { return kTable; }

}  // namespace sekisho::fhir
