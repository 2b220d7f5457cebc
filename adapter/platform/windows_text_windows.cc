#include <windows.h>

#include "adapter/platform/windows_path.h"
#include "adapter/platform/windows_text.h"
#include "fhir/error.h"

namespace sekisho::platform {

using fhir::Error;
using fhir::ErrorCode;

namespace {

constexpr DWORD kDiskQuotaExceeded = 1295;  // mingw's winerror.h lacks its name

std::string current_folder() {
  std::wstring folder;
  DWORD length = GetCurrentDirectoryW(0, nullptr);
  while (length > folder.size()) {  // another thread may change it in between
    folder.resize(length);
    length = GetCurrentDirectoryW(static_cast<DWORD>(folder.size()), folder.data());
  }
  folder.resize(length);
  return narrow(folder);
}

}  // namespace

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

std::wstring wide_path(std::string_view utf8) {
  return wide(long_windows_path(utf8, current_folder()));
}

std::string windows_message(unsigned long error) {
  // The C++ library would give it in the code page of the machine.
  wchar_t text[512];
  const DWORD length = FormatMessageW(
      FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK,
      nullptr, error, 0, text, static_cast<DWORD>(std::size(text)), nullptr);
  std::string message = narrow(std::wstring_view(text, length));
  message.erase(message.find_last_not_of(" \r\n") + 1);
  return message.empty() ? "Windows error " + std::to_string(error) : message;
}

void fail_windows(const std::string& where, const char* what, unsigned long error) {
  const std::string text = where + ": " + what + ": " + windows_message(error);
  if (error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL || error == kDiskQuotaExceeded) {
    throw Error(ErrorCode::kNoSpace, text + "; free some space on this disk");
  }
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) {
    throw Error(ErrorCode::kNotFound, text);
  }
  throw Error(ErrorCode::kIo, text);
}

}  // namespace sekisho::platform
