#include <algorithm>
#include <optional>

#include "connectors/charset.h"
#include "connectors/hl7v2/message.h"

namespace sekisho::connectors::hl7v2 {

namespace {

constexpr std::size_t kMostBreaks = 20;  // of \.sp<n>\ and \.sk<n>\, so that n is no amplifier

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char upper = static_cast<char>(c & ~0x20);
  return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

// \X0D0A\: text only if it is whole bytes and well-formed UTF-8 without control characters other
// than tab, CR and LF; else the sequence stays as it stands.
std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    const char byte = static_cast<char>(high * 16 + low);
    if (static_cast<unsigned char>(byte) < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') {
      return std::nullopt;
    }
    bytes += byte;
  }
  if (has_high_byte(bytes) && fit(bytes, Encoding::kUtf8).bad != 0) {
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::size_t> count_of(std::string_view digits) {
  std::size_t count = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    count = std::min(count * 10 + static_cast<std::size_t>(c - '0'), kMostBreaks);
  }
  return digits.empty() ? 1 : std::max<std::size_t>(count, 1);
}

// Formatting commands of FT: what makes a line or a space becomes one, what only styles vanishes.
std::optional<std::string> formatting(std::string_view command) {
  const std::string_view kind = command.substr(0, 3);
  std::string_view number = command.substr(std::min<std::size_t>(3, command.size()));
  if (!number.empty() && (number[0] == '+' || number[0] == '-' || number[0] == ' ')) {
    number.remove_prefix(1);
  }
  const std::optional<std::size_t> count = count_of(number);
  if (!count) {
    return std::nullopt;
  }
  if (kind == ".br" || kind == ".ce") {
    return std::string("\n");
  }
  if (kind == ".sp") {
    return std::string(*count, '\n');
  }
  if (kind == ".sk") {
    return std::string(*count, ' ');
  }
  if (kind == ".in" || kind == ".ti" || kind == ".fi" || kind == ".nf") {
    return std::string();
  }
  return std::nullopt;
}

std::optional<std::string> meaning(std::string_view sequence, const Separators& separators) {
  if (sequence.size() == 1) {
    switch (sequence[0]) {
      case 'F':
        return std::string(1, separators.field);
      case 'S':
        return std::string(1, separators.component);
      case 'T':
        return std::string(1, separators.subcomponent);
      case 'R':
        return std::string(1, separators.repetition);
      case 'E':
        return std::string(1, separators.escape);
      case 'P':
        return std::string("#");  // the truncation character of v2.7
      case 'H':
      case 'N':
        return std::string();
      default:
        return std::nullopt;
    }
  }
  if (!sequence.empty() && sequence[0] == '.') {
    return formatting(sequence);
  }
  if (!sequence.empty() && sequence[0] == 'X') {
    return from_hex(sequence.substr(1));
  }
  return std::nullopt;
}

// Something between two escape characters that was meant as a sequence, so that its closing
// character does not open the next one: \Z99\, \C2842\, \M..\, and hexadecimal that is no text.
bool looks_like_sequence(std::string_view text) {
  return !text.empty() &&
         (text[0] == 'Z' || text[0] == 'C' || text[0] == 'M' || text[0] == 'X' || text[0] == '.') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '.' || c == '+' || c == '-';
         });
}

}  // namespace

std::string unescape(std::string_view raw, const Separators& separators) {
  std::size_t open = raw.find(separators.escape);
  if (open == std::string_view::npos) {
    return std::string(raw);
  }
  std::string text;
  text.reserve(raw.size());
  std::size_t from = 0;
  while (open != std::string_view::npos) {
    text.append(raw, from, open - from);
    from = open;
    const std::size_t close = raw.find(separators.escape, open + 1);
    if (close == std::string_view::npos) {
      break;
    }
    const std::string_view sequence = raw.substr(open + 1, close - open - 1);
    if (const std::optional<std::string> decoded = meaning(sequence, separators)) {
      text += *decoded;
      from = close + 1;
    } else if (looks_like_sequence(sequence)) {
      text.append(raw, open, close - open + 1);
      from = close + 1;
    } else {
      text += separators.escape;
      from = open + 1;
    }
    open = raw.find(separators.escape, from);
  }
  text.append(raw, from);
  return text;
}

}  // namespace sekisho::connectors::hl7v2
