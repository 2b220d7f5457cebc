#include "connectors/hl7v2/header.h"

#include <algorithm>
#include <array>

namespace sekisho::connectors::hl7v2 {

namespace {

constexpr std::array<std::string_view, 2> kWideEscapes{"\xC2\xA5",
                                                       "\xEF\xBC\xBC"};  // U+00A5 U+FF3C

bool usable(char c) {
  const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return c > ' ' && c < '\x7F' && !letter && !(c >= '0' && c <= '9');
}

// MSH-2 as at most four characters, a wide escape character as '\\'.
std::string encoding_characters(std::string_view field, HeaderFindings& findings) {
  std::string characters;
  while (!field.empty() && characters.size() < 4) {
    std::size_t length = 1;
    char c = field[0];
    for (const std::string_view wide : kWideEscapes) {
      if (field.substr(0, wide.size()) == wide) {
        findings.wide_escape = wide;
        length = wide.size();
        c = '\\';
      }
    }
    characters += c;
    field.remove_prefix(length);
  }
  return characters;
}

}  // namespace

Separators read_separators(std::string_view header, HeaderFindings& findings) {
  Separators separators;
  if (header.size() < 4) {
    return separators;
  }
  separators.field = header[3];
  const std::string_view rest = header.substr(4);
  std::string given = encoding_characters(rest.substr(0, rest.find(separators.field)), findings);
  if (given.size() < 4) {
    findings.problems.push_back("MSH-2 has fewer than four characters; the usual ones stand in");
  }
  // "^~&": an escape character left out is likelier than '&' for it.
  if (given.size() == 3 && given[2] == '&') {
    given.insert(2, 1, '\\');
  }
  const std::array<char*, 4> places{&separators.component, &separators.repetition,
                                    &separators.escape, &separators.subcomponent};
  std::string taken(1, separators.field);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i < given.size()) {
      if (usable(given[i]) && taken.find(given[i]) == std::string::npos) {
        *places[i] = given[i];
      } else {
        findings.problems.push_back(
            "MSH-2 names a character that cannot separate, or one twice; the usual one stands in");
      }
    }
    taken += *places[i];
  }
  return separators;
}

}  // namespace sekisho::connectors::hl7v2
