#include "tests/door/storages.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

#include "tests/fakes/storage_generator.h"

namespace sekisho::door_bench {

namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// Current files of a type, by patient, in name order.
std::map<std::string, std::vector<fs::path>> current_files(const fs::path& root,
                                                           const std::string& type) {
  std::map<std::string, std::vector<fs::path>> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name.find("_" + type + "_") != std::string::npos &&
        name.ends_with("_1")) {
      files[name.substr(0, name.find('_'))].push_back(entry.path());
    }
  }
  for (auto& [patient, paths] : files) {
    std::sort(paths.begin(), paths.end());
  }
  return files;
}

// Another postal code: a new version of the Patient.
void move_house(const fs::path& adt) {
  std::string text = read(adt);
  const std::size_t at = text.find("^999-01");
  if (at != std::string::npos) {
    text.replace(at, 7, "^999-09");
    write(adt, text);
  }
}

// Another value in the first numeric result: a new version of its Observation.
void correct_a_result(const fs::path& laboratory) {
  std::string text = read(laboratory);
  std::size_t at = text.find("|NM|");
  for (int field = 0; field < 4 && at != std::string::npos; ++field) {
    at = text.find('|', at + 1);
  }
  if (at != std::string::npos) {
    text.replace(at + 1, text.find('|', at + 1) - at - 1, "77");
    write(laboratory, text);
  }
}

void delete_by_flag(const fs::path& file) {
  std::string name = file.string();
  name.back() = '0';
  fs::rename(file, name);
}

}  // namespace

Storages make_storages(const fs::path& folder, bool with_x) {
  Storages storages{folder / "earlier", folder / "later"};
  fakes::StorageOptions options;
  options.out = storages.earlier;
  options.patients = 7;
  options.years = 1;
  options.visits_per_year = 4;
  fakes::generate_storage(options);
  if (!with_x) {
    const std::string x(kPatientX);
    fs::remove_all(storages.earlier / x.substr(0, 3) / x.substr(3, 3) / x);
  }
  fs::copy(storages.earlier, storages.later, fs::copy_options::recursive);
  for (const auto& [patient, files] : current_files(storages.later, "ADT-00")) {
    move_house(files.front());
  }
  for (const auto& [patient, files] : current_files(storages.later, "OML-11")) {
    if (files.size() > 1) {
      delete_by_flag(files.front());
      correct_a_result(files.back());
    }
  }
  return storages;
}

}  // namespace sekisho::door_bench
