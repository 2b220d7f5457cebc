#pragma once

#include <string>
#include <string_view>

#include "fhir/json.h"

namespace sekisho::mappings {

// The first element that base R4 requires of the resource and that is missing ("Coverage.payor"),
// or an empty text. Checks the types in the table of required.cc; another type passes.
std::string missing_element(std::string_view type, const fhir::Json& resource);

}  // namespace sekisho::mappings
