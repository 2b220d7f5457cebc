#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/platform/durable_file.h"
#include "fhir/instant.h"
#include "fhir/json.h"

namespace sekisho::registry {

// The journal of one registry: JSON lines in a SHA-256 chain (docs/formats/registry.md). This file
// knows lines, chain and disk, not what the events mean.

inline constexpr int kJournalFormat = 1;

struct JournalLine {
  std::uint64_t sequence = 0;
  fhir::Instant time;
  std::string type;
  std::vector<std::string> by;
  std::string os_user;
  fhir::Json body;
};

// Where a chain ends: what the next line continues.
struct JournalEnd {
  std::uint64_t sequence = 0;
  std::string hash;         // of the last line, 64 hex characters
  std::uint64_t bytes = 0;  // up to and with the last complete line
  fhir::Instant last_time;  // the latest of all lines
};

struct JournalRead {
  JournalEnd end;
  std::uint64_t torn_bytes = 0;       // an unfinished last line: never acknowledged
  std::optional<std::string> broken;  // "journal.jsonl:12, byte 3441: what", the rest is not read
};

// Reads the lines in order as long as the chain holds. `head` is the last end that the registry
// made known to itself: a journal that does not hold it was cut or rewritten.
JournalRead read_journal(std::string_view text, const std::optional<JournalEnd>& head,
                         const std::function<void(const JournalLine&)>& line);

// The last end as a small file of its own, with a keyed digest: who rewrites the journal without
// the key is found out. Throw Error(kCorrupt) where it is not ours, fhir::JsonError where it is no
// JSON. read_head: nothing where there is no such file.
std::string head_text(const JournalEnd& end, std::string_view key);
JournalEnd parse_head(std::string_view text, std::string_view key);
std::optional<JournalEnd> read_head(const std::string& path, std::string_view key);
void write_head(const std::string& path, const JournalEnd& end, std::string_view key);

// Appends lines; one at a time.
class JournalWriter {
 public:
  JournalWriter(platform::AppendFile file, JournalEnd end);

  // Durable when it returns. `line.sequence` is set here. Throws Error(kInput) where the line would
  // not read back (a NUL, a body nested too deeply), Error(kIo, kNoSpace) where it is not kept;
  // broken() says whether the file can still be trusted.
  void append(JournalLine& line);
  void cut_to_end();  // takes a torn tail away; durable when it returns
  const JournalEnd& end() const { return end_; }
  bool broken() const { return file_.broken(); }

 private:
  platform::AppendFile file_;
  JournalEnd end_;
};

}  // namespace sekisho::registry
