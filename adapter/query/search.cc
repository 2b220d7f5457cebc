#include <algorithm>

#include "adapter/query/find.h"
#include "adapter/query/query.h"
#include "adapter/query/reader_inner.h"
#include "adapter/query/search_sql.h"
#include "adapter/query/shown.h"
#include "adapter/query/sight.h"

namespace sekisho::query {

namespace {

// Row number and patient number of an id: -1 for one that is not shown, just as for one that is
// not there, so that the statement after it is the same.
struct Numbers {
  std::int64_t rid = -1;
  std::int64_t patient = -1;
};

Numbers numbers_of(Sight& sight, std::string_view type, std::string_view id) {
  Numbers numbers;
  const std::optional<Row> row = find(sight, type, id);
  if (row && !row->deleted) {
    numbers.rid = row->rid;
    numbers.patient = row->patient ? std::int64_t{*row->patient} : -1;
  }
  return numbers;
}

Resolved resolve(Sight& sight, const SearchPlan& plan) {
  Resolved resolved;
  resolved.type = sight.type_number(plan.type);
  for (const std::vector<std::string>& any : plan.ids) {
    std::vector<std::int64_t>& rids = resolved.rids.emplace_back();
    for (const std::string& id : any) {
      rids.push_back(numbers_of(sight, plan.type, id).rid);
    }
  }
  for (const std::vector<std::string>& any : plan.patients) {
    std::vector<std::int64_t>& patients = resolved.patients.emplace_back();
    for (const std::string& id : any) {
      patients.push_back(numbers_of(sight, "Patient", id).patient);
    }
  }
  return resolved;
}

sqlite::Statement& bound(Sight& sight, const std::string& text,
                         const std::vector<SqlValue>& values) {
  sqlite::Statement& statement = sight.statement(text);
  int index = 0;
  for (const SqlValue& value : values) {
    ++index;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      statement.bind(index, *number);
    } else {
      statement.bind(index, std::string_view(std::get<std::string>(value)));
    }
  }
  return statement;
}

std::vector<Row> page_of(Sight& sight, SearchSql sql, std::size_t limit) {
  sql.values.emplace_back(static_cast<std::int64_t>(limit));
  sqlite::Statement& statement =
      bound(sight, "SELECT " + std::string(kRowColumns) + sql.text + " ORDER BY r.id LIMIT ?",
            sql.values);
  std::vector<Row> rows;
  while (statement.step()) {
    rows.push_back(row_at(statement));
  }
  statement.reset();
  sight.rethrow();
  return rows;
}

std::size_t count_of(Sight& sight, SearchSql sql, std::size_t limit) {
  sql.values.emplace_back(static_cast<std::int64_t>(limit));
  sqlite::Statement& statement =
      bound(sight, "SELECT count(*) FROM (SELECT 1" + sql.text + " LIMIT ?)", sql.values);
  const std::int64_t count = statement.step() ? statement.integer(0) : 0;
  statement.reset();
  sight.rethrow();
  return static_cast<std::size_t>(count);
}

// Over all matches, wherever the page begins, so that it is the same on every page. `all`: how many
// they are, where the page holds them all.
std::optional<std::size_t> total_of(Sight& sight, const SearchPlan& plan, const Resolved& resolved,
                                    std::optional<std::size_t> all) {
  if (plan.total == SearchPlan::Total::kNone && !plan.count_only) {
    return std::nullopt;
  }
  if (all) {
    return all;
  }
  const bool exact = plan.count_only || plan.total == SearchPlan::Total::kAccurate;
  const std::size_t limit = exact ? std::size_t{1} << 62 : kCheapTotal + 1;
  const std::size_t total = count_of(sight, matching_rows(plan, resolved), limit);
  return exact || total <= kCheapTotal ? std::optional(total) : std::nullopt;
}

}  // namespace

SearchResult search(Reader& reader, const Visibility& visibility, const SearchPlan& plan,
                    std::string_view after) {
  Sight sight(reader, visibility);
  const Resolved resolved = resolve(sight, plan);
  SearchResult result;
  if (plan.count_only) {
    result.total = total_of(sight, plan, resolved, std::nullopt);
    return result;
  }
  // One more than the page holds tells whether there is another.
  std::vector<Row> rows =
      page_of(sight, matching_rows_after(plan, resolved, after), plan.count + 1);
  result.more = rows.size() > plan.count;
  rows.resize(std::min(rows.size(), plan.count));
  for (const Row& row : rows) {
    result.matches.push_back(shown(sight, row));
  }
  const bool all = after.empty() && !result.more;
  result.total =
      total_of(sight, plan, resolved, all ? std::optional(result.matches.size()) : std::nullopt);
  return result;
}

}  // namespace sekisho::query
