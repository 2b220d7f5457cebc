#include "mappings/required.h"

#include <algorithm>
#include <array>

namespace sekisho::mappings {
namespace {

// Elements with a minimum of 1 in hl7.fhir.r4.core 4.0.1, for the types that mapping profiles
// make. "a.b" is required in each a that is there; "x[x]" is any type of a choice.
struct Required {
  std::string_view type;
  std::string_view element;
};
constexpr std::array kRequired = {
    Required{"AllergyIntolerance", "patient"},
    Required{"AllergyIntolerance", "reaction.manifestation"},
    Required{"Composition", "status"},
    Required{"Composition", "type"},
    Required{"Composition", "date"},
    Required{"Composition", "author"},
    Required{"Composition", "title"},
    Required{"Condition", "subject"},
    Required{"Coverage", "status"},
    Required{"Coverage", "beneficiary"},
    Required{"Coverage", "payor"},
    Required{"Coverage", "class.type"},
    Required{"Coverage", "class.value"},
    Required{"DiagnosticReport", "status"},
    Required{"DiagnosticReport", "code"},
    Required{"DocumentReference", "status"},
    Required{"DocumentReference", "content"},
    Required{"DocumentReference", "content.attachment"},
    Required{"Encounter", "status"},
    Required{"Encounter", "class"},
    Required{"Encounter", "location.location"},
    Required{"FamilyMemberHistory", "status"},
    Required{"FamilyMemberHistory", "patient"},
    Required{"FamilyMemberHistory", "relationship"},
    Required{"ImagingStudy", "status"},
    Required{"ImagingStudy", "subject"},
    Required{"Immunization", "status"},
    Required{"Immunization", "vaccineCode"},
    Required{"Immunization", "patient"},
    Required{"Immunization", "occurrence[x]"},
    Required{"Media", "status"},
    Required{"Media", "content"},
    Required{"MedicationAdministration", "status"},
    Required{"MedicationAdministration", "medication[x]"},
    Required{"MedicationAdministration", "subject"},
    Required{"MedicationAdministration", "effective[x]"},
    Required{"MedicationRequest", "status"},
    Required{"MedicationRequest", "intent"},
    Required{"MedicationRequest", "medication[x]"},
    Required{"MedicationRequest", "subject"},
    Required{"NutritionOrder", "status"},
    Required{"NutritionOrder", "intent"},
    Required{"NutritionOrder", "patient"},
    Required{"NutritionOrder", "dateTime"},
    Required{"Observation", "status"},
    Required{"Observation", "code"},
    Required{"Observation", "component.code"},
    Required{"Patient", "link.other"},
    Required{"Patient", "link.type"},
    Required{"Patient", "communication.language"},
    Required{"Procedure", "status"},
    Required{"Procedure", "subject"},
    Required{"RelatedPerson", "patient"},
    Required{"ServiceRequest", "status"},
    Required{"ServiceRequest", "intent"},
    Required{"ServiceRequest", "subject"},
};

bool has(const fhir::Json& object, std::string_view element) {
  if (!element.ends_with("[x]")) {
    return object.find(element) != nullptr;
  }
  element.remove_suffix(3);
  const auto* members = object.get<fhir::Json::Object>();
  return members != nullptr &&
         std::any_of(members->begin(), members->end(), [&](const fhir::Json::Member& m) {
           return m.name.size() > element.size() && m.name.starts_with(element) &&
                  m.name[element.size()] >= 'A' && m.name[element.size()] <= 'Z';
         });
}

bool complete(const fhir::Json& object, std::string_view path) {
  std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) {
    return has(object, path);
  }
  const fhir::Json* parent = object.find(path.substr(0, dot));
  std::string_view rest = path.substr(dot + 1);
  if (parent == nullptr) {
    return true;
  }
  if (const auto* items = parent->get<fhir::Json::Array>()) {
    return std::all_of(items->begin(), items->end(),
                       [&](const fhir::Json& item) { return complete(item, rest); });
  }
  return complete(*parent, rest);
}

}  // namespace

std::string missing_element(std::string_view type, const fhir::Json& resource) {
  for (const Required& required : kRequired) {
    if (required.type == type && !complete(resource, required.element)) {
      return std::string(type) + "." + std::string(required.element);
    }
  }
  return {};
}

}  // namespace sekisho::mappings
