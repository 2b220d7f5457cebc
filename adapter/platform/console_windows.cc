#include <windows.h>
// Needs windows.h before it.
#include <shellapi.h>

#include "adapter/platform/console.h"
#include "adapter/platform/windows_text.h"

namespace sekisho::platform {

std::vector<std::string> command_words(int count, char** words) {
  int wide_count = 0;
  wchar_t** const wide_words = CommandLineToArgvW(GetCommandLineW(), &wide_count);
  if (wide_words == nullptr) {
    return {words, words + count};
  }
  std::vector<std::string> utf8;
  for (int i = 0; i < wide_count; ++i) {
    utf8.push_back(narrow(wide_words[i]));
  }
  LocalFree(wide_words);
  return utf8;
}

void prepare_console() {
  SetConsoleOutputCP(CP_UTF8);
  for (const DWORD which : {STD_OUTPUT_HANDLE, STD_ERROR_HANDLE}) {
    const HANDLE console = GetStdHandle(which);
    DWORD mode = 0;
    if (GetConsoleMode(console, &mode) != 0) {  // else it goes to a file or a pipe
      SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    }
  }
}

}  // namespace sekisho::platform
