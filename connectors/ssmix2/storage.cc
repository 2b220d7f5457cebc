#include "connectors/ssmix2/storage.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>

#include "connectors/charset.h"
#include "connectors/ssmix2/folder.h"
#include "fhir/error.h"

namespace sekisho::connectors::ssmix2 {

namespace {

constexpr std::size_t kDeepest = 16;  // a standardized storage has six levels

// A level is named by what stands there in a standardized storage, never by the name itself.
std::string_view level_name(std::size_t depth) {
  constexpr std::array<std::string_view, 7> kNames{
      "the root", "patient digits 1-3", "patient digits 4-6", "patient", "date", "type", "file"};
  return depth < kNames.size() ? kNames[depth] : "below the files";
}

// One walk: depth first, names of a folder sorted by byte.
class Walk {
 public:
  Walk(const std::function<bool(const FoundFile&)>& found,
       const std::function<void(const fhir::Issue&)>& unreadable)
      : found_(found), unreadable_(unreadable) {}

  // `resume`: what is left of the path to begin after, relative to this folder.
  bool folder(const Folder& folder, std::size_t depth, std::string_view resume) {
    std::error_code error;
    std::vector<Entry> entries = folder.entries(error);
    if (error && !has_vanished(error)) {
      report("storage.unreadable-folder", depth, "cannot be listed to its end: " + error.message());
    }
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    const std::size_t slash = std::min(resume.find('/'), resume.size());
    const std::string_view resume_name = resume.substr(0, slash);
    const std::string_view resume_below = resume.substr(std::min(slash + 1, resume.size()));
    for (const Entry& entry : entries) {
      const bool on_resume_path = !resume.empty() && entry.name == resume_name;
      if (!resume.empty() &&
          (entry.name < resume_name || (on_resume_path && resume_below.empty()))) {
        continue;
      }
      if (!visit(folder, entry, depth + 1, on_resume_path ? resume_below : std::string_view{})) {
        return false;
      }
    }
    return true;
  }

 private:
  bool visit(const Folder& parent, const Entry& entry, std::size_t depth, std::string_view resume) {
    if (has_high_byte(entry.name) && fit(entry.name, Encoding::kUtf8).bad != 0) {
      report("storage.name-encoding", depth, "has a name that is no UTF-8 and was left out");
      return true;
    }
    const std::size_t path_size = path_.size();
    path_ += path_.empty() ? "" : "/";
    path_ += entry.name;
    bool on = true;
    if (entry.kind == Kind::kFolder) {
      on = visit_folder(parent, entry, depth, resume);
    } else if (entry.kind == Kind::kFile) {
      on = visit_file(parent, entry, depth);
    } else {
      report("storage.not-a-file", depth,
             entry.kind == Kind::kLink ? "is a link; links are not followed"
                                       : "is neither file nor folder and was left out");
    }
    path_.resize(path_size);
    return on;
  }

  bool visit_folder(const Folder& parent, const Entry& entry, std::size_t depth,
                    std::string_view resume) {
    if (depth >= kDeepest) {
      report("storage.too-deep", depth, "lies deeper than any storage does and was left out");
      return true;
    }
    std::error_code error;
    const std::optional<Folder> child = parent.open_below(entry.name, error);
    if (child) {
      return folder(*child, depth, resume);
    }
    if (!has_vanished(error)) {
      report("storage.unreadable-folder", depth, "cannot be opened: " + error.message());
    }
    return true;
  }

  bool visit_file(const Folder& parent, const Entry& entry, std::size_t depth) {
    std::error_code error;
    const std::optional<FileFacts> facts = parent.facts(entry.name, error);
    if (facts) {
      return found_({path_, facts->size, facts->modified_ns});
    }
    if (error && !has_vanished(error)) {
      report("storage.unreadable-file", depth, "cannot be looked at: " + error.message());
    }
    return true;  // renamed or deleted since the folder was listed
  }

  void report(std::string code, std::size_t depth, const std::string& what) {
    fhir::Issue issue;
    issue.severity = fhir::Issue::Severity::kError;
    issue.code = std::move(code);
    issue.source = "storage depth " + std::to_string(depth);
    issue.diagnostics = "an entry at depth " + std::to_string(depth) + " (" +
                        std::string(level_name(depth)) + ") " + what;
    unreadable_(issue);
  }

  const std::function<bool(const FoundFile&)>& found_;
  const std::function<void(const fhir::Issue&)>& unreadable_;
  std::string path_;  // of the entry being visited, relative to the root
};

bool stays_below(std::string_view path) {
  return !path.empty() && path[0] != '/' && path.find('\0') == std::string_view::npos &&
         ("/" + std::string(path) + "/").find("/../") == std::string::npos;
}

}  // namespace

Storage::Storage(std::string name, std::string root)
    : name_(std::move(name)), root_(std::move(root)) {
  std::error_code error;
  const std::optional<Folder> folder = Folder::open(root_, error);
  if (folder) {
    folder->entries(error);
  }
  if (error) {
    throw fhir::Error(fhir::ErrorCode::kIo,
                      "storage \"" + name_ + "\": the root is no readable folder (" +
                          error.message() + "); check that it is mounted and may be read");
  }
}

void Storage::walk(const std::string& resume_after,
                   const std::function<bool(const FoundFile&)>& found,
                   const std::function<void(const fhir::Issue&)>& unreadable) const {
  std::error_code error;
  const std::optional<Folder> folder = Folder::open(root_, error);
  if (!folder) {
    throw fhir::Error(fhir::ErrorCode::kIo,
                      "storage \"" + name_ + "\": the root is no longer a readable folder (" +
                          error.message() + "); check that it is still mounted");
  }
  Walk(found, unreadable).folder(*folder, 0, resume_after);
}

std::optional<std::string> Storage::read(const std::string& path, std::uint64_t max_bytes) const {
  if (!stays_below(path)) {
    throw fhir::Error(fhir::ErrorCode::kUsage,
                      "storage \"" + name_ + "\": a path to read leaves the root");
  }
  std::error_code error;
  std::optional<std::string> bytes = read_bytes(root_ + "/" + path, max_bytes, error);
  if (!bytes && !has_vanished(error)) {
    throw fhir::Error(fhir::ErrorCode::kIo, "storage \"" + name_ + "\": a file cannot be read (" +
                                                error.message() + "); check its permissions");
  }
  if (bytes && bytes->size() > max_bytes) {
    throw fhir::Error(fhir::ErrorCode::kInput, "storage \"" + name_ +
                                                   "\": a file is larger than the limit of " +
                                                   std::to_string(max_bytes) + " bytes");
  }
  return bytes;
}

std::optional<FoundFile> Storage::with_flag(const std::string& path, char flag) const {
  if (!stays_below(path)) {
    return std::nullopt;
  }
  FoundFile other;
  other.path = path;
  other.path.back() = flag;
  std::error_code error;
  const std::optional<FileFacts> facts = facts_of(root_ + "/" + other.path, error);
  if (!facts) {
    return std::nullopt;
  }
  other.size = facts->size;
  other.modified_ns = facts->modified_ns;
  return other;
}

}  // namespace sekisho::connectors::ssmix2
