#pragma once

#include <string>
#include <string_view>

namespace sekisho::platform {

// The form of a path for which Windows has no limit of 260 characters and no special names:
// "C:\a\b" becomes "\\?\C:\a\b", "\\server\share\a" becomes "\\?\UNC\server\share\a". What Windows
// would do itself with the short form is done here, because nothing is done with the long one: "/"
// becomes "\", "." and ".." are resolved (never above the drive or share), and a relative path goes
// below `current`, a full path. UTF-8. A path that is long already, a device ("\\.\pipe\x") and a
// path relative to the current folder of a drive ("C:a") stay as they are.
std::string long_windows_path(std::string_view path, std::string_view current);

}  // namespace sekisho::platform
