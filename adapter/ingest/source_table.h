#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/ingest/ingest.h"
#include "adapter/sqlite/database.h"

namespace sekisho::ingest {

// What became of a file; the numbers are persisted.
enum class FileStatus {
  kMapped = 1,
  kSuperseded = 2,
  kDeleted = 3,
  kIgnored = 4,
  kQuarantined = 5
};

inline constexpr std::int64_t kReadAgain = -1;  // as `modified`: the next pass reads the file
inline constexpr std::int64_t kNoFlag = 9;
inline constexpr std::string_view kIncomplete = "merge.incomplete";  // reason to reject

// A row of the table `source_file`.
struct FileRow {
  std::int64_t file = 0;
  std::int64_t root = 0;
  std::string path;
  std::uint64_t size = 0;
  std::int64_t modified = 0;
  std::string digest;  // empty: not read
  std::string type;
  std::string match_key;  // empty: none
  std::string at;
  std::int64_t flag = kNoFlag;
  FileStatus status = FileStatus::kQuarantined;
  std::string reason;
  std::int64_t mapping = 0;
  std::uint64_t resources = 0;
  std::uint64_t rejected = 0;
  std::int64_t generation = 0;
};

// Looks files up as the last committed batch left them. For a connection of the scanner's own.
class KnownFiles {
 public:
  explicit KnownFiles(sqlite::Database& database);
  std::optional<FileRow> find(std::int64_t root, std::string_view path);

 private:
  sqlite::Statement find_;
};

// The tables of the source bookkeeping that belong to a file: source_root, source_file, produced,
// quarantine, rejected, mapping.
class SourceTable {
 public:
  explicit SourceTable(sqlite::Database& database);

  std::int64_t root_number(std::string_view name);       // interned
  std::int64_t mapping_number(std::string_view digest);  // interned
  std::int64_t next_file();
  std::uint64_t files_of(std::int64_t root, std::int64_t before_file);

  std::optional<FileRow> find(std::int64_t root, std::string_view path) {
    return known_.find(root, path);
  }
  void write(const FileRow& row);
  void met(std::int64_t file, std::int64_t generation);
  void erase(std::int64_t file);  // with its quarantine and rejections
  void set_status(std::int64_t file, FileStatus status, std::string_view reason);
  void read_again(std::int64_t file);
  // Files of the same match key but `except`, newest first.
  std::vector<FileRow> of_key(const FileRow& except);
  // Files that the scan `generation` did not meet, by number after `after`.
  std::vector<FileRow> vanished(std::int64_t root, std::int64_t generation, std::int64_t after,
                                std::size_t limit);
  // How many of them are not there under another condition flag either.
  std::uint64_t lost(std::int64_t root, std::int64_t generation);

  std::vector<std::int64_t> produced_by(std::int64_t file);
  void add_produced(std::int64_t file, std::int64_t rid);
  void drop_produced(std::int64_t file, std::int64_t rid);
  std::vector<std::int64_t> producers_of(std::int64_t rid);

  void quarantine(std::int64_t file, const QuarantineEntry& entry);
  void clear_findings(std::int64_t file);  // quarantine and rejections
  void reject(std::int64_t file, std::int64_t line, const mappings::RejectedResource& rejected);
  // One of the file's resources is incomplete again until another message completes it, or is so no
  // more: moves one between `resources` and `rejected`.
  void wait_again(std::int64_t file, std::string_view type, const fhir::Issue& why);
  void waits_no_more(std::int64_t file, std::string_view type);

 private:
  std::int64_t intern(sqlite::Statement& find, sqlite::Statement& insert, std::string_view text);

  sqlite::Database& database_;
  KnownFiles known_;
  sqlite::Statement find_root_, insert_root_, find_mapping_, insert_mapping_, next_file_,
      count_files_, write_, met_, erase_, set_status_, read_again_, of_key_, vanished_, lost_;
  sqlite::Statement produced_, add_produced_, drop_produced_, producers_;
  sqlite::Statement quarantine_, clear_quarantine_, clear_rejected_, reject_, last_line_, unreject_,
      move_counts_;
};

}  // namespace sekisho::ingest
