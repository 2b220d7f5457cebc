#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fhir/error.h"
#include "mappings/embedded.h"
#include "mappings/engine.h"

namespace sekisho::mappings {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw fhir::Error(fhir::ErrorCode::kConfig,
                      path.string() + ": the file cannot be read; check its name and its rights");
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// A file of the pack by its path below the pack, or throws. The path may not lead out of it, by
// a symbolic link neither.
std::string read_below(const fs::path& folder, const std::string& path) {
  fs::path root = fs::weakly_canonical(folder);
  fs::path target = fs::weakly_canonical(root / path);
  auto [end, ignored] = std::mismatch(root.begin(), root.end(), target.begin(), target.end());
  if (end != root.end()) {
    throw fhir::Error(fhir::ErrorCode::kConfig, path + ": leads out of the pack " + root.string());
  }
  return read_file(target);
}

}  // namespace

Pack Pack::base() {
  Pack pack;
  Profile::Open open = [](const std::string& path) {
    std::string_view text = embedded_file(path);
    if (text.empty()) {
      throw fhir::Error(fhir::ErrorCode::kConfig, path + ": is not in the base pack");
    }
    return std::string(text);
  };
  for (std::size_t i = 0; !embedded_path(i).empty(); ++i) {
    std::string path(embedded_path(i));
    if (path.starts_with("profiles/")) {
      pack.profiles_.push_back(Profile::compile(embedded_file(path), path, open));
    }
  }
  return pack;
}

Pack Pack::load(const std::string& folder) {
  Pack pack;
  std::error_code failed;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(fs::path(folder) / "profiles", failed), end; at != end;
       at.increment(failed)) {
    if (at->path().filename().string().ends_with(".map.json")) {
      files.push_back(at->path());
    }
    if (failed) {
      break;
    }
  }
  if (failed) {
    throw fhir::Error(fhir::ErrorCode::kConfig, folder + "/profiles: cannot be listed (" +
                                                    failed.message() +
                                                    "); a mapping pack has a folder of that name");
  }
  std::sort(files.begin(), files.end());
  Profile::Open open = [&](const std::string& path) { return read_below(folder, path); };
  for (const fs::path& file : files) {
    pack.profiles_.push_back(Profile::compile(read_file(file), file.string(), open));
  }
  return pack;
}

const Profile* Pack::find(std::string_view message_type, std::string_view data_type) const {
  for (const Profile& profile : profiles_) {
    if (profile.accepts(message_type, data_type)) {
      return &profile;
    }
  }
  return nullptr;
}

}  // namespace sekisho::mappings
