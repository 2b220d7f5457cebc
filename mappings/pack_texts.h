#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/engine.h"

namespace sekisho::mappings {

// The profiles of a pack folder as texts, in the order of their names; each finds its parents among
// them, then in the base pack. Good while this lives.
struct PackTexts {
  explicit PackTexts(const std::filesystem::path& folder);
  FindParent find() const;
  // What is wrong where an earlier file has the id of this one; else empty.
  std::string told_twice(std::size_t number) const;

  std::vector<ProfileText> texts;
  std::vector<std::string> ids;
};

// Files of a folder by the end of their names, sorted; throws Error(kConfig) if it cannot be
// listed.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder,
                                            std::string_view ending);
std::string read_pack_file(const std::filesystem::path& path);
// A file of the pack by its path below the pack, or throws. The path may not lead out of it, by
// a symbolic link neither.
std::string read_below(const std::filesystem::path& folder, const std::string& path);
// The id that a profile's text gives itself; empty where it cannot be read.
std::string profile_id(const std::string& text);

}  // namespace sekisho::mappings
