#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/query/search_plan.h"
#include "fhir/check.h"

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
  using namespace sekisho;
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
  fhir::check(plan.count >= 1 && plan.count <= settings.max_page_size, "the page size is bounded");
  for (const char c : plan.query) {
    fhir::check(c > ' ' && c < '\x7F' && c != '"' && c != '<', "the query is encoded");
  }
  return 0;
}
