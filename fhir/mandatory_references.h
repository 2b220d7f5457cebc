#pragma once

#include <span>
#include <string_view>

namespace sekisho::fhir {

// The elements of base R4 that are References (for value[x] types: the Reference form) and have
// min 1, as "Type.path" without indices, sorted. From the snapshots of hl7.fhir.r4.core 4.0.1;
// mandatory_references_test.cc compares.
std::span<const std::string_view> mandatory_references();
bool is_mandatory_reference(std::string_view path);

}  // namespace sekisho::fhir
