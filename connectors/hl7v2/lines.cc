#include "connectors/hl7v2/lines.h"

#include <algorithm>
#include <array>

namespace sekisho::connectors::hl7v2 {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return upper(c) || (c >= 'a' && c <= 'z'); }

bool ends_line(char c) { return c < ' ' && (c == '\r' || c == '\n' || c == '\x0B' || c == '\x1C'); }
bool blank(char c) { return c == '\0' || c == ' ' || c == '\t'; }

bool separator(char c) { return c > ' ' && c < '\x7F' && !letter(c) && !digit(c); }

bool same_letters(std::string_view text, std::string_view upper_name) {
  return text.size() >= upper_name.size() &&
         std::equal(upper_name.begin(), upper_name.end(), text.begin(), [](char want, char have) {
           return want == (have >= 'a' && have <= 'z' ? static_cast<char>(have - 'a' + 'A') : have);
         });
}

}  // namespace

LineReader::LineReader(std::string_view bytes) : bytes_(bytes) {
  if (bytes_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    at_ = kByteOrderMark.size();
  }
}

std::optional<Line> LineReader::next() {
  Line line;
  std::size_t feeds = 0;
  std::size_t others = first_ ? 1 : 0;
  for (; at_ < bytes_.size() && (ends_line(bytes_[at_]) || blank(bytes_[at_])); ++at_) {
    const char c = bytes_[at_];
    if (c == '\n') {
      ++feeds;
    } else if (c != '\0' && !blank(c)) {
      ++others;
      line.frame_before = line.frame_before || c != '\r';
    }
  }
  if (at_ == bytes_.size()) {
    return std::nullopt;
  }
  line.line_feed_before = feeds > 0 && others == 0;
  line.begin = at_;
  at_ = static_cast<std::size_t>(
      std::find_if(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), bytes_.end(), ends_line) -
      bytes_.begin());
  line.end = at_;
  while (bytes_[line.end - 1] == '\0') {
    --line.end;
  }
  first_ = false;
  return line;
}

bool starts_header(std::string_view line, std::string_view name) {
  return line.size() > name.size() && same_letters(line, name) && separator(line[name.size()]);
}

bool is_envelope(std::string_view line) {
  constexpr std::array<std::string_view, 4> kNames{"FHS", "BHS", "BTS", "FTS"};
  return std::any_of(kNames.begin(), kNames.end(), [line](std::string_view name) {
    return line == name || starts_header(line, name);
  });
}

std::size_t find_header(std::string_view line) {
  for (std::size_t at = line.find("MSH"); at != std::string_view::npos;
       at = line.find("MSH", at + 1)) {
    const std::string_view rest = line.substr(at);
    if (rest.size() > 6 && starts_header(rest, "MSH") && separator(rest[4]) && separator(rest[5]) &&
        rest.find(rest[3], 4) != std::string_view::npos) {
      return at;
    }
  }
  return std::string_view::npos;
}

bool looks_like_segment(std::string_view line, char field_separator) {
  const std::string_view name = line.substr(0, line.find(field_separator));
  const bool named =
      !name.empty() && name.size() <= 3 && letter(name[0]) &&
      std::all_of(name.begin(), name.end(), [](char c) { return letter(c) || digit(c); });
  if (name.size() < line.size()) {
    return named;
  }
  return named && name.size() == 3 &&
         std::none_of(name.begin(), name.end(), [](char c) { return letter(c) && !upper(c); });
}

}  // namespace sekisho::connectors::hl7v2
