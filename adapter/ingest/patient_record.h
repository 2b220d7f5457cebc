#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/registry/registry.h"
#include "fhir/json.h"

namespace sekisho::ingest {

// What the registry learns of a Patient resource. `is_local_id` says which of its identifiers is
// the card number that its logical id was made of.
registry::PatientRecord patient_record(const fhir::Json& patient,
                                       const std::function<bool(std::string_view)>& is_local_id);

// Insurance ids of a Patient or a Coverage, "insurer:symbol:number:branch", half-width.
std::vector<std::string> insurance_ids(const fhir::Json& resource);

}  // namespace sekisho::ingest
