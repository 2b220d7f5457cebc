#pragma once

#include <filesystem>
#include <string>

namespace sekisho::door_bench {

inline constexpr const char* kPatientX = "0000003";  // the number in folder and file names

// The storage of an invented hospital at two times; `later` has changed and deleted files, X's
// among them. Without X it is the same minus X's folder.
struct Storages {
  std::filesystem::path earlier, later;
};
Storages make_storages(const std::filesystem::path& folder, bool with_x);

}  // namespace sekisho::door_bench
