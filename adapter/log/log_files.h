#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/platform/durable_file.h"
#include "fhir/instant.h"

namespace sekisho::log {

// Log lines as files of one folder, "sekisho-20261120-0001.jsonl" by the day in Japan. A file ends
// with its day or its share of the bytes; the oldest files go so that what is kept is never more
// than the limits say. One writer at a time. Not thread-safe.
class LogFiles {
 public:
  struct Limits {
    std::uint32_t keep_days = 400;
    std::uint64_t max_bytes = std::uint64_t{512} << 20;
  };
  // Takes up what is there; the folder is made with the first line.
  LogFiles(std::string folder, Limits limits);

  // One line, without LF. It is not synced: a power cut may take the last ones. Throws Error(kIo,
  // kNoSpace); the line is lost then, and the next one is tried again.
  void append(std::string_view line, fhir::Instant now);
  std::uint64_t bytes() const { return bytes_; }  // of all files

 private:
  struct Entry {
    std::string day;  // 20261120
    std::uint32_t number = 0;
    std::uint64_t size = 0;
  };
  std::string path_of(const Entry& entry) const;
  void take_up();
  void begin_file(const std::string& day, std::uint64_t wanted);
  void remove_oldest();
  void make_room(std::uint64_t wanted, fhir::Instant now);

  std::string folder_;
  Limits limits_;
  std::uint64_t file_bytes_;   // a file's share
  std::deque<Entry> entries_;  // oldest first; the last one is written
  std::uint64_t bytes_ = 0;
  std::optional<platform::AppendFile> file_;
};

}  // namespace sekisho::log
