#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "fhir/issue.h"

namespace sekisho::connectors::ssmix2 {

// A file met by a scan. `path` is relative to the root, '/'-separated, UTF-8; it holds the patient
// number, so it may be stored inside the hospital but never logged.
struct FoundFile {
  std::string path;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
};

// One root of a standardized storage. Reads only; may be used by several threads at once. No error
// names a path: it holds the patient number.
class Storage {
 public:
  // Throws Error(kIo) if the root is no readable folder. An empty root is readable.
  Storage(std::string name, std::string root);

  const std::string& name() const { return name_; }

  // Walks every regular file in a stable order (byte order of the path components), beginning after
  // `resume_after` (a path of an earlier walk; empty: from the start). Memory does not grow with
  // the number of files but with the widest folder. `unreadable` is told of each folder or entry
  // that could not be read. Stops early when `found` returns false. Throws Error(kIo) where the
  // root can no longer be opened.
  void walk(const std::string& resume_after, const std::function<bool(const FoundFile&)>& found,
            const std::function<void(const fhir::Issue&)>& unreadable) const;

  // The bytes of a file; nothing if it has vanished (a rename raced: look for the new flag).
  // Throws Error(kIo) if it is there and cannot be read, Error(kInput) above max_bytes,
  // Error(kUsage) for a path that leaves the root.
  std::optional<std::string> read(const std::string& path, std::uint64_t max_bytes) const;
  // The same file under another condition flag ('0', '1', '2'), if it is there.
  std::optional<FoundFile> with_flag(const std::string& path, char flag) const;

 private:
  std::string name_;
  std::string root_;
};

}  // namespace sekisho::connectors::ssmix2
