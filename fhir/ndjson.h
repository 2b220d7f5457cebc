#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "fhir/json.h"

namespace sekisho::fhir {

// Reads newline-delimited JSON: calls `line` with each non-blank line's number (1-based) and value.
// A line that is no JSON throws JsonError with "line N".
void for_each_ndjson(std::string_view text,
                     const std::function<void(std::size_t number, Json value)>& line,
                     JsonLimits limits = {});

}  // namespace sekisho::fhir
