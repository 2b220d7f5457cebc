#include "adapter/registry/csv.h"

#include <algorithm>
#include <utility>

namespace sekisho::registry {
namespace {

void read_fields(CsvLine& line) {
  std::string_view rest = line.raw;
  while (true) {
    std::string field;
    if (!rest.empty() && rest.front() == '"') {
      rest.remove_prefix(1);
      bool closed = false;
      while (!rest.empty() && !closed) {
        if (rest.front() != '"') {
          field += rest.front();
          rest.remove_prefix(1);
        } else if (rest.size() > 1 && rest[1] == '"') {
          field += '"';
          rest.remove_prefix(2);
        } else {
          rest.remove_prefix(1);
          closed = true;
        }
      }
      if (!closed) {
        line.error = "a quote is not closed";
      } else if (!rest.empty() && rest.front() != ',') {
        line.error = "something follows a closing quote";
      }
    }
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view plain = rest.substr(0, comma);
    if (plain.find('"') != std::string_view::npos) {
      line.error = "a quote stands inside a field";
    }
    field += plain;
    line.fields.push_back(std::move(field));
    if (comma == rest.size()) {
      break;
    }
    rest.remove_prefix(comma + 1);
  }
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; };
  if (std::any_of(line.raw.begin(), line.raw.end(), control)) {
    line.error = "it holds a control character";
  }
}

}  // namespace

std::vector<CsvLine> read_csv(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::vector<CsvLine> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t feed = std::min(text.find('\n'), text.size());
    CsvLine line;
    line.number = number;
    line.raw = text.substr(0, feed);
    if (!line.raw.empty() && line.raw.back() == '\r') {
      line.raw.remove_suffix(1);
    }
    text.remove_prefix(std::min(feed + 1, text.size()));
    if (line.raw.find_first_not_of(" \t") != std::string_view::npos) {
      read_fields(line);
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

}  // namespace sekisho::registry
