#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/data_category.h"
#include "fhir/instant.h"

namespace sekisho::fhir {

// Data flags of G3 (release-decision 4.4), a bit each; an unknown flag is read as UNDELIVERED.
namespace data_flag {
inline constexpr unsigned kUndelivered = 1, kUninformed = 2, kTest = 4, kIpProtected = 8,
                          kSubjectUnresolved = 16;
// A resource with one of these counts in nobody's sets (2.1b).
inline constexpr unsigned kDenying = kUndelivered | kTest | kIpProtected;
}  // namespace data_flag

// How a resource comes by its category set (release-decision 2.1b).
enum class SetRule {
  kNeeds,               // `needs` is complete: every code must be permitted
  kCarriedByPatient,    // Patient, Coverage: the union of needs of the patient's resources
  kCarriedByReferrers,  // Specimen, Encounter: the union of needs of the resources that refer to it
  kUnionOfTargets,      // DiagnosticReport of laboratory, Provenance, ServiceRequest: union over
                        // `union_of` (and for ServiceRequest over what is based on it)
  kNoSubjectNeeded,     // the closed list of resources without a patient
  kNeverReleased,       // Consent, Task, AuditEvent: as an unknown type
};

// What the release decision must know of a stored resource, kept beside it and never in it.
// Computed by mappings/release_sets.h at ingest and at every re-map.
struct ReleaseSets {
  SetRule rule = SetRule::kNeeds;
  CategorySet needs = CategorySet::none();
  std::vector<std::string> union_of;  // "Type/id" targets for kUnionOfTargets
  std::vector<std::string>
      subjects;        // logical ids of every Patient referred to, first the main one
  unsigned flags = 0;  // data_flag
  std::optional<CivilDate> data_date;  // the civil date in Japan, full precision only
};

}  // namespace sekisho::fhir
