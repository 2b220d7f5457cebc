#include "adapter/hub/negotiation.h"

#include <algorithm>
#include <string_view>

#include "fhir/text.h"

namespace sekisho::hub {
namespace {

// The parts of a text between separators, trimmed.
std::vector<std::string_view> parts(std::string_view text, char separator) {
  std::vector<std::string_view> found;
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    found.push_back(fhir::trim_blanks(text.substr(0, end)));
    if (end == text.size()) {
      return found;
    }
    text.remove_prefix(end + 1);
  }
}

// Weight 0 ("q=0", "q=0.000") says that the type is not wanted.
bool is_zero(std::string_view weight) {
  return !weight.empty() && weight.front() == '0' &&
         std::all_of(weight.begin(), weight.end(), [](char c) { return c == '0' || c == '.'; });
}

bool parameters_fit(const std::vector<std::string_view>& fields) {
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const std::vector<std::string_view> pair = parts(fields[i], '=');
    if (pair.size() != 2) {
      continue;
    }
    std::string_view value = pair[1];
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    const std::string name = fhir::ascii_lower(pair[0]);
    if (name == "fhirversion" && value != "4.0" && value != "4.0.1") {
      return false;
    }
    if (name == "q" && is_zero(value)) {
      return false;
    }
  }
  return true;
}

bool range_fits(std::string_view range) {
  const std::vector<std::string_view> fields = parts(range, ';');
  const std::string type = fhir::ascii_lower(fields.front());
  return (type == "application/fhir+json" || type == "application/json" ||
          type == "application/*" || type == "*/*") &&
         parameters_fit(fields);
}

bool format_fits(std::string_view format) {
  const std::vector<std::string_view> fields = parts(format, ';');
  const std::string type = fhir::ascii_lower(fields.front());
  // In a query a bare '+' arrives as a space.
  return (type == "json" || type == "application/json" || type == "application/fhir+json" ||
          type == "application/fhir json") &&
         parameters_fit(fields);
}

}  // namespace

bool accepts_json(const std::vector<std::string>& accept, const std::vector<std::string>& formats) {
  if (!formats.empty()) {
    return std::all_of(formats.begin(), formats.end(), format_fits);
  }
  bool any = false;
  for (const std::string& header : accept) {
    for (const std::string_view range : parts(header, ',')) {
      if (!range.empty()) {
        any = true;
        if (range_fits(range)) {
          return true;
        }
      }
    }
  }
  return !any;
}

bool is_form(const std::vector<std::string>& content_types) {
  return content_types.size() == 1 &&
         fhir::ascii_lower(parts(content_types.front(), ';').front()) ==
             "application/x-www-form-urlencoded";
}

bool matches_etag(const std::vector<std::string>& if_none_match, const std::string& etag) {
  for (const std::string& header : if_none_match) {
    for (std::string_view tag : parts(header, ',')) {
      if (tag.substr(0, 2) == "W/") {
        tag.remove_prefix(2);
      }
      if (tag == "*" || tag == etag) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace sekisho::hub
