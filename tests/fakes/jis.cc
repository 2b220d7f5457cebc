#include "tests/fakes/jis.h"

#include <array>
#include <cstdint>
#include <vector>

#include "connectors/charset.h"
#include "fhir/error.h"

namespace sekisho::fakes {

namespace {

constexpr std::uint16_t kSecondSet = 0x8000;  // of JIS X 0212
constexpr std::size_t kCharacters = 0x10000;

char32_t three_bytes(std::string_view text) {
  const auto b = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  if (text.size() == 2) {
    return ((b(0) & 0x1F) << 6) | (b(1) & 0x3F);
  }
  return text.size() == 3 ? ((b(0) & 0x0F) << 12) | ((b(1) & 0x3F) << 6) | (b(2) & 0x3F) : 0;
}

// The decoder's tables turned round: character to its two bytes.
std::vector<std::uint16_t> build_table() {
  std::vector<std::uint16_t> table(kCharacters, 0);
  for (const bool second_set : {false, true}) {
    for (int first = 0x21; first <= 0x7E; ++first) {
      for (int second = 0x21; second <= 0x7E; ++second) {
        std::string bytes = second_set ? "\x1B$(D" : "\x1B$B";
        bytes += static_cast<char>(first);
        bytes += static_cast<char>(second);
        std::string text;
        connectors::DecodeFindings findings;
        connectors::decode(bytes, connectors::Encoding::kIso2022Jp, text, findings);
        const char32_t c = findings.undecodable.empty() ? three_bytes(text) : 0;
        if (c != 0 && table[c] == 0) {
          table[c] =
              static_cast<std::uint16_t>(first * 256 + second + (second_set ? kSecondSet : 0));
        }
      }
    }
  }
  return table;
}

enum class Set { kAscii, kFirst, kSecond, kKana };

void designate(std::string& out, Set& set, Set wanted) {
  constexpr std::array<std::string_view, 4> kEscapes{"\x1B(B", "\x1B$B", "\x1B$(D", "\x1B(I"};
  if (set != wanted) {
    out += kEscapes[static_cast<std::size_t>(wanted)];
    set = wanted;
  }
}

}  // namespace

std::string to_iso2022jp(std::string_view utf8) {
  static const std::vector<std::uint16_t> kTable = build_table();
  std::string out;
  out.reserve(utf8.size() + utf8.size() / 4);
  Set set = Set::kAscii;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      designate(out, set, Set::kAscii);
      out += utf8[i++];
      continue;
    }
    const std::size_t length = lead >= 0xE0 ? 3 : 2;
    const char32_t c = three_bytes(utf8.substr(i, length));
    i += length;
    const std::uint16_t code = kTable[c];
    if (c >= 0xFF61 && c <= 0xFF9F) {
      designate(out, set, Set::kKana);
      out += static_cast<char>(c - 0xFF61 + 0x21);
    } else if (code != 0) {
      designate(out, set, code >= kSecondSet ? Set::kSecond : Set::kFirst);
      out += static_cast<char>((code & 0x7FFF) >> 8);
      out += static_cast<char>(code & 0xFF);
    } else {
      throw fhir::Error(fhir::ErrorCode::kUnsupported,
                        "storage generator: a list holds a character that JIS does not have: " +
                            std::string(utf8.substr(i - length, length)));
    }
  }
  designate(out, set, Set::kAscii);
  return out;
}

}  // namespace sekisho::fakes
