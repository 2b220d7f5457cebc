#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/sqlite/database.h"
#include "adapter/store/text_numbers.h"
#include "fhir/search_parameter.h"

namespace sekisho::store {

// The tables `token`, `date` and `system`.
class SearchIndex {
 public:
  explicit SearchIndex(sqlite::Database& database);

  // From the entries of the old version to those of the new; both sorted, without references.
  void replace(std::int64_t rid, const std::vector<fhir::IndexEntry>& before,
               const std::vector<fhir::IndexEntry>& after);

 private:
  std::int64_t system_number(std::string_view uri);
  void add(std::int64_t rid, const fhir::IndexEntry& entry);
  void drop(std::int64_t rid, const fhir::IndexEntry& entry);

  sqlite::Database& database_;
  sqlite::Statement add_token_, drop_token_, add_date_, drop_date_, find_system_, insert_system_;
  TextNumbers systems_;
};

// The entries of a stored text, as SearchIndex keeps them.
std::vector<fhir::IndexEntry> stored_entries(std::string_view text);

}  // namespace sekisho::store
