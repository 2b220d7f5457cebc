#include <algorithm>
#include <array>

#include "fhir/resource.h"
#include "mappings/release_sets.h"

namespace sekisho::mappings {
namespace {

using fhir::FoundReference;
using fhir::Json;

constexpr std::array<std::string_view, 4> kMainElements = {"subject", "patient", "beneficiary",
                                                           "for"};
// Elements whose reference by identifier is taken as one to a patient where it names no type.
constexpr std::array<std::string_view, 9> kPatientElements = {
    "subject",      "patient", "beneficiary", "for",   "subscriber",
    "policyHolder", "focus",   "other",       "entity"};
constexpr std::string_view kPatientNumbers = "urn:oid:1.2.392.100495.20.3.51.";
constexpr std::string_view kInsuredPerson = "/JP_Insurance_memberID";
constexpr std::string_view kPublicPayer = "/JP_PublicPayer_memberID";

std::string_view last_name(std::string_view path) {
  std::string_view name = path.substr(path.rfind('.') + 1);
  return name.substr(0, name.find('['));
}

bool is_patient_system(std::string_view system) {
  return system.starts_with(kPatientNumbers) || system.ends_with(kInsuredPerson) ||
         system.ends_with(kPublicPayer);
}

std::optional<std::string> resolve(const Json& identifier, const SourceKind& source) {
  if (!source.patient_of_identifier) {
    return std::nullopt;
  }
  return source.patient_of_identifier(identifier.text("system"), identifier.text("value"));
}

bool names_patient(const FoundReference& found) {
  std::string_view type = found.object->text("type");
  if (!type.empty()) {
    return type == "Patient" || type.ends_with("/Patient");
  }
  const Json* identifier = found.object->find("identifier");
  if (identifier != nullptr && is_patient_system(identifier->text("system"))) {
    return true;
  }
  std::string_view name = last_name(found.path);
  return std::find(kPatientElements.begin(), kPatientElements.end(), name) !=
         kPatientElements.end();
}

// The contained resource that "#id" means, or null.
const Json* contained(const Json& resource, std::string_view id) {
  for (const Json& inner : resource.items("contained")) {
    if (inner.text("id") == id) {
      return &inner;
    }
  }
  return nullptr;
}

struct Subjects {
  std::vector<std::string> ids;
  bool unresolved = false;

  void add(std::string id, bool main) {
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
      return;
    }
    ids.insert(main ? ids.begin() : ids.end(), std::move(id));
  }
};

void add_found(const Json& resource, const FoundReference& found, const SourceKind& source,
               Subjects& subjects) {
  std::string_view name = last_name(found.path);
  bool main = std::count(found.path.begin(), found.path.end(), '.') == 1 &&
              std::find(kMainElements.begin(), kMainElements.end(), name) != kMainElements.end();
  if (found.literal) {
    if (found.literal->type == "Patient") {
      subjects.add(found.literal->id, main);
    } else if (found.literal->type == "Group") {
      subjects.unresolved = true;  // its members are not to be seen from here
    }
    return;
  }
  if (found.local) {
    std::string_view reference = found.object->text("reference");
    const Json* inner = contained(resource, reference.substr(1));
    subjects.unresolved |= main && inner == nullptr;
    return;  // contained Patients are counted once, below
  }
  if (!names_patient(found)) {
    return;
  }
  const Json* identifier = found.object->find("identifier");
  auto id = identifier == nullptr ? std::nullopt : resolve(*identifier, source);
  if (id) {
    subjects.add(std::move(*id), main);
  } else {
    subjects.unresolved = true;
  }
}

void add_contained_patients(const Json& resource, const SourceKind& source, Subjects& subjects) {
  for (const Json& inner : resource.items("contained")) {
    if (inner.text("resourceType") != "Patient") {
      continue;
    }
    std::optional<std::string> id;
    for (const Json& identifier : inner.items("identifier")) {
      id = id ? std::move(id) : resolve(identifier, source);
    }
    if (id) {
      subjects.add(std::move(*id), false);
    } else {
      subjects.unresolved = true;
    }
  }
}

}  // namespace

void add_subjects(const Json& resource, const SourceKind& source, fhir::ReleaseSets& sets) {
  Subjects subjects;
  bool is_patient = resource.text("resourceType") == "Patient";
  if (is_patient) {
    subjects.add(std::string(resource.text("id")), true);
  }
  for (const FoundReference& found : fhir::references_of(resource)) {
    // Patient.link is closure (4.6), not a second subject.
    if (is_patient && found.path.starts_with("Patient.link")) {
      continue;
    }
    add_found(resource, found, source, subjects);
  }
  add_contained_patients(resource, source, subjects);
  sets.subjects = std::move(subjects.ids);
  if (subjects.unresolved || sets.subjects.empty()) {
    sets.flags |= fhir::data_flag::kSubjectUnresolved;
  }
}

}  // namespace sekisho::mappings
