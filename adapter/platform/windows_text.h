#pragma once

#include <string>
#include <string_view>

#include "fhir/error.h"

namespace sekisho::platform {

// Windows speaks UTF-16; everything of ours is UTF-8.
std::wstring wide(std::string_view utf8);
std::string narrow(std::wstring_view utf16);

// An Error for a failed call: kNoSpace, kNotFound or kIo by the system's code.
[[noreturn]] void fail_windows(const std::string& where, const char* what, unsigned long error);

}  // namespace sekisho::platform
