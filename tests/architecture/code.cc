#include "tests/architecture/code.h"

#include <algorithm>

namespace sekisho::architecture {

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// True for the apostrophe of 1'000, false for that of L'x'.
bool is_in_number(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && (is_word(text[begin - 1]) || text[begin - 1] == '\'')) {
    --begin;
  }
  return begin < at && text[begin] >= '0' && text[begin] <= '9';
}

// The end of the literal or comment that begins at `at`, or `at` where none does.
std::size_t end_of_opaque(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  const auto after = [&](std::string_view end, std::size_t from) {
    const std::size_t found = text.find(end, from);
    return found == std::string_view::npos ? text.size() : found + end.size();
  };
  if (rest.starts_with("//")) {
    return std::min(text.find('\n', at), text.size());
  }
  if (rest.starts_with("/*")) {
    return after("*/", at + 2);
  }
  if (rest.starts_with("R\"") && (at == 0 || !is_word(text[at - 1]))) {
    const std::size_t open = text.find('(', at);
    return after(")" + std::string(text.substr(at + 2, open - at - 2)) + "\"", open);
  }
  if (rest[0] != '"' && (rest[0] != '\'' || is_in_number(text, at))) {
    return at;
  }
  std::size_t end = at + 1;
  while (end < text.size() && text[end] != rest[0]) {
    end += text[end] == '\\' ? 2u : 1u;
  }
  return std::min(end + 1, text.size());
}

// The brace that closes the one at `open`.
std::size_t closing(std::string_view code, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t at = open; at < code.size(); ++at) {
    if (code[at] == '{') {
      ++depth;
    } else if (code[at] == '}' && --depth == 0) {
      return at;
    }
  }
  return code.size();
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const std::size_t end = at + word.size();
    if (begins && (end == text.size() || !is_word(text[end]))) {
      return true;
    }
  }
  return false;
}

enum class Brace { kScope, kFunction, kOther };

// What a brace at namespace or class level opens, by the words since the last statement.
Brace kind_of(std::string_view head) {
  const std::size_t parameters = head.find('(');
  const bool assigned = head.substr(0, parameters).find('=') != std::string_view::npos &&
                        head.find("operator") == std::string_view::npos;
  if (parameters != std::string_view::npos && !assigned) {
    return Brace::kFunction;
  }
  for (const char* word : {"namespace", "struct", "class", "union", "extern"}) {
    if (has_word(head, word) && !assigned) {
      return Brace::kScope;
    }
  }
  return Brace::kOther;
}

}  // namespace

std::size_t line_of(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

std::string code_of(std::string_view text) {
  std::string code(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_opaque(text, at);
    for (std::size_t i = at; i < end; ++i) {
      code[i] = code[i] == '\n' ? '\n' : ' ';
    }
    at = std::max(end, at + 1);
  }
  return code;
}

std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> found;
  std::size_t line = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view one = text.substr(begin, end - begin);
    ++line;
    begin = end + 1;
    if (!one.starts_with("#include ")) {
      continue;
    }
    one.remove_prefix(9);
    const std::size_t close = one.find_first_of(">\"", 1);
    if (one.size() > 1 && close != std::string_view::npos) {
      found.push_back(Include{std::string(one.substr(1, close - 1)), one[0] == '"', line});
    }
  }
  return found;
}

std::vector<Function> functions_of(std::string_view text) {
  std::string code = code_of(text);
  // Preprocessor lines say nothing of braces.
  for (std::size_t at = 0; at < code.size(); at = std::min(code.find('\n', at), code.size()) + 1) {
    for (std::size_t i = at; code[at] == '#' && i < code.size() && code[i] != '\n'; ++i) {
      code[i] = i == at ? '#' : ' ';
    }
  }
  std::vector<Function> found;
  std::size_t head = 0;
  int brackets = 0;
  for (std::size_t at = 0; at < code.size(); ++at) {
    const char c = code[at];
    brackets += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ';' || c == '}') {
      head = at + 1;
    } else if (c == '{' && (brackets > 0 || (at > 0 && is_word(code[at - 1])))) {
      at = closing(code, at);  // a lambda in an argument, or a member initialised by braces
    } else if (c == '{') {
      const Brace kind = kind_of(std::string_view(code).substr(head, at - head));
      if (kind == Brace::kScope) {
        head = at + 1;
        continue;
      }
      const std::size_t end = closing(code, at);
      if (kind == Brace::kFunction) {
        found.push_back(Function{line_of(code, at), line_of(code, end) - line_of(code, at) + 1});
        head = end + 1;
      }
      at = end;
    }
  }
  return found;
}

}  // namespace sekisho::architecture
