#pragma once

#include <string>
#include <string_view>

namespace sekisho::fhir {

// Text folding in UTF-8. What goes through ICU has U+FFFD in place of ill-formed bytes; ASCII and
// what is only cut stay as they are.

std::string nfkc(std::string_view text);
std::string katakana(std::string_view text);  // hiragana to katakana, half-width kana to full
std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string trim(std::string_view text);  // ASCII white space and U+3000 at both ends

// For matching identities only, never for output (release-decision 4.6): NFKC, katakana, no spaces,
// middle dots, commas, full stops or apostrophes, hyphen and long-vowel variants unified, small
// kana as large, letters without case and accents.
std::string fold_for_identity(std::string_view text);

// HTTP's notions (RFC 9110 5.6.3): spaces and tabs at both ends, and ASCII letters alone.
std::string_view trim_blanks(std::string_view text);
std::string ascii_lower(std::string_view text);

bool is_valid_utf8(std::string_view text);

}  // namespace sekisho::fhir
