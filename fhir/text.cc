#include "fhir/text.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "fhir/check.h"

namespace sekisho::fhir {

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

icu::UnicodeString from_utf8(std::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

const icu::Normalizer2& found(const icu::Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = get(status);
  check(U_SUCCESS(status) != 0, "ICU has its normalisation data");
  return *form;
}

// Looked up once: who comes later waits here and not inside ICU, which ThreadSanitizer cannot see.
const icu::Normalizer2& nfkc_form() {
  static const icu::Normalizer2& form = found(icu::Normalizer2::getNFKCInstance);
  return form;
}

const icu::Normalizer2& nfd_form() {
  static const icu::Normalizer2& form = found(icu::Normalizer2::getNFDInstance);
  return form;
}

const icu::Normalizer2& case_folding_form() {
  static const icu::Normalizer2& form = found(icu::Normalizer2::getNFKCCasefoldInstance);
  return form;
}

icu::UnicodeString normalized(const icu::UnicodeString& text, const icu::Normalizer2& form) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString out = form.normalize(text, status);
  check(U_SUCCESS(status) != 0, "ICU cannot normalise");
  return out;
}

bool is_half_width_kana(UChar32 c) { return c >= 0xFF61 && c <= 0xFF9F; }

// U+3041..3096 and the two iteration marks lie 0x60 below their katakana.
UChar32 katakana_of(UChar32 c) {
  const bool hiragana = (c >= 0x3041 && c <= 0x3096) || c == 0x309D || c == 0x309E;
  return hiragana ? c + 0x60 : c;
}

UChar32 large_kana_of(UChar32 c) {
  switch (c) {
    case 0x30A1:  // a
    case 0x30A3:  // i
    case 0x30A5:  // u
    case 0x30A7:  // e
    case 0x30A9:  // o
    case 0x30C3:  // tsu
    case 0x30E3:  // ya
    case 0x30E5:  // yu
    case 0x30E7:  // yo
    case 0x30EE:  // wa
      return c + 1;
    case 0x30F5:  // ka
      return 0x30AB;
    case 0x30F6:  // ke
      return 0x30B1;
    default:
      break;
  }
  // The small kana of Ainu, U+31F0..31FF.
  static constexpr UChar32 kAinu[] = {0x30AF, 0x30B7, 0x30B9, 0x30C8, 0x30CC, 0x30CF,
                                      0x30D2, 0x30D5, 0x30D8, 0x30DB, 0x30E0, 0x30E9,
                                      0x30EA, 0x30EB, 0x30EC, 0x30ED};
  return c >= 0x31F0 && c <= 0x31FF ? kAinu[c - 0x31F0] : c;
}

// What is written for a hyphen or a long vowel: dashes, minus, rules of box drawing, wave dashes.
bool is_hyphen_or_long_vowel(UChar32 c) {
  return c == '-' || c == '~' || (c >= 0x2010 && c <= 0x2015) || c == 0x2043 || c == 0x2212 ||
         c == 0x2500 || c == 0x2501 || c == 0x301C || c == 0x30FC;
}

bool is_middle_dot(UChar32 c) {
  return c == 0x00B7 || c == 0x2022 || c == 0x2027 || c == 0x2219 || c == 0x22C5 || c == 0x30FB;
}

// What people write or leave out in a foreign name: O'Brien, St. John, Smith, John.
bool is_mark_of_names(UChar32 c) {
  return c == '.' || c == ',' || c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 ||
         c == 0x02BC || c == 0x3001 || c == 0x3002;
}

// A letter of Europe without its accent: registers and passports leave it out.
UChar32 bare_letter_of(UChar32 c) {
  const bool accented = (c >= 0xC0 && c <= 0x24F) || (c >= 0x1E00 && c <= 0x1EFF);
  icu::UnicodeString parts;
  if (!accented || !nfd_form().getDecomposition(c, parts)) {
    return c;
  }
  const UChar32 base = parts.char32At(0);
  return base >= 'a' && base <= 'z' ? base : c;
}

}  // namespace

std::string nfkc(std::string_view text) {
  return is_ascii(text) ? std::string(text) : to_utf8(normalized(from_utf8(text), nfkc_form()));
}

std::string katakana(std::string_view text) {
  if (is_ascii(text)) {
    return std::string(text);
  }
  const icu::UnicodeString in = from_utf8(text);
  icu::UnicodeString out;
  for (std::int32_t i = 0; i < in.length();) {
    std::int32_t end = i;  // a run of half-width kana: its sound marks join the kana before them
    while (end < in.length() && is_half_width_kana(in.charAt(end))) {
      ++end;
    }
    if (end > i) {
      out.append(normalized(icu::UnicodeString(in, i, end - i), nfkc_form()));
      i = end;
      continue;
    }
    const UChar32 c = in.char32At(i);
    out.append(katakana_of(c));
    i = in.moveIndex32(i, 1);
  }
  return to_utf8(out);
}

std::string upper(std::string_view text) {
  return to_utf8(from_utf8(text).toUpper(icu::Locale::getRoot()));
}

std::string lower(std::string_view text) {
  return to_utf8(from_utf8(text).toLower(icu::Locale::getRoot()));
}

std::string trim(std::string_view text) {
  constexpr std::string_view kAscii = " \t\n\v\f\r";
  constexpr std::string_view kIdeographic = "\xE3\x80\x80";
  for (;;) {
    if (!text.empty() && kAscii.find(text.front()) != std::string_view::npos) {
      text.remove_prefix(1);
    } else if (text.starts_with(kIdeographic)) {
      text.remove_prefix(kIdeographic.size());
    } else {
      break;
    }
  }
  for (;;) {
    if (!text.empty() && kAscii.find(text.back()) != std::string_view::npos) {
      text.remove_suffix(1);
    } else if (text.ends_with(kIdeographic)) {
      text.remove_suffix(kIdeographic.size());
    } else {
      break;
    }
  }
  return std::string(text);
}

std::string fold_for_identity(std::string_view text) {
  // Also without case, and without what shows as nothing (zero-width, variation selectors).
  const icu::UnicodeString in = normalized(from_utf8(text), case_folding_form());
  icu::UnicodeString out;
  for (std::int32_t i = 0; i < in.length(); i = in.moveIndex32(i, 1)) {
    const UChar32 c = bare_letter_of(large_kana_of(katakana_of(in.char32At(i))));
    if (u_isUWhiteSpace(c) != 0 || is_middle_dot(c) || is_mark_of_names(c)) {
      continue;
    }
    out.append(is_hyphen_or_long_vowel(c) ? UChar32{0x30FC} : c);
  }
  return to_utf8(out);
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

// The well-formed byte sequences of the Unicode Standard, table 3-7.
bool is_valid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return byte(i) >= low && byte(i) <= high;
  };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    if (lead < 0x80) {
      i += 1;
    } else if (lead >= 0xC2 && lead <= 0xDF && within(i + 1, 0x80, 0xBF)) {
      i += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF && within(i + 2, 0x80, 0xBF) &&
               within(i + 1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF)) {
      i += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4 && within(i + 2, 0x80, 0xBF) &&
               within(i + 3, 0x80, 0xBF) &&
               within(i + 1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace sekisho::fhir
