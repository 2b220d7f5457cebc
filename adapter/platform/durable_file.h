#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sekisho::platform {

// What AppendFile asks of the operating system. One implementation a system; tests put a disk that
// fails in its place.
class FileBackend {
 public:
  virtual ~FileBackend() = default;
  virtual std::uint64_t size() = 0;
  // Writes at the end as many bytes as fit, at least one, and says how many. Throws Error(kIo,
  // kNoSpace).
  virtual std::size_t write(std::string_view bytes) = 0;
  virtual void sync() = 0;  // on the disk when it returns; throws Error(kIo, kNoSpace)
  virtual void truncate(std::uint64_t size) = 0;
};
std::unique_ptr<FileBackend> open_file_backend(const std::string& path);

// An append-only file whose bytes are on the disk when sync() returns. Not thread-safe.
class AppendFile {
 public:
  static AppendFile open(const std::string& path);  // created 0600 if absent; folder synced
  static AppendFile open(const std::string& path, std::unique_ptr<FileBackend> backend);
  AppendFile(AppendFile&&) noexcept;
  AppendFile& operator=(AppendFile&&) noexcept;
  ~AppendFile();

  void append(std::string_view bytes);  // whole or Error(kIo, kNoSpace); a short write is undone
  // fdatasync. After a failure the file refuses more writes; what was not synced is cut off where
  // the disk lets us.
  void sync();
  std::uint64_t size() const;
  void truncate(std::uint64_t size);  // and sync
  // A sync failed or a short write could not be undone: what the disk holds is unknown, and the
  // file must be opened and read again.
  bool broken() const;

 private:
  AppendFile();
  struct State;
  std::unique_ptr<State> state_;
};
// How a room opens its files; tests hand in one that fails.
using OpenAppendFile = std::function<AppendFile(const std::string& path)>;

// Writes a file whole or not at all: <path>.new, sync, rename, folder sync; 0600. One at a time.
void write_file(const std::string& path, std::string_view bytes);
// Throws Error(kNotFound) where there is none, Error(kInput) where it is longer than `max_bytes`.
std::string read_file(const std::string& path, std::uint64_t max_bytes = 1u << 30);
bool file_exists(const std::string& path);
void create_folder(const std::string& path);  // with its parents, 0700; no error if there

// An exclusive lock between processes, freed when it goes or the process dies.
class FileLock {
 public:
  // Throws Error(kConflict) where another process holds it.
  static FileLock take(const std::string& path);
  FileLock(FileLock&&) noexcept;
  FileLock& operator=(FileLock&&) noexcept;
  ~FileLock();

 private:
  FileLock();
  struct State;
  std::unique_ptr<State> state_;
};

std::uint64_t free_bytes(const std::string& path);

}  // namespace sekisho::platform
