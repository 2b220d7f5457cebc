#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "fhir/json.h"

namespace sekisho::fhir {

namespace {

// What follows the backslash for a byte that needs escaping: itself, a letter, 'u' for \u00XX; 0
// for a byte that stands as it is.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> escapes{};
  for (std::size_t i = 0; i < 0x20; ++i) {
    escapes[i] = 'u';
  }
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  return escapes;
}
constexpr std::array<char, 256> kEscapes = make_escapes();

// Has no byte that needs escaping; eight bytes at a time.
bool is_plain(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof word);
    const std::uint64_t below_space = (word - kOnes * 0x20) & ~word & kHighs;
    if ((below_space | has_zero(word ^ (kOnes * '"')) | has_zero(word ^ (kOnes * '\\'))) != 0) {
      return false;
    }
  }
  for (; i < text.size(); ++i) {
    if (kEscapes[static_cast<unsigned char>(text[i])] != 0) {
      return false;
    }
  }
  return true;
}

// One writer for both layouts: `indent` is 0 for compact text.
class Writer {
 public:
  Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void write(const Json& value) {
    if (const auto* text = value.get<std::string>()) {
      write_json_string(*text, out_);
    } else if (const auto* number = value.get<Number>()) {
      out_ += number->text;
    } else if (const auto* truth = value.get<bool>()) {
      out_ += *truth ? "true" : "false";
    } else if (const auto* items = value.get<Json::Array>()) {
      write_items(*items);
    } else if (const auto* members = value.get<Json::Object>()) {
      write_members(*members);
    } else {
      out_ += "null";
    }
  }

 private:
  void write_items(const Json::Array& items) {
    begin('[');
    bool first = true;
    for (const Json& item : items) {
      next(first);
      write(item);
    }
    end(']', first);
  }

  void write_members(const Json::Object& members) {
    begin('{');
    bool first = true;
    for (const Json::Member& member : members) {
      next(first);
      write_json_string(member.name, out_);
      out_ += pretty_ ? ": " : ":";
      write(member.value);
    }
    end('}', first);
  }

  void begin(char bracket) {
    out_ += bracket;
    ++depth_;
  }

  void next(bool& first) {
    if (!first) {
      out_ += ',';
    }
    first = false;
    line();
  }

  void end(char bracket, bool empty) {
    --depth_;
    if (!empty) {
      line();
    }
    out_ += bracket;
  }

  void line() {
    if (pretty_) {
      out_ += '\n';
      out_.append(2 * depth_, ' ');
    }
  }

  std::string& out_;
  bool pretty_;
  std::size_t depth_ = 0;
};

}  // namespace

void write_json_string(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (is_plain(text)) {  // nearly all: one look at the room in `out` for the three parts
    const std::size_t before = out.size();
    out.resize(before + text.size() + 2);
    char* at = out.data() + before;
    *at = '"';
    std::copy(text.begin(), text.end(), at + 1);
    at[text.size() + 1] = '"';
    return;
  }
  out += '"';
  std::size_t kept = 0;  // everything before it is written
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = kEscapes[byte];
    if (escape == 0) {
      continue;
    }
    out.append(text, kept, i - kept);
    kept = i + 1;
    out += '\\';
    out += escape;
    if (escape == 'u') {
      out += "00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  out.append(text, kept, text.size() - kept);
  out += '"';
}

void write_json(const Json& value, std::string& out) { Writer(out, false).write(value); }

std::string write_json(const Json& value) {
  std::string out;
  write_json(value, out);
  return out;
}

std::string write_json_pretty(const Json& value) {
  std::string out;
  Writer(out, true).write(value);
  return out;
}

}  // namespace sekisho::fhir
