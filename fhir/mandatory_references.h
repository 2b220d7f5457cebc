#pragma once

#include <span>
#include <string_view>

namespace sekisho::fhir {

// The elements of base R4 that have min 1 and are References (of a choice: the Reference form), or
// could become empty with one, as "Type.path" without indices, sorted. From the snapshots of
// hl7.fhir.r4.core 4.0.1; r4_tables_test.cc compares.
std::span<const std::string_view> mandatory_references();
bool is_mandatory_reference(std::string_view path);

}  // namespace sekisho::fhir
