#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "fhir/data_category.h"

namespace sekisho::store {

// Every Patient resource that is stored and not deleted, with the categories that carry it
// (release-decision 2.1b) and its flags, in the order of ids. Opens the store read-only. For
// reports inside the hospital; nothing that leaves may be made from it.
void for_each_patient(const std::string& store_file,
                      const std::function<void(std::string_view id, fhir::CategorySet carried,
                                               unsigned flags)>& patient);

}  // namespace sekisho::store
