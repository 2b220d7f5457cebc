#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapter/decision/decision.h"
#include "adapter/registry/state.h"
#include "fhir/data_category.h"
#include "fhir/instant.h"

namespace sekisho::agent {

// A Patient resource of the store with what 2.1b says of it.
struct StoredPatient {
  std::string id;
  fhir::CategorySet carried;  // the union of what the patient's resources need
  unsigned flags = 0;
};

// The waterfall of release-decision 4.15: for a permit, where each patient of the store stops.
struct Readiness {
  std::uint64_t patients = 0;
  std::map<decision::Reason, std::uint64_t> by_reason;  // kOk: releasable now; sums to `patients`
  // Releasable at 00:00 in Japan of each day of the next 12 months on which the number changes,
  // taking G0 and G1 as being in order.
  std::vector<std::pair<fhir::CivilDate, std::uint64_t>> by_date;
};

Readiness readiness_of(const registry::State& state, const registry::Environment& environment,
                       const decision::Asking& asking, std::span<const StoredPatient> patients);

}  // namespace sekisho::agent
