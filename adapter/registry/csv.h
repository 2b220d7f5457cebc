#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::registry {

// One line of a CSV file. A record is one line: a line feed inside quotes is not taken, so that one
// broken line cannot swallow the next.
struct CsvLine {
  std::size_t number = 0;  // 1-based
  std::string_view raw;    // without its line end; a view into the text
  std::vector<std::string> fields;
  std::string error;  // what is wrong with its form; fields hold what could be read
};

// Commas, RFC 4180 quotes, LF or CRLF; a byte order mark before the first line is passed over, and
// so are blank lines. Pure: encoding is the caller's question.
std::vector<CsvLine> read_csv(std::string_view text);

}  // namespace sekisho::registry
