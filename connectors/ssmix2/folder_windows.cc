#include <windows.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "adapter/platform/windows_text.h"
#include "connectors/ssmix2/folder.h"

// Files are opened so that the hospital's system may rename, delete and write them meanwhile, and
// paths in the long form, because a storage on a share soon has more than 260 characters.
namespace sekisho::connectors::ssmix2 {
namespace {

constexpr DWORD kDeletePending = 303;                    // mingw's winerror.h lacks its name
constexpr std::int64_t kUnixEpoch = 116444736000000000;  // in 100 ns since 1601

// The C++ library's own category speaks in the machine's code page.
class WindowsCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "windows"; }
  std::string message(int error) const override {
    return platform::windows_message(static_cast<unsigned long>(error));
  }
};

const std::error_category& windows_category() {
  static const WindowsCategory category;
  return category;
}

std::error_code code_of(DWORD error) {
  switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case kDeletePending:
      return std::make_error_code(std::errc::no_such_file_or_directory);
    case ERROR_DIRECTORY:
      return std::make_error_code(std::errc::not_a_directory);
    case ERROR_ACCESS_DENIED:
      return std::make_error_code(std::errc::permission_denied);
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
      return std::make_error_code(std::errc::device_or_resource_busy);
    default:
      return {static_cast<int>(error), windows_category()};
  }
}

// Folder and file may be of one given path: inside the long form only "\" separates.
std::wstring path_of(const std::string& utf8) {
  std::wstring path = platform::wide_path(utf8);
  std::replace(path.begin(), path.end(), L'/', L'\\');
  return path;
}

std::wstring below(const std::wstring& folder, const std::string& name) {
  return folder + (folder.ends_with(L'\\') ? L"" : L"\\") + platform::wide(name);
}

