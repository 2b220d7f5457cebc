#include "mappings/release_sets.h"

#include <algorithm>
#include <array>

#include "fhir/resource.h"
#include "mappings/laboratory.h"

namespace sekisho::mappings {
namespace {

using fhir::CategorySet;
using fhir::Json;
using fhir::ReleaseSets;
using fhir::SetRule;
namespace category = fhir::category;

constexpr std::array<std::string_view, 7> kWithoutPatient = {
    "Organization",      "Practitioner", "PractitionerRole", "Location",
    "HealthcareService", "Medication",   "Substance"};
constexpr std::array<std::string_view, 3> kInternal = {"Consent", "Task", "AuditEvent"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Calls `each` with every Coding of a CodeableConcept, or of a list of them.
template <class F>
void for_codings(const Json* concepts, F&& each) {
  if (concepts == nullptr) {
    return;
  }
  if (const auto* list = concepts->get<Json::Array>()) {
    for (const Json& one : *list) {
      for_codings(&one, each);
    }
    return;
  }
  for (const Json& coding : concepts->items("coding")) {
    each(coding);
  }
}

bool has_code(const Json* concepts, std::initializer_list<std::string_view> codes) {
  bool found = false;
  for_codings(concepts, [&](const Json& coding) {
    found |= std::find(codes.begin(), codes.end(), coding.text("code")) != codes.end();
  });
  return found;
}

CategorySet condition_needs(const Json& resource, const SourceKind& source) {
  if (!source.confirmed_register || source.data_type == "PPR-01") {
    return category::I1;
  }
  return has_code(resource.find("verificationStatus"), {"confirmed"}) ? category::E7
                                                                      : CategorySet::none();
}

// medication is I2; food, environment and none at all are I3; both kinds, biologic and what nobody
// knows are both.
CategorySet allergy_needs(const Json& resource) {
  bool medication = false, other = false, unknown = false;
  for (const Json& item : resource.items("category")) {
    const std::string* code = item.get<std::string>();
    std::string_view kind = code == nullptr ? "" : std::string_view(*code);
    if (kind == "medication") {
      medication = true;
    } else if (kind == "food" || kind == "environment") {
      other = true;
    } else {
      unknown = true;
    }
  }
  if (unknown || (medication && other)) {
    return category::I2 | category::I3;
  }
  return medication ? category::I2 : category::I3;
}

CategorySet medication_request_needs(const SourceKind& source) {
  if (source.data_type == "OMP-01") {
    return category::I6;
  }
  return source.data_type == "OMP-02" ? category::E5 : category::I6 | category::E5;
}

bool is_imaging(const SourceKind& source) {
  return source.data_type == "OMG-11" || source.data_type == "OMG-12";
}
bool is_physiology(const SourceKind& source) {
  return source.data_type == "OMG-03" || source.data_type == "OMG-13";
}

// The union over the targets of an element; `none` where there is no target.
void union_of(const Json& resource, std::string_view element, ReleaseSets& sets) {
  for (const Json& target : resource.items(element)) {
    if (auto reference = fhir::parse_reference(target.text("reference"))) {
      sets.union_of.push_back(reference->type + "/" + reference->id);
    }
  }
  if (!sets.union_of.empty()) {
    sets.rule = SetRule::kUnionOfTargets;
    sets.needs = {};
  }
}

// Radiology, endoscopy: E2; pathology: E4; laboratory: what its results need; else none.
void report_sets(const Json& resource, const SourceKind& source, ReleaseSets& sets) {
  const Json* kind = resource.find("category");
  CategorySet needs;
  if (is_imaging(source) || has_code(kind, {"RAD", "RUS", "CT", "NMR", "NMS", "XRC", "VUS", "RX",
                                            "LP29684-5", "LP31759-1"})) {
    needs |= category::E2;
  }
  if (has_code(kind, {"PAT", "SP", "CP", "LP7839-6"})) {
    needs |= category::E4;
  }
  bool laboratory =
      source.data_type == "OML-11" || has_code(kind, {"LAB", "laboratory", "LP29693-6"});
  if (laboratory && needs.empty() && !is_physiology(source)) {
    union_of(resource, "result", sets);
    return;
  }
  sets.needs = needs.empty() || laboratory || is_physiology(source) ? CategorySet::none() : needs;
}

CategorySet procedure_needs(const Json& resource, const SourceKind& source) {
  constexpr std::string_view kSurgery = "387713003";  // SNOMED CT, surgical procedure
  CategorySet needs;
  if (is_imaging(source)) {
    needs |= category::E2;
  }
  if (has_code(resource.find("category"), {kSurgery})) {
    needs |= category::E4;
  }
  return needs.empty() || is_physiology(source) ? CategorySet::none() : needs;
}

CategorySet document_needs(const Json* type) {
  CategorySet needs;
  for_codings(type, [&](const Json& coding) {
    std::string_view code = coding.text("code");
    if (code == "57133-1") {
      needs |= category::D1;
    } else if (code == "18842-5") {
      needs |= category::D2;
    } else if (code == "53576-5") {
      needs |= category::D3;
    } else if (code == "34108-1" || code == "34112-3" || code == "11506-3") {
      needs |= category::E3;
    }
  });
  return needs.empty() ? CategorySet::none() : needs;
}

// Only the three document types may carry a Composition or a document Bundle.
CategorySet composition_needs(const Json* type) {
  CategorySet needs = document_needs(type);
  return needs.meets(category::E3) ? CategorySet::none() : needs;
}

void collect_entries(const Json& section, ReleaseSets& sets) {
  for (const Json& entry : section.items("entry")) {
    if (auto reference = fhir::parse_reference(entry.text("reference"))) {
      sets.union_of.push_back(reference->type + "/" + reference->id);
    }
  }
  for (const Json& inner : section.items("section")) {
    collect_entries(inner, sets);
  }
}

// Entries with `none` are covered by the document's code; their flags are the document's.
void bundle_sets(const Json& resource, const SourceKind& source, ReleaseSets& sets) {
  if (resource.text("type") != "document") {
    return;
  }
  CategorySet entries;
  for (const Json& entry : resource.items("entry")) {
    const Json* inner = entry.find("resource");
    if (inner == nullptr) {
      continue;
    }
    ReleaseSets part = release_sets(*inner, source);
    sets.flags |= part.flags & fhir::data_flag::kDenying;
    if (inner->text("resourceType") == "Composition") {
      sets.needs = composition_needs(inner->find("type"));
    } else if (part.rule == SetRule::kNeeds && !part.needs.has_none()) {
      entries |= part.needs;
    }
  }
  if (!sets.needs.has_none()) {
    sets.needs |= entries;
  }
}

void encounter_sets(const Json& resource, ReleaseSets& sets) {
  // Diagnoses belong to Condition (I1); an Encounter that tells one is not released at all.
  bool tells = resource.find("reasonCode") != nullptr ||
               resource.find("reasonReference") != nullptr || resource.find("diagnosis") != nullptr;
  if (!tells) {
    sets.rule = SetRule::kCarriedByReferrers;
    sets.needs = {};
  }
}

void set_rule(const Json& resource, const SourceKind& source, ReleaseSets& sets) {
  std::string_view type = resource.text("resourceType");
  if (type == "Patient" || type == "Coverage") {
    sets.rule = SetRule::kCarriedByPatient;
    sets.needs = {};
  } else if (type == "Specimen") {
    sets.rule = SetRule::kCarriedByReferrers;
    sets.needs = {};
  } else if (type == "Encounter") {
    encounter_sets(resource, sets);
  } else if (type == "Observation") {
    sets.needs = observation_needs(resource, source);
  } else if (type == "Condition") {
    sets.needs = condition_needs(resource, source);
  } else if (type == "AllergyIntolerance") {
    sets.needs = allergy_needs(resource);
  } else if (type == "MedicationRequest") {
    sets.needs = medication_request_needs(source);
  } else if (type == "MedicationAdministration") {
    sets.needs = source.data_type == "OMP-12" ? category::E5 : CategorySet::none();
  } else if (type == "Immunization") {
    sets.needs = category::E6;
  } else if (type == "FamilyMemberHistory" || type == "RelatedPerson") {
    sets.needs = category::E9;
  } else if (type == "ImagingStudy" || type == "Media") {
    sets.needs = category::E2;
  } else if (type == "Procedure") {
    sets.needs = procedure_needs(resource, source);
  } else if (type == "DiagnosticReport") {
    report_sets(resource, source, sets);
  } else if (type == "ServiceRequest") {
    sets.rule = SetRule::kUnionOfTargets;
    bool imaging = source.data_type == "OMG-01" || source.data_type == "OMG-02";
    sets.needs = imaging ? category::E2 : CategorySet::none();
  } else if (type == "Provenance") {
    union_of(resource, "target", sets);
  } else if (type == "DocumentReference") {
    sets.needs = document_needs(resource.find("type"));
  } else if (type == "ClinicalImpression") {
    sets.needs = category::E3;
  } else if (type == "Composition") {
    sets.rule = SetRule::kUnionOfTargets;
    sets.needs = composition_needs(resource.find("type"));
    collect_entries(resource, sets);
  } else if (type == "Bundle") {
    bundle_sets(resource, source, sets);
  } else if (among(kInternal, type)) {
    sets.rule = SetRule::kNeverReleased;
  } else if (among(kWithoutPatient, type) ||
             (type == "Device" && resource.find("patient") == nullptr)) {
    sets.rule = SetRule::kNoSubjectNeeded;
    sets.needs = {};
  }
}

unsigned data_flags(const Json& resource) {
  unsigned flags = 0;
  const Json* meta = resource.find("meta");
  if (meta == nullptr) {
    return flags;
  }
  for (const Json& tag : meta->items("tag")) {
    std::string_view code = tag.text("code");
    if (tag.text("system") != "http://jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication") {
      continue;
    }
    if (code == "UNINFORMED") {
      flags |= fhir::data_flag::kUninformed;
    } else if (code != "LTS") {
      flags |= fhir::data_flag::kUndelivered;  // an unknown flag is read in the denying direction
    }
  }
  for (std::string_view list : {"security", "tag"}) {
    for (const Json& label : meta->items(list)) {
      std::string_view code = label.text("code");
      if (code == "HTEST") {
        flags |= fhir::data_flag::kTest;
      } else if (code == "IP_PROTECTED") {
        flags |= fhir::data_flag::kIpProtected;
      }
    }
  }
  return flags;
}

}  // namespace

ReleaseSets release_sets(const Json& resource, const SourceKind& source) {
  ReleaseSets sets;
  sets.flags = data_flags(resource);
  set_rule(resource, source, sets);
  sets.data_date = data_date(resource);
  if (sets.rule != SetRule::kNoSubjectNeeded && sets.rule != SetRule::kNeverReleased) {
    add_subjects(resource, source, sets);
  }
  return sets;
}

CategorySet observation_needs(const Json& observation, const SourceKind& source) {
  if (source.pregnancy_profile) {
    return category::E8;
  }
  const Json* kind = observation.find("category");
  CategorySet needs;
  if (has_code(kind, {"vital-signs"})) {
    needs |= category::E1;
  }
  bool infection = false, core = false, suspect = false, measure = false;
  auto look = [&](const Json& coding) {
    std::string_view system = coding.text("system"), code = coding.text("code");
    bool jlac = system.find("JLAC10") != std::string_view::npos ||
                system.find("JLAC11") != std::string_view::npos ||
                system == "urn:oid:1.2.392.200119.4.504";
    bool jlac11 = system.find("JLAC11") != std::string_view::npos;
    const LaboratoryCode* listed = find_laboratory_code(code);
    bool listed_infection = listed != nullptr && listed->infection;
    bool analyte =
        !jlac11 && (code.size() == 15 || code.size() == 17) && is_infection_analyte(code);
    suspect |= listed_infection || analyte;
    infection |= system.ends_with("InfectionLabo_CS") ||
                 (jlac && (listed_infection || (!jlac11 && is_infection_analyte(code))));
    core |= system.ends_with("CoreLabo_CS") || (jlac && listed != nullptr && listed->core);
    // JLAC10 9N001 body height, 9N006 body weight; LOINC beside them.
    measure |= (jlac && (code.starts_with("9N001") || code.starts_with("9N006"))) ||
               (system == "http://loinc.org" && (code == "8302-2" || code == "29463-7"));
  };
  for_codings(observation.find("code"), look);
  for (const Json& component : observation.items("component")) {
    for_codings(component.find("code"), look);
  }
  if (source.data_type == "ADT-00" && measure) {
    needs |= category::E1;
  }
  bool laboratory = has_code(kind, {"laboratory", "LAB"}) && source.data_type != "OMG-03" &&
                    source.data_type != "OMG-13";
  if (laboratory) {
    CategorySet found;
    if (core) {
      found |= category::I5;
    }
    // A local coding that looks like an infection widens nothing, but it holds back a core item.
    if (infection || (core && suspect)) {
      found |= category::I4;
    }
    needs |= found.empty() ? CategorySet::none() : found;
  } else if (infection || core) {
    return CategorySet::none();  // a laboratory code in another kind of Observation: not known
  }
  return needs.empty() || needs.has_none() ? CategorySet::none() : needs;
}

}  // namespace sekisho::mappings
