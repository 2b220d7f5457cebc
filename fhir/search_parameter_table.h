#pragma once

#include <span>

#include "fhir/search_parameter.h"

namespace sekisho::fhir {

// All rows; those of one type stand together.
std::span<const SearchParameter> search_parameter_table();

}  // namespace sekisho::fhir
