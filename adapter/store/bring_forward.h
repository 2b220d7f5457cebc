#pragma once

#include <string>

#include "fhir/data_category.h"

namespace sekisho::store {

// For who will only read: creates the store, or brings an older format forward. Where that fails,
// as on a full disk, and the store can be read as it is, nothing is thrown.
void bring_forward(const std::string& file, const fhir::CategoryVocabulary& vocabulary);

}  // namespace sekisho::store
