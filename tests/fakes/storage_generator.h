#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "tests/fakes/messages.h"

namespace sekisho::fakes {

struct StorageOptions {
  std::filesystem::path out;  // the root of the standardized storage; made if absent
  std::uint64_t patients = 200;
  std::uint64_t seed = 1;
  std::uint64_t first_number = 1;  // patient numbers count up from here
  int years = 5;
  int visits_per_year = 4;
  Day last_day = std::chrono::year{2026} / 10 / 31;
  // Of a thousand laboratory files, how many come damaged (another patient's, cut, empty, CP932
  // under an ISO-2022-JP label, a name that does not fit), one kind after the other.
  std::size_t faults = 0;
};

struct StorageReport {
  std::map<std::string, std::array<std::uint64_t, 3>> files;  // by type; by condition flag
  std::map<std::string, std::uint64_t> faults;                // by kind; not in `files`
  std::uint64_t bytes = 0;
  Contents current;  // what the files with flag 1 say
};

// Writes the storage of an invented hospital. The same options give the same bytes; a patient's
// files depend only on the seed, the number and the dates, not on how many patients there are.
StorageReport generate_storage(const StorageOptions& options);

std::string to_json(const StorageReport& report);  // one line

}  // namespace sekisho::fakes
