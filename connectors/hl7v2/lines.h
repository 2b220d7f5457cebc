#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sekisho::connectors::hl7v2 {

// A line of a file, framing and NUL padding stripped: offsets into the bytes.
struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool line_feed_before = false;  // only a lone LF stands between it and the line before
  bool frame_before = false;      // an MLLP start or end byte stands before it
};

// Yields the lines that are not blank. CR, LF, 0x0B and 0x1C end a line: none of them is part of a
// character in the encodings that we read.
class LineReader {
 public:
  explicit LineReader(std::string_view bytes);
  std::optional<Line> next();

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool first_ = true;
};

bool starts_header(std::string_view line, std::string_view name);  // "MSH" and a separator
bool is_envelope(std::string_view line);                           // FHS BHS BTS FTS
// Where an MSH with a credible MSH-2 begins in a line that begins otherwise; npos if nowhere.
std::size_t find_header(std::string_view line);
// A name of up to three and the field separator, or a bare upper-case name of three.
bool looks_like_segment(std::string_view line, char field_separator);

}  // namespace sekisho::connectors::hl7v2
