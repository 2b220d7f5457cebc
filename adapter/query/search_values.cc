#include "adapter/query/search_values.h"

#include <array>
#include <utility>

#include "fhir/date_time.h"
#include "fhir/resource.h"

namespace sekisho::query {

namespace {

bool is_escapable(char c) { return c == ',' || c == '|' || c == '$' || c == '\\'; }

// The first `separator` that is not escaped.
std::size_t find_bare(std::string_view text, char separator) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == separator) {
      return i;
    }
  }
  return std::string_view::npos;
}

bool escapes_hold(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
      if (i == text.size() || !is_escapable(text[i])) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

std::optional<std::vector<std::string>> split_values(std::string_view text) {
  if (!escapes_hold(text)) {
    return std::nullopt;
  }
  std::vector<std::string> values;
  while (true) {
    const std::size_t comma = find_bare(text, ',');
    const std::string_view value = text.substr(0, comma);
    if (value.empty()) {
      return std::nullopt;
    }
    values.emplace_back(value);
    if (comma == std::string_view::npos) {
      return values;
    }
    text.remove_prefix(comma + 1);
  }
}

std::string unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && is_escapable(text[i + 1])) {
      ++i;
    }
    out += text[i];
  }
  return out;
}

std::optional<SearchPlan::Token> read_token(std::string_view text) {
  SearchPlan::Token token;
  const std::size_t pipe = find_bare(text, '|');
  if (pipe == std::string_view::npos) {
    token.code = unescape(text);
    return token;
  }
  const std::string_view code = text.substr(pipe + 1);
  if ((pipe == 0 && code.empty()) || find_bare(code, '|') != std::string_view::npos) {
    return std::nullopt;
  }
  token.system = unescape(text.substr(0, pipe));
  if (!code.empty()) {
    token.code = unescape(code);
  }
  return token;
}

std::optional<SearchPlan::Date> read_date(std::string_view text) {
  using Prefix = SearchPlan::Prefix;
  constexpr std::array<std::pair<std::string_view, Prefix>, 8> kPrefixes = {{
      {"eq", Prefix::kEq},
      {"ne", Prefix::kNe},
      {"gt", Prefix::kGt},
      {"lt", Prefix::kLt},
      {"ge", Prefix::kGe},
      {"le", Prefix::kLe},
      {"sa", Prefix::kSa},
      {"eb", Prefix::kEb},
  }};
  SearchPlan::Date date;
  for (const auto& [name, prefix] : kPrefixes) {
    if (text.substr(0, 2) == name) {
      date.prefix = prefix;
      text.remove_prefix(2);
      break;
    }
  }
  const std::optional<fhir::DateTime> value = fhir::parse_date_time(text);
  if (!value) {
    return std::nullopt;
  }
  date.begin = value->begin;
  date.end = value->end;
  return date;
}

std::optional<std::string> read_patient(std::string_view text, std::string_view base_url) {
  if (fhir::is_logical_id(text)) {
    return std::string(text);
  }
  const std::optional<fhir::Reference> reference = fhir::parse_reference(text);
  if (!reference) {
    return std::nullopt;
  }
  const std::string relative = reference->type + "/" + reference->id;
  const bool ours = text == relative || text == std::string(base_url) + "/" + relative;
  return ours && reference->type == "Patient" ? reference->id : std::string();
}

}  // namespace sekisho::query
