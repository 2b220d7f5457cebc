#pragma once

#include <string>
#include <string_view>

namespace sekisho::mappings {

// The URI of a coding system that HL7 messages in Japan name in a third component ("JC10"); some
// names choose by the length of the code ("HOT"). Empty for a name that nobody has registered:
// hospital tables (99...) and typing errors.
std::string_view known_coding_system(std::string_view name, std::string_view code);

}  // namespace sekisho::mappings
