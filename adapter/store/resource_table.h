#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapter/sqlite/database.h"
#include "adapter/store/text_numbers.h"
#include "fhir/data_category.h"
#include "fhir/release_sets.h"

namespace sekisho::store {

// A row of the table `resource`; `text` only where a function says that it reads it.
struct Row {
  std::int64_t rid = 0;
  std::int64_t type = 0;
  std::int64_t version = 0;  // 0: a mere target of a reference
  std::int64_t last_updated = 0;
  bool deleted = false;
  fhir::SetRule rule = fhir::SetRule::kNeverReleased;
  std::optional<std::int64_t> patient;
  std::string more_patients;
  fhir::CategorySet needs;
  fhir::CategorySet carried;
  unsigned flags = 0;
  std::optional<std::int64_t> data_date;
  bool plain = false;
  std::string text;

  bool live() const { return version > 0 && !deleted; }
  // One patient, known, and no flag that keeps it out of other rows' sets.
  bool clean() const {
    return patient && more_patients.empty() &&
           (flags & (fhir::data_flag::kDenying | fhir::data_flag::kSubjectUnresolved)) == 0;
  }
  bool carries() const {
    return rule == fhir::SetRule::kCarriedByPatient || rule == fhir::SetRule::kCarriedByReferrers;
  }
  // It adds its needs to the rows that carry them (2.1b); a set with `none` is never permitted.
  bool counts() const {
    return clean() && (rule == fhir::SetRule::kNeeds || rule == fhir::SetRule::kUnionOfTargets) &&
           !needs.empty() && !needs.has_none();
  }
};

// The tables `resource`, `resource_version` and `type`. Rows that were read or written lately are
// kept in memory: nobody else writes them.
class ResourceTable {
 public:
  explicit ResourceTable(sqlite::Database& database);

  std::int64_t type_number(std::string_view type);                  // interned
  std::optional<Row> find(std::int64_t type, std::string_view id);  // with text
  std::optional<Row> find(std::int64_t rid);                        // without text
  std::string text(std::int64_t rid);
  std::int64_t target(std::string_view type, std::string_view id);  // a stub where there is none
  void insert(Row& row, std::string_view id);                       // gives it its rid
  void update(const Row& row);
  void archive(std::int64_t rid);  // copies the current version to resource_version
  void set_needs(std::int64_t rid, fhir::CategorySet needs);
  void set_carried(const Row& row, fhir::CategorySet carried);  // of every version
  void set_plain(std::int64_t rid, bool plain);

 private:
  void remember(const Row& row);
  template <class F>
  void change(std::int64_t rid, F&& how);

  sqlite::Database& database_;
  sqlite::Statement find_by_id_, find_by_rid_, text_, rid_, stub_, insert_, update_, archive_,
      set_needs_, set_carried_, set_carried_versions_, set_plain_, find_type_, insert_type_;
  TextNumbers types_;
  TextNumbers targets_;
  std::unordered_map<std::int64_t, Row> rows_;  // without text
};

}  // namespace sekisho::store
