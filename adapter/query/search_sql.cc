#include "adapter/query/search_sql.h"

namespace sekisho::query {

namespace {

// In the order in which reader.cc reads them.
constexpr std::string_view kVisible =
    " AND visible(r.rid, r.type, r.version, r.rule, r.patient, r.more_patients, r.needs, "
    "r.carried, r.flags, r.data_date, r.plain)";

std::string marks(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += i == 0 ? "?" : ", ?";
  }
  return text;
}

void add_numbers(SearchSql& sql, std::string_view column, const std::vector<std::int64_t>& any) {
  sql.text += " AND " + std::string(column) + " IN (" + marks(any.size()) + ")";
  sql.values.insert(sql.values.end(), any.begin(), any.end());
}

// One value of a token parameter as a SELECT of row numbers.
void add_token(SearchSql& sql, std::uint16_t parameter, const SearchPlan::Token& token) {
  sql.text += "SELECT rid FROM token WHERE parameter = ?";
  sql.values.emplace_back(std::int64_t{parameter});
  if (token.code) {
    sql.text += " AND code = ?";
    sql.values.emplace_back(*token.code);
  }
  if (token.system) {
    // "" stands for a coding without a system.
    sql.text += " AND system = (SELECT system FROM system WHERE uri = ?)";
    sql.values.emplace_back(*token.system);
  }
}

void add_tokens(SearchSql& sql, const SearchPlan::Tokens& tokens) {
  sql.text += " AND r.rid IN (";
  for (std::size_t i = 0; i < tokens.any.size(); ++i) {
    sql.text += i == 0 ? "" : " UNION ALL ";
    add_token(sql, tokens.parameter, tokens.any[i]);
  }
  sql.text += ")";
}

// R4 search.html#prefix for a target range [low, high) and the value's [begin, end): which targets
// match. Value marks stand in the order in which `bounds` gives them.
struct Comparison {
  std::string_view text;
  std::string_view bounds;  // b: begin, e: end
};

Comparison comparison_of(SearchPlan::Prefix prefix) {
  using Prefix = SearchPlan::Prefix;
  switch (prefix) {
    case Prefix::kEq:
      return {"(LOW >= ? AND HIGH <= ?)", "be"};
    case Prefix::kNe:
      return {"(LOW < ? OR HIGH > ?)", "be"};
    case Prefix::kGt:
      return {"(HIGH > ?)", "e"};
    case Prefix::kLt:
      return {"(LOW < ?)", "b"};
    case Prefix::kGe:
      return {"(HIGH > ? OR (LOW >= ? AND HIGH <= ?))", "ebe"};
    case Prefix::kLe:
      return {"(LOW < ? OR (LOW >= ? AND HIGH <= ?))", "bbe"};
    case Prefix::kSa:
      return {"(LOW >= ?)", "e"};
    case Prefix::kEb:
      return {"(HIGH <= ?)", "b"};
  }
  return {"(0)", ""};
}

void replace_all(std::string& text, std::string_view word, std::string_view by) {
  for (std::size_t at = text.find(word); at != std::string::npos;
       at = text.find(word, at + by.size())) {
    text.replace(at, word.size(), by);
  }
}

void add_date(SearchSql& sql, const SearchPlan::Date& date, std::string_view low,
              std::string_view high) {
  const Comparison comparison = comparison_of(date.prefix);
  std::string text(comparison.text);
  replace_all(text, "LOW", low);
  replace_all(text, "HIGH", high);
  sql.text += text;
  for (const char bound : comparison.bounds) {
    sql.values.emplace_back(bound == 'b' ? date.begin.ms : date.end.ms);
  }
}

void add_dates(SearchSql& sql, const SearchPlan::Dates& dates) {
  sql.text += dates.parameter ? " AND r.rid IN (" : " AND (";
  for (std::size_t i = 0; i < dates.any.size(); ++i) {
    if (dates.parameter) {
      sql.text += i == 0 ? "" : " UNION ALL ";
      sql.text += "SELECT rid FROM date WHERE parameter = ? AND ";
      sql.values.emplace_back(std::int64_t{*dates.parameter});
      add_date(sql, dates.any[i], "low", "high");
    } else {
      sql.text += i == 0 ? "" : " OR ";
      add_date(sql, dates.any[i], "r.last_updated", "(r.last_updated + 1)");
    }
  }
  sql.text += ")";
}

// What the rows are found by: SQLite has no statistics here, and the order of the answer would
// draw it to a scan of the whole type. A leading + keeps a term from choosing an index.
std::string_view source_of(const SearchPlan& plan) {
  if (!plan.ids.empty()) {
    return " FROM resource r WHERE +r.type = ?";
  }
  if (!plan.patients.empty()) {
    return " FROM resource r INDEXED BY resource_patient WHERE r.type = ?";
  }
  if (!plan.tokens.empty()) {
    return " FROM resource r WHERE +r.type = ?";
  }
  return " FROM resource r INDEXED BY resource_id WHERE r.type = ?";
}

SearchSql matching(const SearchPlan& plan, const Resolved& resolved, const std::string* after) {
  SearchSql sql;
  sql.text = source_of(plan);
  sql.values.emplace_back(resolved.type);
  if (after != nullptr) {
    sql.text += plan.ids.empty() && plan.patients.empty() && plan.tokens.empty() ? " AND r.id > ?"
                                                                                 : " AND +r.id > ?";
    sql.values.emplace_back(*after);
  }
  sql.text += " AND r.deleted = 0 AND r.version > 0";
  for (const auto& any : resolved.rids) {
    add_numbers(sql, "r.rid", any);
  }
  for (const auto& any : resolved.patients) {
    add_numbers(sql, "r.patient", any);
  }
  for (const SearchPlan::Tokens& tokens : plan.tokens) {
    add_tokens(sql, tokens);
  }
  for (const SearchPlan::Dates& dates : plan.dates) {
    add_dates(sql, dates);
  }
  sql.text += kVisible;
  return sql;
}

}  // namespace

SearchSql matching_rows(const SearchPlan& plan, const Resolved& resolved) {
  return matching(plan, resolved, nullptr);
}

SearchSql matching_rows_after(const SearchPlan& plan, const Resolved& resolved,
                              std::string_view after) {
  const std::string id(after);
  return matching(plan, resolved, &id);
}

}  // namespace sekisho::query
