#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "mappings/engine.h"

namespace sekisho::mappings {

enum class Match { kSubset, kExact };

// Where `made` first differs from what is expected: "/code/coding/0/code: ..."; none if it does
// not. kSubset: what is not mentioned may be anything, lists hold the items mentioned in their
// order, and "$absent" is an element that is not there. Numbers compare by their text.
std::optional<std::string> first_difference(const fhir::Json& expected, const fhir::Json& made,
                                            Match match);

// What of `expect`, `issues` and `unmapped` of a test case does not hold.
std::vector<std::string> unmet_expectations(const fhir::Json& test, const Result& result);

// The bodies of the resources, as a list, without what the JSON pointers in `ignored` name.
fhir::Json bodies(const Result& result, const fhir::Json::Array& ignored);

}  // namespace sekisho::mappings
