#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::ledger {

inline constexpr const char* kHeadFile = "head.json";
// More than what is written at once: a line for each request under way, of which only its patients
// take room, some 300 bytes each (64 threads with pages of 500: 10 MB).
inline constexpr std::size_t kLongestWrite = 64u << 20;

// A file of the ledger, named by its first sequence number: "ledger-000000000001.jsonl".
struct Segment {
  std::uint64_t first = 0;
  std::string name;
  std::string path;
};
std::string segment_name(std::uint64_t first);
std::vector<Segment> segments_of(const std::string& dir);  // in order; none where no folder is

// Reads a file line by line in bounded memory, also while it grows.
class LineReader {
 public:
  explicit LineReader(const std::string& path);  // throws Error(kIo)
  // The next line without its LF, good until the next call. At the end of the file false, with what
  // stands behind the last LF in rest(); a later call looks again.
  bool next(std::string_view& line);
  std::string_view rest() const { return std::string_view(buffer_).substr(read_); }
  std::uint64_t offset() const { return offset_; }  // of the line that next() gave, or of rest()
  std::size_t number() const { return number_; }    // of that line, from 1

 private:
  bool fill();

  std::ifstream file_;
  std::string name_;
  std::string buffer_;
  std::size_t read_ = 0;  // up to here the buffer was given out
  std::uint64_t offset_ = 0;
  std::uint64_t next_offset_ = 0;
  std::size_t number_ = 0;
};

}  // namespace sekisho::ledger
