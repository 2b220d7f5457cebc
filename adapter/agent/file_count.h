#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "config/config.h"

namespace sekisho::agent {

// Counts the files of storages beside the ingest that reads them, so that a first pass can say how
// long it will take. Reads names only; a storage that cannot be read is left to the ingest to tell.
class FileCount {
 public:
  explicit FileCount(std::vector<config::StorageRoot> roots);
  ~FileCount();  // stops counting
  FileCount(const FileCount&) = delete;
  FileCount& operator=(const FileCount&) = delete;

  std::uint64_t total() const;  // 0 until all are counted

 private:
  void count();

  std::vector<config::StorageRoot> roots_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> total_{0};
  std::thread thread_;  // last: it uses the others
};

}  // namespace sekisho::agent
