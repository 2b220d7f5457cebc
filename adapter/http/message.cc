#include "adapter/http/message.h"

#include <algorithm>
#include <optional>

#include "fhir/text.h"

namespace sekisho::http {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return static_cast<unsigned>(c - 'a' + 10);
  }
  if (c >= 'A' && c <= 'F') {
    return static_cast<unsigned>(c - 'A' + 10);
  }
  return std::nullopt;
}

bool decode(std::string_view text, bool plus_is_space, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
      const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
      if (!high || !low) {
        return false;
      }
      out += static_cast<char>(*high << 4 | *low);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out.find('\0') == std::string::npos && fhir::is_valid_utf8(out);
}

bool equal_names(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::vector<std::string> Request::header(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [given, value] : headers) {
    if (equal_names(given, name)) {
      values.push_back(value);
    }
  }
  return values;
}

bool parse_form(std::string_view text, Fields& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) {
      continue;
    }
    const std::size_t equals = std::min(item.find('='), item.size());
    std::pair<std::string, std::string> field;
    if (!decode(item.substr(0, equals), true, field.first) ||
        (equals < item.size() && !decode(item.substr(equals + 1), true, field.second))) {
      return false;
    }
    out.push_back(std::move(field));
  }
  return true;
}

void decode_target(std::string_view target, Request& request) {
  const std::size_t question = std::min(target.find('?'), target.size());
  if (question < target.size()) {
    request.raw_query = target.substr(question + 1);
  }
  if (!decode(target.substr(0, question), false, request.path) ||
      !parse_form(request.raw_query, request.query)) {
    request.undecodable = true;
    request.path.clear();
    request.query.clear();
  }
}

}  // namespace sekisho::http
