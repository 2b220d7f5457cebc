#include <windows.h>

#include <system_error>

#include "adapter/platform/windows_text.h"

namespace sekisho::platform {

using fhir::Error;
using fhir::ErrorCode;

std::wstring wide(std::string_view utf8) {
  if (utf8.empty()) {
    return {};
  }
  const int length = static_cast<int>(utf8.size());
  const int needed = MultiByteToWideChar(CP_UTF8, 0, utf8.data(), length, nullptr, 0);
  std::wstring text(static_cast<std::size_t>(needed), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, utf8.data(), length, text.data(), needed);
  return text;
}

std::string narrow(std::wstring_view utf16) {
  if (utf16.empty()) {
    return {};
  }
  const int length = static_cast<int>(utf16.size());
  const int needed =
      WideCharToMultiByte(CP_UTF8, 0, utf16.data(), length, nullptr, 0, nullptr, nullptr);
  std::string text(static_cast<std::size_t>(needed), '\0');
  WideCharToMultiByte(CP_UTF8, 0, utf16.data(), length, text.data(), needed, nullptr, nullptr);
  return text;
}

void fail_windows(const std::string& where, const char* what, unsigned long error) {
  const std::string text =
      where + ": " + what + ": " + std::system_category().message(static_cast<int>(error));
  if (error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL) {
    throw Error(ErrorCode::kNoSpace, text + "; free some space on this disk");
  }
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) {
    throw Error(ErrorCode::kNotFound, text);
  }
  throw Error(ErrorCode::kIo, text);
}

}  // namespace sekisho::platform
