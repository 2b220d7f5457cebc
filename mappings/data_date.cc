#include <array>

#include "fhir/date_time.h"
#include "mappings/release_sets.h"

namespace sekisho::mappings {
namespace {

// The elements that date a resource, the first that is there decides; `inner` is a member of
// `outer`.
struct Element {
  std::string_view type;
  std::string_view outer;
  std::string_view inner;
};
constexpr std::array kElements = {
    Element{"Observation", "effectiveDateTime", ""},
    Element{"Observation", "effectivePeriod", "start"},
    Element{"Observation", "effectiveInstant", ""},
    Element{"Observation", "effectiveTiming", "event"},
    Element{"Observation", "issued", ""},
    Element{"Condition", "onsetDateTime", ""},
    Element{"Condition", "onsetPeriod", "start"},
    Element{"Condition", "recordedDate", ""},
    Element{"AllergyIntolerance", "onsetDateTime", ""},
    Element{"AllergyIntolerance", "onsetPeriod", "start"},
    Element{"AllergyIntolerance", "recordedDate", ""},
    Element{"Specimen", "collection", "collectedDateTime"},
    Element{"Specimen", "receivedTime", ""},
    Element{"Coverage", "period", "start"},
    Element{"Encounter", "period", "start"},
    Element{"MedicationRequest", "authoredOn", ""},
    Element{"MedicationAdministration", "effectiveDateTime", ""},
    Element{"MedicationAdministration", "effectivePeriod", "start"},
    Element{"Immunization", "occurrenceDateTime", ""},
    Element{"FamilyMemberHistory", "date", ""},
    Element{"ImagingStudy", "started", ""},
    Element{"Media", "createdDateTime", ""},
    Element{"Media", "createdPeriod", "start"},
    Element{"Procedure", "performedDateTime", ""},
    Element{"Procedure", "performedPeriod", "start"},
    Element{"DiagnosticReport", "effectiveDateTime", ""},
    Element{"DiagnosticReport", "effectivePeriod", "start"},
    Element{"DiagnosticReport", "issued", ""},
    Element{"ServiceRequest", "authoredOn", ""},
    Element{"DocumentReference", "date", ""},
    Element{"ClinicalImpression", "effectiveDateTime", ""},
    Element{"ClinicalImpression", "effectivePeriod", "start"},
    Element{"ClinicalImpression", "date", ""},
    Element{"Composition", "date", ""},
    Element{"Bundle", "timestamp", ""},
    Element{"Provenance", "occurredDateTime", ""},
    Element{"Provenance", "recorded", ""},
};

}  // namespace

std::optional<fhir::CivilDate> data_date(const fhir::Json& resource) {
  std::string_view type = resource.text("resourceType");
  for (const Element& element : kElements) {
    if (element.type != type) {
      continue;
    }
    std::string_view text;
    if (element.inner.empty()) {
      text = resource.text(element.outer);
    } else if (const fhir::Json* outer = resource.find(element.outer)) {
      text = outer->text(element.inner);
    }
    if (!text.empty()) {
      return fhir::full_japan_date(text);
    }
  }
  return std::nullopt;
}

}  // namespace sekisho::mappings
