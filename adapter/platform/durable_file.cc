#include "adapter/platform/durable_file.h"

#include <utility>

#include "fhir/error.h"

namespace sekisho::platform {

using fhir::Error;
using fhir::ErrorCode;

struct AppendFile::State {
  std::string path;
  std::unique_ptr<FileBackend> backend;
  std::uint64_t size = 0;
  std::uint64_t synced = 0;
  bool broken = false;

  void require_sound() const {
    if (broken) {
      throw Error(ErrorCode::kIo, path +
                                      ": an earlier write failed and what the disk holds is "
                                      "unknown; check the disk and start again");
    }
  }
};

AppendFile::AppendFile() = default;
AppendFile::AppendFile(AppendFile&&) noexcept = default;
AppendFile& AppendFile::operator=(AppendFile&&) noexcept = default;
AppendFile::~AppendFile() = default;

AppendFile AppendFile::open(const std::string& path) { return open(path, open_file_backend(path)); }

AppendFile AppendFile::open(const std::string& path, std::unique_ptr<FileBackend> backend) {
  AppendFile file;
  file.state_ = std::make_unique<State>();
  file.state_->path = path;
  file.state_->backend = std::move(backend);
  file.state_->size = file.state_->backend->size();
  file.state_->synced = file.state_->size;
  return file;
}

void AppendFile::append(std::string_view bytes) {
  State& state = *state_;
  state.require_sound();
  std::size_t written = 0;
  try {
    while (written < bytes.size()) {
      const std::size_t count = state.backend->write(bytes.substr(written));
      if (count == 0) {
        throw Error(ErrorCode::kIo, state.path + ": the disk takes no more bytes");
      }
      written += count;
    }
  } catch (const Error&) {
    try {
      // Also where nothing seems written: a failed write may leave bytes behind.
      state.backend->truncate(state.size);
    } catch (const Error&) {
      state.broken = true;
    }
    throw;
  }
  state.size += bytes.size();
}

void AppendFile::sync() {
  state_->require_sound();
  try {
    state_->backend->sync();
  } catch (const Error&) {
    // The kernel may have dropped the dirty pages: a second sync would succeed and mean nothing.
    state_->broken = true;
    try {
      state_->backend->truncate(state_->synced);  // nobody was told of what came after
    } catch (const Error&) {
      // It may be read again after a restart; the caller said that it is not kept, not that it is
      // gone.
    }
    throw;
  }
  state_->synced = state_->size;
}

std::uint64_t AppendFile::size() const { return state_->size; }

void AppendFile::truncate(std::uint64_t size) {
  state_->require_sound();
  try {
    state_->backend->truncate(size);
    state_->backend->sync();
  } catch (const Error&) {
    state_->broken = true;
    throw;
  }
  state_->size = size;
  state_->synced = size;
}

bool AppendFile::broken() const { return state_->broken; }

}  // namespace sekisho::platform
