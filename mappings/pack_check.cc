#include "mappings/pack_check.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "fhir/error.h"
#include "mappings/pack_texts.h"

namespace sekisho::mappings {
namespace {

namespace fs = std::filesystem;

bool is_child(const Profile& a, const Profile& b) {
  return std::find(a.parents().begin(), a.parents().end(), b.id()) != a.parents().end();
}

void check_concept_maps(const fs::path& folder, const std::set<std::string>& used,
                        PackFindings& out) {
  if (!fs::exists(folder / u8"concept_maps")) {
    return;
  }
  for (const fs::path& file : files_of(folder / u8"concept_maps", ".json")) {
    std::string name = "concept_maps/" + file.filename().string();
    if (used.count(name) == 0) {
      out.push_back({false, file.string() + ": no profile of the pack names it in its lookups"});
    }
  }
}

void check_tests(const fs::path& folder, const std::vector<Profile>& profiles, PackFindings& out) {
  auto known = [&](const std::string& name) {
    return std::any_of(profiles.begin(), profiles.end(),
                       [&](const Profile& profile) { return test_folder(profile) == name; });
  };
  std::error_code failed;
  for (fs::directory_iterator at(folder / u8"testdata", failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->is_directory() && !known(at->path().filename().string())) {
      out.push_back({false, at->path().string() + ": no profile of the pack has this name, so "
                                                  "these cases are never run"});
    }
  }
}

}  // namespace

std::string test_folder(const Profile& profile) {
  const std::string& file = profile.file();
  std::string name = fs::u8path(file).filename().string();
  return name.substr(0, name.find(".map.json"));
}

PackFindings check_pack(const std::string& folder) {
  PackFindings out;
  const fs::path root = fs::u8path(folder);
  PackTexts texts{root};
  std::vector<Profile> profiles;
  std::set<std::string> used;
  for (std::size_t i = 0; i < texts.texts.size(); ++i) {
    if (std::string twice = texts.told_twice(i); !twice.empty()) {
      out.push_back({true, std::move(twice)});
    }
    try {
      ProfileText text = texts.texts[i];
      text.open = [&, open = text.open](const std::string& path) {
        used.insert(path);
        return open(path);
      };
      profiles.push_back(Profile::compile(std::move(text), texts.find()));
    } catch (const fhir::Error& e) {
      out.push_back({true, e.text()});
    }
  }
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    for (std::size_t k = i + 1; k < profiles.size(); ++k) {
      const Profile &a = profiles[i], &b = profiles[k];
      if (a.overlaps(b) && !is_child(a, b) && !is_child(b, a)) {
        out.push_back({true, b.file() + ": accepts what " + a.file() +
                                 " accepts; name message or SS-MIX2 type more narrowly"});
      }
    }
  }
  if (texts.texts.empty()) {
    out.push_back({true, folder + "/profiles: holds no file that ends in .map.json"});
  }
  check_concept_maps(root, used, out);
  check_tests(root, profiles, out);
  return out;
}

}  // namespace sekisho::mappings
