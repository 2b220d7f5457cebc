#pragma once

#include <string>
#include <vector>

#include "mappings/engine.h"

namespace sekisho::mappings {

struct PackFinding {
  bool error = false;  // else a warning
  std::string text;    // "file:line:column /pointer: what"
};
using PackFindings = std::vector<PackFinding>;

// Everything that is wrong with a pack folder: each profile that does not compile, ids and accepted
// messages that two have, ConceptMaps and test folders that nobody uses. Throws Error(kConfig)
// where the folder is no pack.
PackFindings check_pack(const std::string& folder);

// The folder below testdata/ with the profile's cases: its file's name without ".map.json".
std::string test_folder(const Profile& profile);

}  // namespace sekisho::mappings
