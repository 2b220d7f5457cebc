#include "tests/crash/failing_disk.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace sekisho::tests {
namespace {

constexpr std::uint64_t kSector = 512;

ssize_t real_pwrite(int file, const void* bytes, std::size_t count, std::uint64_t at) {
  return ::syscall(SYS_pwrite64, file, bytes, count, at);
}

std::uint64_t size_of(int file) {
  struct stat status {};
  return ::fstat(file, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// What the power takes with it: writes since their file's last sync and renames since their
// folder's. Sectors reach a disk in any order, each whole; a file's length follows or does not.
class Unsynced {
 public:
  void wrote(int file, std::uint64_t at, std::size_t count) {
    File& of = files_[key_of(file)];
    if (of.writes.empty()) {
      of.descriptor = ::fcntl(file, F_DUPFD_CLOEXEC, 0);
      of.synced_size = size_of(file);
    }
    Write write{at, count, std::string(count, '\0')};
    const ssize_t before = ::pread(file, write.before.data(), count, static_cast<off_t>(at));
    std::fill(write.before.begin() + std::max<ssize_t>(before, 0), write.before.end(), '\0');
    of.writes.push_back(std::move(write));
  }
  void synced(int file) {
    struct stat status {};
    if (::fstat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
      renames_.clear();  // all files of a plan stand in few folders, and each rename syncs its own
    }
    const auto found = files_.find(key_of(file));
    if (found != files_.end()) {
      ::close(found->second.descriptor);
      files_.erase(found);
    }
  }
  void renamed(const std::string& to) {
    std::ifstream old(to, std::ios::binary);
    Rename rename{to, std::nullopt};
    if (old) {
      rename.before.emplace(std::istreambuf_iterator<char>(old), std::istreambuf_iterator<char>());
    }
    renames_.push_back(std::move(rename));
  }
  void lose(std::mt19937& random) {
    for (auto& [key, file] : files_) {
      lose(file, random);
    }
    for (auto rename = renames_.rbegin(); rename != renames_.rend(); ++rename) {
      if (random() % 2 == 0) {
        undo(*rename);
      }
    }
  }

 private:
  using Key = std::pair<std::uint64_t, std::uint64_t>;
  struct Write {
    std::uint64_t at;
    std::size_t count;
    std::string before;
  };
  struct File {
    int descriptor = -1;
    std::uint64_t synced_size = 0;
    std::vector<Write> writes;
  };
  struct Rename {
    std::string to;
    std::optional<std::string> before;  // nothing: there was no such file
  };

  static Key key_of(int file) {
    struct stat status {};
    ::fstat(file, &status);
    return {status.st_dev, status.st_ino};
  }

  static void lose(File& file, std::mt19937& random) {
    std::map<std::uint64_t, std::vector<const Write*>> sectors;
    for (const Write& write : file.writes) {
      for (std::uint64_t sector = write.at / kSector; sector * kSector < write.at + write.count;
           ++sector) {
        sectors[sector].push_back(&write);
      }
    }
    for (const auto& [sector, writes] : sectors) {
      // A sector is as one of its writes left it, or as it was before all of them.
      for (std::size_t kept = random() % (writes.size() + 1), i = writes.size(); i > kept; --i) {
        const Write& write = *writes[i - 1];
        const std::uint64_t begin = std::max(write.at, sector * kSector);
        const std::uint64_t end = std::min(write.at + write.count, (sector + 1) * kSector);
        real_pwrite(file.descriptor, write.before.data() + (begin - write.at), end - begin, begin);
      }
    }
    const std::uint64_t size = size_of(file.descriptor);
    if (size > file.synced_size && random() % 2 == 0) {
      const std::uint64_t room = size - file.synced_size + 1;
      ::syscall(SYS_ftruncate, file.descriptor, file.synced_size + random() % room);
    }
  }

  static void undo(const Rename& rename) {
    if (!rename.before) {
      ::syscall(SYS_unlink, rename.to.c_str());
      return;
    }
    const int file = ::open(rename.to.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    real_pwrite(file, rename.before->data(), rename.before->size(), 0);
    ::close(file);
  }

  std::map<Key, File> files_;
  std::vector<Rename> renames_;
};

// The plan of this process, its operations one at a time.
class Disk {
 public:
  void begin(const Plan& plan) {
    const std::lock_guard lock(mutex_);
    plan_ = plan;
    random_.seed(plan.seed);
    count_ = 0;
    active_ = true;
  }
  std::uint64_t count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  bool watches(int file) const { return active_ && below(path_of(file)); }
  bool watches(const char* path) const { return active_ && below(path); }

  ssize_t write(int file, const void* bytes, std::size_t count, std::optional<std::uint64_t> at) {
    const std::lock_guard lock(mutex_);
    const int error = next(Needs::kRoom);
    if (error != 0) {
      errno = error;
      return -1;
    }
    const bool half = is_now() && (plan_.fault == Fault::kTear || plan_.fault == Fault::kShort);
    const std::size_t taken = half ? std::max<std::size_t>(count / 2, 1) : count;
    if (plan_.fault == Fault::kPowerCut) {
      unsynced_.wrote(file, at ? *at : place_of(file), taken);
    }
    const ssize_t written =
        at ? real_pwrite(file, bytes, taken, *at) : ::syscall(SYS_write, file, bytes, taken);
    if (is_now() && plan_.fault == Fault::kTear) {
      die();
    }
    return written;
  }
  int sync(int file, long call) {
    const std::lock_guard lock(mutex_);
    const int error = next(Needs::kRoom);  // a full disk is often found out here
    if (error != 0) {
      errno = error;
      return -1;
    }
    unsynced_.synced(file);
    return static_cast<int>(::syscall(call, file));
  }
  // Changes of size and names reach the disk at once here; a shorter file needs no room.
  template <class F>
  int change(bool needs_room, F change) {
    const std::lock_guard lock(mutex_);
    const int error = next(needs_room ? Needs::kRoom : Needs::kNothing);
    if (error != 0) {
      errno = error;
      return -1;
    }
    return change(unsynced_);
  }
  bool loses_unsynced() const { return plan_.fault == Fault::kPowerCut; }

 private:
  enum class Needs { kNothing, kRoom };

  bool is_now() const { return count_ == plan_.at; }
  bool below(const std::string& path) const {
    return path.compare(0, plan_.folder.size(), plan_.folder) == 0;
  }
  static std::string path_of(int file) {
    char link[64];
    char path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = ::readlink(link, path, sizeof path);
    return {path, static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
  }
  static std::uint64_t place_of(int file) {
    const bool appends = (::fcntl(file, F_GETFL) & O_APPEND) != 0;
    return appends ? size_of(file) : static_cast<std::uint64_t>(::lseek(file, 0, SEEK_CUR));
  }
  [[noreturn]] static void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;) {
      ::pause();
    }
  }

  // Counts an operation; the errno that it has to fail with, or 0.
  int next(Needs needs) {
    ++count_;
    if (plan_.at == 0 || count_ < plan_.at) {
      return 0;
    }
    switch (plan_.fault) {
      case Fault::kFull:
        return needs == Needs::kRoom ? ENOSPC : 0;
      case Fault::kGone:
        return EIO;
      case Fault::kIoError:
        return is_now() ? EIO : 0;
      case Fault::kKill:
        die();
      case Fault::kPowerCut:
        unsynced_.lose(random_);
        die();
      default:
        return 0;
    }
  }

  std::mutex mutex_;
  std::atomic<bool> active_{false};
  Plan plan_;
  std::uint64_t count_ = 0;
  std::mt19937 random_;
  Unsynced unsynced_;
};

Disk& disk() {
  static Disk* const one = new Disk;  // the last writes of a process come after its destructors
  return *one;
}

}  // namespace

void begin_plan(const Plan& plan) { disk().begin(plan); }
std::uint64_t operations_of_plan() { return disk().count(); }

}  // namespace sekisho::tests

using sekisho::tests::disk;

extern "C" {

ssize_t write(int file, const void* bytes, std::size_t count) {
  return disk().watches(file) ? disk().write(file, bytes, count, std::nullopt)
                              : ::syscall(SYS_write, file, bytes, count);
}

ssize_t pwrite64(int file, const void* bytes, std::size_t count, off64_t at) {
  return disk().watches(file) ? disk().write(file, bytes, count, static_cast<std::uint64_t>(at))
                              : ::syscall(SYS_pwrite64, file, bytes, count, at);
}
ssize_t pwrite(int file, const void* bytes, std::size_t count, off_t at) {
  return pwrite64(file, bytes, count, at);
}

int fsync(int file) {
  return disk().watches(file) ? disk().sync(file, SYS_fsync)
                              : static_cast<int>(::syscall(SYS_fsync, file));
}
int fdatasync(int file) {
  return disk().watches(file) ? disk().sync(file, SYS_fdatasync)
                              : static_cast<int>(::syscall(SYS_fdatasync, file));
}

int ftruncate64(int file, off64_t size) noexcept {
  const auto now = [&] { return static_cast<int>(::syscall(SYS_ftruncate, file, size)); };
  return disk().watches(file) ? disk().change(false, [&](auto&) { return now(); }) : now();
}
int ftruncate(int file, off_t size) noexcept { return ftruncate64(file, size); }

int rename(const char* from, const char* to) noexcept {
  const auto now = [&] { return static_cast<int>(::syscall(SYS_rename, from, to)); };
  if (!disk().watches(to)) {
    return now();
  }
  return disk().change(true, [&](auto& unsynced) {
    if (disk().loses_unsynced()) {
      unsynced.renamed(to);
    }
    return now();
  });
}

int unlink(const char* path) noexcept {
  const auto now = [&] { return static_cast<int>(::syscall(SYS_unlink, path)); };
  return disk().watches(path) ? disk().change(false, [&](auto&) { return now(); }) : now();
}

}  // extern "C"
