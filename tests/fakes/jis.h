#pragma once

#include <string>
#include <string_view>

namespace sekisho::fakes {

// UTF-8 as a hospital system writes ISO-2022-JP: JIS X 0208 with the NEC rows, JIS X 0212 for what
// is not there, half-width kana by ESC ( I, back to ASCII before every ASCII character. Throws
// Error for a character that none of them has: the lists are ours.
std::string to_iso2022jp(std::string_view utf8);

}  // namespace sekisho::fakes
