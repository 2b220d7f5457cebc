#pragma once

#include <string>

#include "fhir/json.h"
#include "mappings/engine.h"

namespace sekisho::mappings {

// What a mapping case compares: the resources with their release sets, and what was found.
fhir::Json golden_resources(const Result& result);
fhir::Json golden_findings(const Result& result);

}  // namespace sekisho::mappings
