#include "adapter/platform/windows_path.h"

#include <algorithm>
#include <vector>

// Portable, so that its test runs where the tree is built.
namespace sekisho::platform {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool has_drive(std::string_view path) {
  return path.size() >= 2 && is_letter(path[0]) && path[1] == ':';
}

// Takes the first name off `path`, with the separators after it.
std::string_view take_name(std::string_view& path) {
  const std::string_view name = path.substr(0, path.find('\\'));
  path.remove_prefix(name.size());
  path.remove_prefix(std::min(path.find_first_not_of('\\'), path.size()));
  return name;
}

// What may stand below `root`, with "." and ".." resolved.
std::string below(std::string root, std::string_view path) {
  path.remove_prefix(std::min(path.find_first_not_of('\\'), path.size()));
  std::vector<std::string_view> names;
  while (!path.empty()) {
    const std::string_view name = take_name(path);
    if (name == "..") {
      if (!names.empty()) {
        names.pop_back();
      }
    } else if (name != ".") {
      names.push_back(name);
    }
  }
  for (const std::string_view name : names) {
    (root += '\\') += name;
  }
  if (names.empty()) {
    root += '\\';  // "C:" alone would be the drive's current folder
  }
  return root;
}

std::string long_share(std::string_view path) {
  path.remove_prefix(2);
  std::string root = R"(\\?\UNC\)";
  root += take_name(path);
  root += '\\';
  root += take_name(path);
  return below(std::move(root), path);
}

}  // namespace

std::string long_windows_path(std::string_view path, std::string_view current) {
  // "\??\" is the kernel's own spelling of the long form.
  for (const std::string_view ready : {R"(\\?\)", R"(\\.\)", R"(\??\)"}) {
    if (path.starts_with(ready)) {
      return std::string(path);
    }
  }
  std::string text(path);
  std::replace(text.begin(), text.end(), '/', '\\');
  if (text.starts_with(R"(\\)")) {
    return long_share(text);
  }
  if (has_drive(text)) {
    return text.size() > 2 && text[2] == '\\'
               ? below(R"(\\?\)" + text.substr(0, 2), std::string_view(text).substr(2))
               : std::string(path);
  }
  if (text.empty() || current.empty()) {
    return std::string(path);
  }
  if (text[0] == '\\' && has_drive(current)) {  // "\a": of the current drive
    return long_windows_path(std::string(current.substr(0, 2)) + text, {});
  }
  return long_windows_path(std::string(current) + '\\' + text, {});
}

}  // namespace sekisho::platform
