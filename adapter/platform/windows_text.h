#pragma once

#include <string>
#include <string_view>

namespace sekisho::platform {

// Windows speaks UTF-16; everything of ours is UTF-8. Of what is no UTF-8 or no UTF-16, the wrong
// characters become U+FFFD.
std::wstring wide(std::string_view utf8);
std::string narrow(std::wstring_view utf16);

// A path as every call of Windows takes it, however long: see windows_path.h.
std::wstring wide_path(std::string_view utf8);

// What the system says of an error code, in UTF-8 and without a line end.
std::string windows_message(unsigned long error);

// An Error for a failed call: kNoSpace, kNotFound or kIo by the system's code.
[[noreturn]] void fail_windows(const std::string& where, const char* what, unsigned long error);

}  // namespace sekisho::platform
