#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/json.h"
#include "fhir/release_sets.h"

namespace sekisho::mappings {

// Where a resource comes from, as far as release-decision 2.1b asks.
struct SourceKind {
  std::string_view data_type;       // "PPR-01"; empty: not from SS-MIX2, or not known
  bool confirmed_register = false;  // declared a register of confirmed diagnoses
  bool pregnancy_profile = false;   // an Observation by a declared profile of pregnancy and birth
  // The logical id of the patient that an identifier names; unset: none can be resolved.
  std::function<std::optional<std::string>(std::string_view system, std::string_view value)>
      patient_of_identifier;
};

// The category and subject function of release-decision 2.1b: every set, subject, flag and the
// data date of a finished resource. Pure; asked at ingest and at every re-map.
//
// For SetRule::kUnionOfTargets `needs` is added to the union over `union_of`; for a ServiceRequest
// it counts only where no result is based on it. A target with `none` makes the union `none`.
// The data date is that of: Observation effective, else issued; Condition and AllergyIntolerance
// onset, else recordedDate; Specimen collection; the others as in the table of data_date.cc. The
// first of these elements that is there decides, be it partial.
fhir::ReleaseSets release_sets(const fhir::Json& resource, const SourceKind& source);

// Its parts; the last one by itself for tests of the laboratory lists.
void add_subjects(const fhir::Json& resource, const SourceKind& source, fhir::ReleaseSets& sets);
std::optional<fhir::CivilDate> data_date(const fhir::Json& resource);
fhir::CategorySet observation_needs(const fhir::Json& observation, const SourceKind& source);

}  // namespace sekisho::mappings
