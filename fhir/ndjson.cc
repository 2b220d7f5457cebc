#include "fhir/ndjson.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sekisho::fhir {

void for_each_ndjson(std::string_view text,
                     const std::function<void(std::size_t number, Json value)>& line,
                     JsonLimits limits) {
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    ++number;
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view one = text.substr(begin, end - begin);
    if (one.find_first_not_of(" \t\r") != std::string_view::npos) {
      Json value;
      try {
        value = parse_json(one, limits);
      } catch (const JsonError& e) {
        throw JsonError(begin + e.offset(), "line " + std::to_string(number) + ": " + e.reason());
      }
      line(number, std::move(value));
    }
    begin = end + 1;
  }
}

}  // namespace sekisho::fhir
