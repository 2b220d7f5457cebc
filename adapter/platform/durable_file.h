#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sekisho::platform {

// An append-only file whose bytes are on the disk when sync() returns. Not thread-safe.
class AppendFile {
 public:
  static AppendFile open(const std::string& path);  // created 0600 if absent; folder synced
  AppendFile(AppendFile&&) noexcept;
  AppendFile& operator=(AppendFile&&) noexcept;
  ~AppendFile();

  void append(std::string_view bytes);  // whole or Error(kIo, kNoSpace); a short write is undone
  void sync();                          // fdatasync; after a failure the file refuses more writes
  std::uint64_t size() const;
  void truncate(std::uint64_t size);  // and sync

 private:
  AppendFile();
  struct State;
  std::unique_ptr<State> state_;
};

// Writes a file whole or not at all: temporary name, sync, rename, folder sync. Mode 0600.
void write_file(const std::string& path, std::string_view bytes);
std::string read_file(const std::string& path, std::uint64_t max_bytes = 1u << 30);

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
