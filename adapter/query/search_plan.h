#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fhir/instant.h"
#include "fhir/issue.h"

namespace sekisho::query {

// What a search asks, understood. Each member of a vector of vectors is one parameter: repeated
// parameters are ANDed, the comma-separated values inside one are ORed (R4 search.html).
struct SearchPlan {
  // "code", "system|code", "|code" (no system) and "system|".
  struct Token {
    std::optional<std::string> system;  // nothing: any; "": none
    std::optional<std::string> code;    // nothing: any
  };
  struct Tokens {
    std::uint16_t parameter = 0;  // fhir::SearchParameter::number
    std::vector<Token> any;
  };
  enum class Prefix { kEq, kNe, kGt, kLt, kGe, kLe, kSa, kEb };
  struct Date {
    Prefix prefix = Prefix::kEq;
    fhir::Instant begin, end;  // the range that the value stands for, end excluded
  };
  struct Dates {
    std::optional<std::uint16_t> parameter;  // nothing: _lastUpdated
    std::vector<Date> any;
  };
  enum class Total { kWhenCheap, kNone, kAccurate };

  std::string type;
  std::vector<std::vector<std::string>> ids;  // _id
  std::vector<std::vector<std::string>>
      patients;  // logical ids; "" for what can be no Patient here
  std::vector<Tokens> tokens;
  std::vector<Dates> dates;
  std::size_t count = 0;
  bool count_only = false;  // _count=0
  Total total = Total::kWhenCheap;
  std::string cursor;  // as given; not yet verified
  std::string query;   // the parameters that are used, encoded, without the cursor
};

struct SearchSettings {
  std::string base_url;  // absolute references below it are ours
  std::size_t page_size = 50;
  std::size_t max_page_size = 500;
  // Of SearchPlan::query: the next link, which is asked for by GET, has to hold it (R4 http.html,
  // adapter/http's limit of a target less type and cursor).
  std::size_t max_query = 12 * 1024;
};

// Understands the parameters of a search of a served type. An unknown parameter, modifier or value
// is an Issue, never ignored: a filter that is lost would widen the answer, whatever `Prefer` says
// (fhir-api, Decisions). A known parameter without a value is ignored.
std::variant<SearchPlan, fhir::Issues> search_plan(
    std::string_view type, const std::vector<std::pair<std::string, std::string>>& parameters,
    const SearchSettings& settings);

std::string url_encode(std::string_view text);  // for a query string: all but unreserved

}  // namespace sekisho::query
