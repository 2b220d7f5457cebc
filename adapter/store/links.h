#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "adapter/sqlite/database.h"
#include "fhir/data_category.h"

namespace sekisho::store {

// The tables `link`, `link_from`, `union_owner` and `union_part`.
class Links {
 public:
  explicit Links(sqlite::Database& database);

  std::vector<std::int64_t> targets_of(std::int64_t rid);  // sorted
  std::vector<std::int64_t> referrers_of(std::int64_t target);
  // `before` and `after` sorted.
  void replace(std::int64_t rid, const std::vector<std::int64_t>& before,
               const std::vector<std::int64_t>& after);

  struct Part {
    std::int64_t owner = 0;
    std::int64_t part = 0;
    std::int64_t source = 0;
    auto operator<=>(const Part&) const = default;
  };
  std::vector<Part> parts_said_by(std::int64_t source);  // sorted
  std::vector<Part> parts_of(std::int64_t owner);
  std::vector<std::int64_t> owners_of(std::int64_t part);
  void replace_parts(const std::vector<Part>& before, const std::vector<Part>& after);
  std::optional<fhir::CategorySet> own_needs(std::int64_t rid);  // nothing: no union
  void set_own_needs(std::int64_t rid, std::optional<fhir::CategorySet> needs);

 private:
  sqlite::Statement targets_, referrers_, add_, add_from_, drop_, drop_from_;
  sqlite::Statement said_, parts_, owners_, add_part_, drop_part_;
  sqlite::Statement own_, set_own_, drop_own_;
};

}  // namespace sekisho::store
