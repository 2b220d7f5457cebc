#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "adapter/platform/durable_file.h"
#include "fhir/error.h"

namespace sekisho::platform {
namespace {

using fhir::Error;
using fhir::ErrorCode;

[[noreturn]] void fail(const std::string& path, const char* what, int error) {
  const std::string text = path + ": " + what + ": " + std::generic_category().message(error);
  if (error == ENOSPC || error == EDQUOT) {
    throw Error(ErrorCode::kNoSpace, text + "; free some space on this disk");
  }
  if (error == ENOENT) {
    throw Error(ErrorCode::kNotFound, text);
  }
  throw Error(ErrorCode::kIo, text);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  int get() const { return number_; }

 private:
  int number_;
};

int open_or_fail(const std::string& path, int flags) {
  int number = -1;
  do {
    number = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  } while (number < 0 && errno == EINTR);
  if (number < 0) {
    fail(path, "cannot be opened", errno);
  }
  return number;
}

// So that a name made or changed in the folder survives a power cut.
void sync_folder_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const Descriptor descriptor(open_or_fail(folder, O_RDONLY | O_DIRECTORY));
  if (::fsync(descriptor.get()) != 0 && errno != EINVAL) {
    fail(folder, "cannot be synced", errno);
  }
}

std::size_t write_some(int descriptor, const std::string& path, std::string_view bytes) {
  ssize_t count = -1;
  do {
    count = ::write(descriptor, bytes.data(), bytes.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    fail(path, "cannot be written", errno);
  }
  return static_cast<std::size_t>(count);
}

class LinuxFile final : public FileBackend {
 public:
  explicit LinuxFile(const std::string& path)
      : path_(path), descriptor_(open_or_fail(path, O_RDWR | O_CREAT | O_APPEND)) {}

  std::uint64_t size() override {
    struct stat status {};
    if (::fstat(descriptor_.get(), &status) != 0) {
      fail(path_, "cannot be measured", errno);
    }
    return static_cast<std::uint64_t>(status.st_size);
  }
  std::size_t write(std::string_view bytes) override {
    return write_some(descriptor_.get(), path_, bytes);
  }
  void sync() override {
    if (::fdatasync(descriptor_.get()) != 0) {
      fail(path_, "cannot be synced", errno);
    }
  }
  void truncate(std::uint64_t size) override {
    if (::ftruncate(descriptor_.get(), static_cast<off_t>(size)) != 0) {
      fail(path_, "cannot be cut", errno);
    }
  }

 private:
  std::string path_;
  Descriptor descriptor_;
};

}  // namespace

std::unique_ptr<FileBackend> open_file_backend(const std::string& path) {
  auto file = std::make_unique<LinuxFile>(path);
  sync_folder_of(path);
  return file;
}

void write_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".new";
  try {
    const Descriptor descriptor(open_or_fail(temporary, O_WRONLY | O_CREAT | O_TRUNC));
    for (std::size_t done = 0; done < bytes.size();) {
      done += write_some(descriptor.get(), temporary, bytes.substr(done));
    }
    if (::fsync(descriptor.get()) != 0) {
      fail(temporary, "cannot be synced", errno);
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
      fail(path, "cannot be put in place", errno);
    }
  } catch (const Error&) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder_of(path);
}

std::string read_file(const std::string& path, std::uint64_t max_bytes) {
  const Descriptor descriptor(open_or_fail(path, O_RDONLY));
  std::string bytes;
  char block[1 << 16];
  while (true) {
    const ssize_t count = ::read(descriptor.get(), block, sizeof block);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      fail(path, "cannot be read", errno);
    }
    if (count == 0) {
      return bytes;
    }
    bytes.append(block, static_cast<std::size_t>(count));
    if (bytes.size() > max_bytes) {
      throw Error(ErrorCode::kInput,
                  path + ": is longer than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

bool file_exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

void create_folder(const std::string& path) {
  if (path.empty() || file_exists(path)) {
    return;
  }
  create_folder(std::filesystem::path(path).parent_path().string());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    fail(path, "cannot be made", errno);
  }
  sync_folder_of(path);
}

struct FileLock::State {
  explicit State(int number) : descriptor(number) {}
  Descriptor descriptor;
};

FileLock::FileLock() = default;
FileLock::FileLock(FileLock&&) noexcept = default;
FileLock& FileLock::operator=(FileLock&&) noexcept = default;
FileLock::~FileLock() = default;

FileLock FileLock::take(const std::string& path) {
  FileLock lock;
  lock.state_ = std::make_unique<State>(open_or_fail(path, O_RDWR | O_CREAT));
  if (::flock(lock.state_->descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      throw Error(ErrorCode::kConflict, path +
                                            ": another process holds this lock; is the agent "
                                            "running?");
    }
    fail(path, "cannot be locked", errno);
  }
  return lock;
}

std::uint64_t free_bytes(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0) {
    fail(path, "free space cannot be read", errno);
  }
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace sekisho::platform
