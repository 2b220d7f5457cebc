#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::architecture {

// The text with comments, strings and character literals as blanks; lines stay where they are.
std::string code_of(std::string_view text);

// The line of a byte, from 1.
std::size_t line_of(std::string_view text, std::size_t at);

struct Include {
  std::string name;
  bool quoted = false;  // "..." and not <...>
  std::size_t line = 0;
};
std::vector<Include> includes_of(std::string_view text);

// A function with a body, found by braces: what stands before a brace at namespace or class level
// and ends like a parameter list. Meant for text that clang-format has laid out.
struct Function {
  std::size_t line = 0;   // of its opening brace
  std::size_t lines = 0;  // from there to its closing brace
};
std::vector<Function> functions_of(std::string_view text);

}  // namespace sekisho::architecture
