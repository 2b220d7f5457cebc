#include <windows.h>

#include <algorithm>
#include <utility>

#include "adapter/platform/durable_file.h"
#include "adapter/platform/windows_text.h"
#include "fhir/error.h"

// Files take the access rights of their folder; the installer gives the state folder to the
// service account alone. Windows has no sync of a folder: NTFS journals the names, and a rename is
// asked to be on the disk when it returns (MOVEFILE_WRITE_THROUGH).
namespace sekisho::platform {
namespace {

using fhir::Error;
using fhir::ErrorCode;

class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (handle_ != INVALID_HANDLE_VALUE) {
      CloseHandle(handle_);
    }
  }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_;
};

// A virus scanner or an indexer may hold a new file for a moment.
constexpr int kTries = 40;
constexpr DWORD kPauseMs = 50;

bool held_by_another(DWORD error) {
  return error == ERROR_SHARING_VIOLATION || error == ERROR_LOCK_VIOLATION ||
         error == ERROR_ACCESS_DENIED;
}

HANDLE open_or_fail(const std::string& path, DWORD access, DWORD share, DWORD disposition) {
  const HANDLE handle = CreateFileW(wide_path(path).c_str(), access, share, nullptr, disposition,
                                    FILE_ATTRIBUTE_NORMAL, nullptr);
  if (handle == INVALID_HANDLE_VALUE) {
    fail_windows(path, "cannot be opened", GetLastError());
  }
  return handle;
}

std::size_t write_some(HANDLE handle, const std::string& path, std::string_view bytes) {
  const DWORD wanted = static_cast<DWORD>(std::min<std::size_t>(bytes.size(), 1u << 30));
  DWORD written = 0;
  if (WriteFile(handle, bytes.data(), wanted, &written, nullptr) == 0) {
    fail_windows(path, "cannot be written", GetLastError());
  }
  return written;
}

void replace(const std::string& path, const std::string& by) {
  const std::wstring from = wide_path(by);
  const std::wstring to = wide_path(path);
  for (int left = kTries;; --left) {
    if (MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) !=
        0) {
      return;
    }
    const DWORD error = GetLastError();
    if (left == 0 || !held_by_another(error)) {
      fail_windows(path, "cannot be put in place", error);
    }
    Sleep(kPauseMs);
  }
}

class WindowsFile final : public FileBackend {
 public:
  explicit WindowsFile(const std::string& path)
      : path_(path),
        handle_(open_or_fail(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, OPEN_ALWAYS)) {
    seek(0, FILE_END);
  }
  std::uint64_t size() override {
    LARGE_INTEGER size{};
    if (GetFileSizeEx(handle_.get(), &size) == 0) {
      fail_windows(path_, "cannot be measured", GetLastError());
    }
    return static_cast<std::uint64_t>(size.QuadPart);
  }
  std::size_t write(std::string_view bytes) override {
    return write_some(handle_.get(), path_, bytes);
  }
  void sync() override {
    if (FlushFileBuffers(handle_.get()) == 0) {
      fail_windows(path_, "cannot be synced", GetLastError());
    }
  }
  void truncate(std::uint64_t size) override {
    seek(static_cast<LONGLONG>(size), FILE_BEGIN);
    if (SetEndOfFile(handle_.get()) == 0) {
      fail_windows(path_, "cannot be cut", GetLastError());
    }
  }

 private:
  void seek(LONGLONG to, DWORD from) {
    LARGE_INTEGER distance{};
    distance.QuadPart = to;
    if (SetFilePointerEx(handle_.get(), distance, nullptr, from) == 0) {
      fail_windows(path_, "cannot be positioned", GetLastError());
    }
  }
  std::string path_;
  Handle handle_;
};

}  // namespace

std::unique_ptr<FileBackend> open_file_backend(const std::string& path) {
  return std::make_unique<WindowsFile>(path);
}

void write_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".new";
  try {
    {
      const Handle handle(open_or_fail(temporary, GENERIC_WRITE, 0, CREATE_ALWAYS));
      for (std::size_t done = 0; done < bytes.size();) {
        done += write_some(handle.get(), temporary, bytes.substr(done));
      }
      if (FlushFileBuffers(handle.get()) == 0) {
        fail_windows(temporary, "cannot be synced", GetLastError());
      }
    }
    replace(path, temporary);
  } catch (const Error&) {
    DeleteFileW(wide_path(temporary).c_str());
    throw;
  }
}

std::string read_file(const std::string& path, std::uint64_t max_bytes) {
  const Handle handle(open_or_fail(
      path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, OPEN_EXISTING));
  std::string bytes;
  char block[1 << 16];
  while (true) {
    DWORD count = 0;
    if (ReadFile(handle.get(), block, sizeof block, &count, nullptr) == 0) {
      fail_windows(path, "cannot be read", GetLastError());
    }
    if (count == 0) {
      return bytes;
    }
    bytes.append(block, count);
    if (bytes.size() > max_bytes) {
      throw Error(ErrorCode::kInput,
                  path + ": is longer than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

bool file_exists(const std::string& path) {
  return GetFileAttributesW(wide_path(path).c_str()) != INVALID_FILE_ATTRIBUTES;
}

void create_folder(const std::string& path) {
  const std::wstring whole = wide_path(path);
  if (whole.empty() || CreateDirectoryW(whole.c_str(), nullptr) != 0) {
    return;
  }
  DWORD error = GetLastError();
  const std::size_t separator = path.find_last_of("/\\");
  if (error == ERROR_PATH_NOT_FOUND && separator != std::string::npos && separator > 0) {
    create_folder(path.substr(0, path.find_last_not_of("/\\", separator) + 1));
    error = CreateDirectoryW(whole.c_str(), nullptr) != 0 ? ERROR_SUCCESS : GetLastError();
  }
  // A drive says "access denied" to being made again.
  if (error != ERROR_SUCCESS && error != ERROR_ALREADY_EXISTS && !file_exists(path)) {
    fail_windows(path, "cannot be made", error);
  }
}

struct FileLock::State {
  explicit State(HANDLE value) : handle(value) {}
  Handle handle;
};

FileLock::FileLock() = default;
FileLock::FileLock(FileLock&&) noexcept = default;
FileLock& FileLock::operator=(FileLock&&) noexcept = default;
FileLock::~FileLock() = default;

FileLock FileLock::take(const std::string& path) {
  // Sharing nothing is the lock; the system closes the handle of a process that dies.
  const HANDLE handle = CreateFileW(wide_path(path).c_str(), GENERIC_READ | GENERIC_WRITE, 0,
                                    nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (handle == INVALID_HANDLE_VALUE) {
    const DWORD error = GetLastError();
    if (error == ERROR_SHARING_VIOLATION) {
      throw Error(ErrorCode::kConflict, path +
                                            ": another process holds this lock; is the agent "
                                            "running?");
    }
    fail_windows(path, "cannot be locked", error);
  }
  FileLock lock;
  lock.state_ = std::make_unique<State>(handle);
  return lock;
}

std::uint64_t free_bytes(const std::string& path) {
  ULARGE_INTEGER available{};
  if (GetDiskFreeSpaceExW(wide_path(path).c_str(), &available, nullptr, nullptr) == 0) {
    fail_windows(path, "free space cannot be read", GetLastError());
  }
  return available.QuadPart;
}

}  // namespace sekisho::platform
