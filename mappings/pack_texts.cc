#include "mappings/pack_texts.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "fhir/error.h"
#include "mappings/inherit.h"

namespace sekisho::mappings {

namespace fs = std::filesystem;

std::string read_pack_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw fhir::Error(fhir::ErrorCode::kConfig,
                      path.string() + ": the file cannot be read; check its name and its rights");
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string read_below(const fs::path& folder, const std::string& path) {
  fs::path root = fs::weakly_canonical(folder);
  fs::path target = fs::weakly_canonical(root / fs::u8path(path));
  auto [end, ignored] = std::mismatch(root.begin(), root.end(), target.begin(), target.end());
  if (end != root.end()) {
    throw fhir::Error(fhir::ErrorCode::kConfig, path + ": leads out of the pack " + root.string());
  }
  return read_pack_file(target);
}

std::vector<fs::path> files_of(const fs::path& folder, std::string_view ending) {
  std::error_code failed;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (at->path().filename().string().ends_with(ending)) {
      files.push_back(at->path());
    }
  }
  if (failed) {
    throw fhir::Error(fhir::ErrorCode::kConfig, folder.string() + ": cannot be listed (" +
                                                    failed.message() +
                                                    "); a mapping pack has a folder of that name");
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string profile_id(const std::string& text) {
  try {
    return std::string(fhir::parse_json(text, kProfileJson).text("id"));
  } catch (const fhir::JsonError&) {
    return {};  // told when the profile is compiled
  }
}

PackTexts::PackTexts(const fs::path& folder) {
  for (const fs::path& file : files_of(folder / u8"profiles", ".map.json")) {
    texts.push_back({read_pack_file(file), file.string(),
                     [folder](const std::string& path) { return read_below(folder, path); }});
    ids.push_back(profile_id(texts.back().text));
  }
}

FindParent PackTexts::find() const {
  return [this](const std::string& id) -> std::optional<ProfileText> {
    auto found = std::find(ids.begin(), ids.end(), id);
    return found == ids.end() ? base_profile(id)
                              : texts[static_cast<std::size_t>(found - ids.begin())];
  };
}

std::string PackTexts::told_twice(std::size_t number) const {
  for (std::size_t i = 0; i < number; ++i) {
    if (!ids[i].empty() && ids[i] == ids[number]) {
      return texts[number].file + ": the id \"" + ids[number] + "\" is that of " + texts[i].file +
             " too; each profile of a pack has its own";
    }
  }
  return {};
}

}  // namespace sekisho::mappings
