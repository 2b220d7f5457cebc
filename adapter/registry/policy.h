#pragma once

#include <string>
#include <string_view>

namespace sekisho::registry {

// The legal bases that are built in and on from installation (release-decision 4.1): jisedai52 and
// jisedai57, as the text whose SHA-256 is the journal's first policy event. The decision's code
// implements exactly this; who changes one changes the other.
std::string_view built_in_policies();
std::string built_in_policy_hash();  // 64 hexadecimal characters

// The track of a basis that is on; empty for any other.
std::string_view track_of_basis(std::string_view basis);

}  // namespace sekisho::registry
