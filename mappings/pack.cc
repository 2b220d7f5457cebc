#include <algorithm>
#include <filesystem>

#include "fhir/error.h"
#include "mappings/embedded.h"
#include "mappings/engine.h"
#include "mappings/inherit.h"
#include "mappings/pack_texts.h"

namespace sekisho::mappings {
namespace {

namespace fs = std::filesystem;

std::string open_embedded(const std::string& path) {
  std::string_view text = embedded_file(path);
  if (text.empty()) {
    throw fhir::Error(fhir::ErrorCode::kConfig, path + ": is not in the base pack");
  }
  return std::string(text);
}

}  // namespace

std::optional<ProfileText> base_profile(const std::string& id) {
  for (std::size_t i = 0; !embedded_path(i).empty(); ++i) {
    std::string path(embedded_path(i));
    std::string text(embedded_file(path));
    if (path.starts_with("profiles/") && profile_id(text) == id) {
      return ProfileText{std::move(text), path, open_embedded};
    }
  }
  return std::nullopt;
}

Pack Pack::base() {
  Pack pack;
  for (std::size_t i = 0; !embedded_path(i).empty(); ++i) {
    std::string path(embedded_path(i));
    if (path.starts_with("profiles/")) {
      pack.profiles_.push_back(Profile::compile(embedded_file(path), path, open_embedded));
    }
  }
  return pack;
}

Pack Pack::load(const std::string& folder) {
  PackTexts texts{fs::u8path(folder)};
  Pack pack;
  for (std::size_t i = 0; i < texts.texts.size(); ++i) {
    if (std::string twice = texts.told_twice(i); !twice.empty()) {
      throw fhir::Error(fhir::ErrorCode::kConfig, std::move(twice));
    }
    pack.profiles_.push_back(Profile::compile(texts.texts[i], texts.find()));
  }
  // Of a profile and the one that it extends, both in the pack, the former maps.
  std::stable_sort(
      pack.profiles_.begin(), pack.profiles_.end(),
      [](const Profile& a, const Profile& b) { return a.parents().size() > b.parents().size(); });
  return pack;
}

Profile Pack::compile_file(const std::string& file) {
  const fs::path path = fs::absolute(fs::u8path(file)).lexically_normal();
  const fs::path folder = path.parent_path().parent_path();
  PackTexts pack{folder};
  ProfileText text{read_pack_file(path), file,
                   [folder](const std::string& inside) { return read_below(folder, inside); }};
  return Profile::compile(std::move(text), pack.find());
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
