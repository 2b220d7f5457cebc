#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "adapter/sqlite/database.h"
#include "adapter/store/links.h"
#include "adapter/store/resource_table.h"

namespace sekisho::store {

// The part of a row's sets that comes from other rows (release-decision 2.1b), and `plain`. Changes
// are noted while a batch is written and worked off once, at its end, so that a specimen with
// twenty results costs one update.
//
// What a row carries comes from rows of its own patient alone, and from rows with that patient as
// their only subject: whether a resource of one patient is visible must never depend on what is
// stored of another, who may have refused.
class Settling {
 public:
  Settling(sqlite::Database& database, ResourceTable& rows, Links& links);

  // A row was written. `before` is the row that stood there (version 0 where none did), `old_links`
  // and `new_links` the targets of both, sorted.
  void changed(const Row& before, const Row& after, const std::vector<std::int64_t>& old_links,
               const std::vector<std::int64_t>& new_links);
  void union_changed(std::int64_t owner) { unions_.insert(owner); }

  void settle();

 private:
  void forget();
  void count(const Row& row, std::int64_t by);
  void note_sets(const Row& before, const Row& after);
  void settle_unions();
  fhir::CategorySet union_of(const Row& owner, fhir::CategorySet own_needs);
  void settle_patients();
  void settle_referred();
  fhir::CategorySet referred_set(const Row& target);
  void settle_plain();
  bool is_plain(const Row& row);
  bool patient_is_clean(std::int64_t patient);
  std::int64_t patient_type();

  ResourceTable& rows_;
  Links& links_;
  sqlite::Statement count_, patient_sets_, patient_rows_, patient_all_rows_, own_patient_;
  std::map<std::pair<std::int64_t, std::uint64_t>, std::int64_t> counts_;  // patient, needs
  std::set<std::int64_t> patients_;
  std::set<std::int64_t> unions_;
  std::unordered_set<std::int64_t> referred_;
  std::unordered_set<std::int64_t> sets_changed_;  // rows whose visibility moved
  std::unordered_set<std::int64_t> plain_;         // rows whose `plain` is to be found
  std::set<std::int64_t> plain_patients_;          // ... and all rows of these patients
  std::unordered_map<std::int64_t, bool> clean_patients_;
};

}  // namespace sekisho::store
