#include "adapter/agent/file_count.h"

#include <utility>

#include "connectors/ssmix2/storage.h"
#include "fhir/error.h"

namespace sekisho::agent {

FileCount::FileCount(std::vector<config::StorageRoot> roots)
    : roots_(std::move(roots)), thread_([this] { count(); }) {}

FileCount::~FileCount() {
  stop_ = true;
  thread_.join();
}

std::uint64_t FileCount::total() const { return total_.load(); }

void FileCount::count() {
  std::uint64_t files = 0;
  for (const config::StorageRoot& root : roots_) {
    try {
      connectors::ssmix2::Storage(root.name, root.path)
          .walk(
              "",
              [&](const connectors::ssmix2::FoundFile&) {
                ++files;
                return !stop_.load();
              },
              [](const fhir::Issue&) {});
    } catch (const fhir::Error&) {
      continue;  // the ingest meets it too, and says so
    }
  }
  if (!stop_) {
    total_ = files;
  }
}

}  // namespace sekisho::agent
