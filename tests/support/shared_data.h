#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace sekisho::tests {

// A file or folder of the library that stands beside the project (SEKISHO_SHARED, else ../shared);
// empty where it is absent, and the caller skips itself.
inline std::filesystem::path shared_data(const std::string& name) {
  const char* set = std::getenv("SEKISHO_SHARED");
  const std::filesystem::path path =
      (set != nullptr ? std::filesystem::path(set)
                      : std::filesystem::path(SEKISHO_SOURCE_DIR) / ".." / "shared") /
      name;
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw std::runtime_error("cannot read " + path.string());
  }
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Unpacks an archive into a new folder below the test's temporary folder and removes it at the end.
class Unpacked {
 public:
  Unpacked(const std::filesystem::path& archive, const std::filesystem::path& parent) {
    std::string name = (parent / "sekisho_unpacked_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("cannot make a folder below " + parent.string());
    }
    folder_ = name;
    const std::string command = "tar -xzf '" + archive.string() + "' -C '" + name + "'";
    if (std::system(command.c_str()) != 0) {
      throw std::runtime_error("cannot unpack " + archive.string());
    }
  }
  Unpacked(const Unpacked&) = delete;
  Unpacked& operator=(const Unpacked&) = delete;
  ~Unpacked() { std::filesystem::remove_all(folder_); }

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace sekisho::tests
