#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapter/query/search_plan.h"

namespace sekisho::query {

using SqlValue = std::variant<std::int64_t, std::string>;

// The rows that a search may match, as "FROM ... WHERE ..." over `resource r` with the mask in it,
// and what to bind. `ids` and `patients` are resolved: -1 for what is not shown or not there.
struct SearchSql {
  std::string text;
  std::vector<SqlValue> values;
};

struct Resolved {
  std::int64_t type = -1;
  std::vector<std::vector<std::int64_t>> rids;      // as SearchPlan::ids
  std::vector<std::vector<std::int64_t>> patients;  // as SearchPlan::patients
};

SearchSql matching_rows(const SearchPlan& plan, const Resolved& resolved);

// The same, after a resource id.
SearchSql matching_rows_after(const SearchPlan& plan, const Resolved& resolved,
                              std::string_view after);

}  // namespace sekisho::query
