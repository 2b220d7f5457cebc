#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "connectors/ssmix2/folder.h"

namespace sekisho::connectors::ssmix2 {

namespace {

std::error_code last_error() { return {errno, std::generic_category()}; }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

Kind kind_of_mode(mode_t mode) {
  if (S_ISREG(mode)) {
    return Kind::kFile;
  }
  if (S_ISDIR(mode)) {
    return Kind::kFolder;
  }
  return S_ISLNK(mode) ? Kind::kLink : Kind::kOther;
}

Kind kind_of(DIR* folder, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG:
      return Kind::kFile;
    case DT_DIR:
      return Kind::kFolder;
    case DT_LNK:
      return Kind::kLink;
    case DT_UNKNOWN: {  // some network file systems do not tell
      struct stat facts {};
      return ::fstatat(::dirfd(folder), entry.d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0
                 ? kind_of_mode(facts.st_mode)
                 : Kind::kFile;
    }
    default:
      return Kind::kOther;
  }
}

std::optional<FileFacts> facts_at(int folder, const char* name, std::error_code& error) {
  struct stat found {};
  if (::fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
    error = last_error();
    return std::nullopt;
  }
  if (!S_ISREG(found.st_mode)) {
    return std::nullopt;
  }
  FileFacts facts;
  facts.size = static_cast<std::uint64_t>(found.st_size);
  facts.modified_ns = std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec;
  return facts;
}

}  // namespace

struct Folder::Handle {
  explicit Handle(int fd) : stream(::fdopendir(fd)) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (stream != nullptr) {
      ::closedir(stream);
    }
  }
  DIR* stream;
};

Folder::Folder(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Folder::Folder(Folder&&) noexcept = default;
Folder& Folder::operator=(Folder&&) noexcept = default;
Folder::~Folder() = default;

namespace {

std::optional<Folder> adopt(int fd, std::error_code& error) {
  if (fd < 0) {
    error = last_error();
    return std::nullopt;
  }
  auto handle = std::make_unique<Folder::Handle>(fd);
  if (handle->stream == nullptr) {
    error = last_error();
    ::close(fd);
    return std::nullopt;
  }
  return Folder(std::move(handle));
}

}  // namespace

std::optional<Folder> Folder::open(const std::string& path, std::error_code& error) {
  return adopt(::open(path.c_str(), kFolderFlags), error);
}

std::optional<Folder> Folder::open_below(const std::string& name, std::error_code& error) const {
  return adopt(::openat(::dirfd(handle_->stream), name.c_str(), kFolderFlags | O_NOFOLLOW), error);
}

std::vector<Entry> Folder::entries(std::error_code& error) const {
  std::vector<Entry> entries;
  ::rewinddir(handle_->stream);
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(handle_->stream);
    if (entry == nullptr) {
      if (errno != 0) {
        error = last_error();
      }
      return entries;
    }
    const char* name = static_cast<const char*>(entry->d_name);
    if (std::strcmp(name, ".") != 0 && std::strcmp(name, "..") != 0) {
      entries.push_back({name, kind_of(handle_->stream, *entry)});
    }
  }
}

std::optional<FileFacts> Folder::facts(const std::string& name, std::error_code& error) const {
  return facts_at(::dirfd(handle_->stream), name.c_str(), error);
}

bool has_vanished(const std::error_code& error) {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory ||
         (error.category() == std::generic_category() && error.value() == ESTALE);
}

std::optional<FileFacts> facts_of(const std::string& path, std::error_code& error) {
  return facts_at(AT_FDCWD, path.c_str(), error);
}

std::optional<std::string> read_bytes(const std::string& path, std::uint64_t max_bytes,
                                      std::error_code& error) {
  // Not blocking: a pipe that took the file's place must not hang the scan.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat facts {};
  if (file.get() < 0 || ::fstat(file.get(), &facts) != 0) {
    error = last_error();
    return std::nullopt;
  }
  if (!S_ISREG(facts.st_mode)) {
    error = std::make_error_code(std::errc::not_supported);
    return std::nullopt;
  }
  // One byte more than the file has: the read that fills it not is the end, without a second
  // buffer.
  const auto cap = static_cast<std::size_t>(max_bytes) + 1;
  std::string bytes(std::min(cap, static_cast<std::size_t>(facts.st_size) + 1), '\0');
  std::size_t have = 0;
  for (;;) {
    const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno != EINTR) {
      error = last_error();
      return std::nullopt;
    }
    have += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    if (got == 0 || have == cap) {
      bytes.resize(have);
      return bytes;
    }
    if (have == bytes.size()) {  // it has grown since it was measured
      bytes.resize(std::min(cap, 2 * have));
    }
  }
}

}  // namespace sekisho::connectors::ssmix2
