#include "mappings/value.h"

namespace sekisho::mappings {
namespace {

constexpr std::string_view kWideSpace = "\xE3\x80\x80";

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

std::string_view trimmed(std::string_view text) {
  for (bool again = true; again;) {
    again = false;
    if (!text.empty() && is_space(text.front())) {
      text.remove_prefix(1);
      again = true;
    } else if (text.starts_with(kWideSpace)) {
      text.remove_prefix(kWideSpace.size());
      again = true;
    }
    if (!text.empty() && is_space(text.back())) {
      text.remove_suffix(1);
      again = true;
    } else if (text.ends_with(kWideSpace)) {
      text.remove_suffix(kWideSpace.size());
      again = true;
    }
  }
  return text;
}

bool is_blank(std::string_view text) { return trimmed(text).empty(); }

std::string clean(std::string_view text) {
  text = trimmed(text);
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
      out.push_back(c);
    } else if (is_space(c) && !out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  return out;
}

}  // namespace sekisho::mappings
