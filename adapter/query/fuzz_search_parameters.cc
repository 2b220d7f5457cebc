#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapter/query/search_plan.h"
#include "adapter/query/search_sql.h"
#include "adapter/store/schema.h"
#include "fhir/check.h"

namespace {

using namespace sekisho;

// An empty store in memory, made once. Everything in it is visible.
sqlite3* empty_store() {
  static sqlite3* const database = [] {
    sqlite3* made = nullptr;
    sqlite3_open(":memory:", &made);
    const std::string schema(store::kSchema);
    fhir::check(sqlite3_exec(made, schema.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK,
                "the schema is SQL");
    sqlite3_create_function(
        made, "visible", 11, SQLITE_UTF8, nullptr,
        [](sqlite3_context* call, int, sqlite3_value**) { sqlite3_result_int(call, 1); }, nullptr,
        nullptr);
    return made;
  }();
  return database;
}

// A plan is a statement that SQLite takes, whose marks are as many as its values.
void check_sql(const query::SearchPlan& plan) {
  query::Resolved resolved;
  for (const auto& any : plan.ids) {
    resolved.rids.emplace_back(any.size(), -1);
  }
  for (const auto& any : plan.patients) {
    resolved.patients.emplace_back(any.size(), -1);
  }
  const query::SearchSql sql = query::matching_rows_after(plan, resolved, "x");
  sqlite3_stmt* prepared = nullptr;
  const int result = sqlite3_prepare_v2(empty_store(), ("SELECT count(*)" + sql.text).c_str(), -1,
                                        &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared,
                                                                             sqlite3_finalize);
  fhir::check(result == SQLITE_OK, "a plan is a statement");
  fhir::check(static_cast<std::size_t>(sqlite3_bind_parameter_count(prepared)) == sql.values.size(),
              "a value for each mark");
}

}  // namespace

// Input: the type, then a parameter a line, name and value parted by the first '='. Whatever comes,
// there is a plan or at least one Issue, and never a filter that was given and is in neither.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto next_line = [&rest] {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
  };
  const std::string_view type = next_line();
  std::vector<std::pair<std::string, std::string>> parameters;
  std::size_t filters = 0;
  while (!rest.empty()) {
    const std::string_view text = next_line();
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1);
    parameters.emplace_back(name, value);
    if (!value.empty() && name != "_count" && name != "_total" && name != "_cursor") {
      ++filters;
    }
  }
  query::SearchSettings settings;
  settings.base_url = "https://hospital.example/fhir";
  const auto understood = query::search_plan(type, parameters, settings);
  if (const auto* issues = std::get_if<fhir::Issues>(&understood)) {
    fhir::check(!issues->empty(), "a refused search says why");
    return 0;
  }
  const auto& plan = std::get<query::SearchPlan>(understood);
  fhir::check(
      plan.ids.size() + plan.patients.size() + plan.tokens.size() + plan.dates.size() == filters,
      "every filter is in the plan");
  fhir::check(plan.query.size() <= settings.max_query, "a link can hold the query");
  fhir::check(plan.count >= 1 && plan.count <= settings.max_page_size, "the page size is bounded");
  for (const char c : plan.query) {
    fhir::check(c > ' ' && c < '\x7F' && c != '"' && c != '<', "the query is encoded");
  }
  check_sql(plan);
  return 0;
}
