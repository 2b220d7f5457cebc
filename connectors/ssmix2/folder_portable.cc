#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "connectors/ssmix2/folder.h"

namespace sekisho::connectors::ssmix2 {

namespace fs = std::filesystem;

namespace {

fs::path path_of(const std::string& utf8) {
  return fs::path(std::u8string(utf8.begin(), utf8.end()));
}

std::string utf8_of(const fs::path& path) {
  const std::u8string text = path.u8string();
  return {text.begin(), text.end()};
}

Kind kind_of(fs::file_type type) {
  switch (type) {
    case fs::file_type::regular:
      return Kind::kFile;
    case fs::file_type::directory:
      return Kind::kFolder;
    case fs::file_type::symlink:
      return Kind::kLink;
    default:
      return Kind::kOther;
  }
}

std::optional<FileFacts> facts_at(const fs::path& path, std::error_code& error) {
  const fs::file_status status = fs::symlink_status(path, error);
  if (error || status.type() != fs::file_type::regular) {
    return std::nullopt;
  }
  FileFacts facts;
  facts.size = fs::file_size(path, error);
  if (error) {
    return std::nullopt;
  }
  const fs::file_time_type modified = fs::last_write_time(path, error);
  if (error) {
    return std::nullopt;
  }
  facts.modified_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(modified.time_since_epoch()).count();
  return facts;
}

}  // namespace

struct Folder::Handle {
  explicit Handle(fs::path p) : path(std::move(p)) {}
  fs::path path;
};

Folder::Folder(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Folder::Folder(Folder&&) noexcept = default;
Folder& Folder::operator=(Folder&&) noexcept = default;
Folder::~Folder() = default;

std::optional<Folder> Folder::open(const std::string& path, std::error_code& error) {
  const fs::directory_iterator readable(path_of(path), error);
  if (error) {
    return std::nullopt;
  }
  return Folder(std::make_unique<Handle>(path_of(path)));
}

std::optional<Folder> Folder::open_below(const std::string& name, std::error_code& error) const {
  const fs::path path = handle_->path / path_of(name);
  const fs::file_status status = fs::symlink_status(path, error);
  if (!error && status.type() != fs::file_type::directory) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (error) {
    return std::nullopt;
  }
  return open(utf8_of(path), error);
}

std::vector<Entry> Folder::entries(std::error_code& error) const {
  std::vector<Entry> entries;
  fs::directory_iterator at(handle_->path, error);
  for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
    std::error_code unknown;
    const fs::file_status status = at->symlink_status(unknown);
    entries.push_back(
        {utf8_of(at->path().filename()), unknown ? Kind::kFile : kind_of(status.type())});
  }
  return entries;
}

std::optional<FileFacts> Folder::facts(const std::string& name, std::error_code& error) const {
  return facts_at(handle_->path / path_of(name), error);
}

bool has_vanished(const std::error_code& error) {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
}

std::optional<FileFacts> facts_of(const std::string& path, std::error_code& error) {
  return facts_at(path_of(path), error);
}

std::optional<std::string> read_bytes(const std::string& path, std::uint64_t max_bytes,
                                      std::error_code& error) {
  const std::optional<FileFacts> facts = facts_of(path, error);
  if (!facts) {
    error = error ? error : std::make_error_code(std::errc::not_supported);
    return std::nullopt;
  }
  std::ifstream file(path_of(path), std::ios::binary);
  if (!file) {
    error = std::make_error_code(std::errc::permission_denied);
    return std::nullopt;
  }
  const auto cap = static_cast<std::size_t>(std::min(facts->size, max_bytes)) + 1;
  std::string bytes(cap, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(cap));
  if (file.bad()) {
    error = std::make_error_code(std::errc::io_error);
    return std::nullopt;
  }
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

}  // namespace sekisho::connectors::ssmix2
