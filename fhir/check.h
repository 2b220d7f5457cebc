#pragma once

namespace sekisho::fhir {

// An assertion that stays on in release builds: prints `what` with file and line to stderr and
// aborts. For bugs only; `what` is a literal and names no data.
inline void check(bool holds, const char* what, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE());

[[noreturn]] void fail_check(const char* what, const char* file, int line);

inline void check(bool holds, const char* what, const char* file, int line) {
  if (!holds) [[unlikely]] {
    fail_check(what, file, line);
  }
}

}  // namespace sekisho::fhir