// Not every reparse point leads elsewhere: a deduplicated or archived file is one too.
bool leads_elsewhere(DWORD attributes, DWORD tag) {
  return (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 && IsReparseTagNameSurrogate(tag);
}

Kind kind_of(DWORD attributes, DWORD tag) {
  if (leads_elsewhere(attributes, tag)) {
    return Kind::kLink;
  }
  if ((attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
    return Kind::kFolder;
  }
  return (attributes & FILE_ATTRIBUTE_DEVICE) != 0 ? Kind::kOther : Kind::kFile;
}

class Handle {
 public:
  Handle(const std::wstring& path, DWORD access, DWORD flags)
      : handle_(CreateFileW(path.c_str(), access,
                            FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                            OPEN_EXISTING, flags, nullptr)),
        error_(handle_ == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (handle_ != INVALID_HANDLE_VALUE) {
      CloseHandle(handle_);
    }
  }
  HANDLE get() const { return handle_; }
  DWORD error() const { return error_; }

 private:
  HANDLE handle_;
  DWORD error_;
};

struct Search {
  explicit Search(const std::wstring& folder)
      : handle(FindFirstFileExW(below(folder, "*").c_str(), FindExInfoBasic, &entry,
                                FindExSearchNameMatch, nullptr, FIND_FIRST_EX_LARGE_FETCH)),
        error(handle == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS) {}
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;
  ~Search() {
    if (handle != INVALID_HANDLE_VALUE) {
      FindClose(handle);
    }
  }
  bool next() {
    if (FindNextFileW(handle, &entry) == 0) {
      error = GetLastError();
    }
    return error == ERROR_SUCCESS;
  }

  WIN32_FIND_DATAW entry{};
  HANDLE handle;
  DWORD error;
};

struct Found {
  Kind kind = Kind::kOther;
  bool reparse_point = false;
  FileFacts facts;
};

// What stands at a path itself, without following it. Asked through a handle, since a folder may
// tell an old size of a file that is still open.
std::optional<Found> find(const std::wstring& path, std::error_code& error) {
  const Handle file(path, FILE_READ_ATTRIBUTES,
                    FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS);
  FILE_ATTRIBUTE_TAG_INFO attributes{};
  FILE_BASIC_INFO times{};
  LARGE_INTEGER size{};
  if (file.get() == INVALID_HANDLE_VALUE) {
    error = code_of(file.error());
    return std::nullopt;
  }
  if (GetFileInformationByHandleEx(file.get(), FileAttributeTagInfo, &attributes,
                                   sizeof attributes) == 0 ||
      GetFileInformationByHandleEx(file.get(), FileBasicInfo, &times, sizeof times) == 0 ||
      GetFileSizeEx(file.get(), &size) == 0) {
    error = code_of(GetLastError());
    return std::nullopt;
  }
  Found found;
  found.kind = kind_of(attributes.FileAttributes, attributes.ReparseTag);
  found.reparse_point = (attributes.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
  found.facts.size = static_cast<std::uint64_t>(size.QuadPart);
  found.facts.modified_ns = (times.LastWriteTime.QuadPart - kUnixEpoch) * 100;
  return found;
}

std::optional<FileFacts> facts_at(const std::wstring& path, std::error_code& error) {
  const std::optional<Found> found = find(path, error);
  return found && found->kind == Kind::kFile ? std::optional(found->facts) : std::nullopt;
}

}  // namespace

struct Folder::Handle {
  std::wstring path;
};

Folder::Folder(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Folder::Folder(Folder&&) noexcept = default;
Folder& Folder::operator=(Folder&&) noexcept = default;
Folder::~Folder() = default;

namespace {

std::optional<Folder> opened(std::wstring path, std::error_code& error) {
  const Search readable(path);
  if (readable.error != ERROR_SUCCESS && readable.error != ERROR_FILE_NOT_FOUND) {
    error = code_of(readable.error);
    return std::nullopt;
  }
  return Folder(std::make_unique<Folder::Handle>(Folder::Handle{std::move(path)}));
}

}  // namespace

std::optional<Folder> Folder::open(const std::string& path, std::error_code& error) {
  return opened(path_of(path), error);
}

std::optional<Folder> Folder::open_below(const std::string& name, std::error_code& error) const {
  std::wstring path = below(handle_->path, name);
  const std::optional<Found> found = find(path, error);
  if (found && found->kind != Kind::kFolder) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  return error ? std::nullopt : opened(std::move(path), error);
}

std::vector<Entry> Folder::entries(std::error_code& error) const {
  std::vector<Entry> entries;
  Search search(handle_->path);
  if (search.error == ERROR_FILE_NOT_FOUND) {
    return entries;  // an empty drive has not even "."
  }
  if (search.error == ERROR_SUCCESS) {
    do {
      const std::wstring_view name = search.entry.cFileName;
      if (name != L"." && name != L"..") {
        entries.push_back({platform::narrow(name),
                           kind_of(search.entry.dwFileAttributes, search.entry.dwReserved0)});
      }
    } while (search.next());
  }
  if (search.error != ERROR_NO_MORE_FILES) {
    error = code_of(search.error);
  }
  return entries;
}

std::optional<FileFacts> Folder::facts(const std::string& name, std::error_code& error) const {
  return facts_at(below(handle_->path, name), error);
}

bool has_vanished(const std::error_code& error) {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
}

std::optional<FileFacts> facts_of(const std::string& path, std::error_code& error) {
  return facts_at(path_of(path), error);
}

std::optional<std::string> read_bytes(const std::string& path, std::uint64_t max_bytes,
                                      std::error_code& error) {
  const std::wstring wide = path_of(path);
  const std::optional<Found> found = find(wide, error);
  if (!found || found->kind != Kind::kFile) {
    error = error ? error : std::make_error_code(std::errc::not_supported);
    return std::nullopt;
  }
  // A link that took the file's place meanwhile is opened itself, and holds nothing.
  const Handle file(
      wide, GENERIC_READ,
      FILE_FLAG_SEQUENTIAL_SCAN | (found->reparse_point ? 0u : FILE_FLAG_OPEN_REPARSE_POINT));
  if (file.get() == INVALID_HANDLE_VALUE) {
    error = code_of(file.error());
    return std::nullopt;
  }
  const auto cap = static_cast<std::size_t>(max_bytes) + 1;
  std::string bytes(std::min(cap, static_cast<std::size_t>(found->facts.size) + 1), '\0');
  std::size_t have = 0;
  for (;;) {
    const auto wanted = static_cast<DWORD>(std::min<std::size_t>(bytes.size() - have, 1u << 30));
    DWORD got = 0;
    if (ReadFile(file.get(), bytes.data() + have, wanted, &got, nullptr) == 0) {
      error = code_of(GetLastError());
      return std::nullopt;
    }
    have += got;
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
