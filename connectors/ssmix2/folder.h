#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace sekisho::connectors::ssmix2 {

// What the operating system says of a folder of a storage. Two implementations of one header:
// folder_posix.cc and folder_windows.cc. Links are never followed.
enum class Kind { kFile, kFolder, kLink, kOther };

struct Entry {
  std::string name;
  Kind kind = Kind::kOther;
};

struct FileFacts {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
};

// An open folder. Failures come as std::error_code values of the system, so that the caller can
// tell what has vanished from what is forbidden.
class Folder {
 public:
  struct Handle;  // of the operating system
  explicit Folder(std::unique_ptr<Handle> handle);
  Folder(Folder&&) noexcept;
  Folder& operator=(Folder&&) noexcept;
  ~Folder();

  static std::optional<Folder> open(const std::string& path, std::error_code& error);
  std::optional<Folder> open_below(const std::string& name, std::error_code& error) const;
  // All entries but "." and "..", in no order.
  std::vector<Entry> entries(std::error_code& error) const;
  // Of a regular file that is an entry; nothing if it is gone or no regular file.
  std::optional<FileFacts> facts(const std::string& name, std::error_code& error) const;

 private:
  std::unique_ptr<Handle> handle_;
};

bool has_vanished(const std::error_code& error);

// The facts of the regular file at a path; nothing if it is gone or no regular file.
std::optional<FileFacts> facts_of(const std::string& path, std::error_code& error);
// The bytes of a regular file, at most max_bytes + 1 of them; nothing with no error if it is gone.
std::optional<std::string> read_bytes(const std::string& path, std::uint64_t max_bytes,
                                      std::error_code& error);

}  // namespace sekisho::connectors::ssmix2
