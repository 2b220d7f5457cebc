#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapter/query/visibility.h"
#include "fhir/data_category.h"
#include "fhir/release_sets.h"

namespace sekisho::query {

// The columns of one row of `resource` or `resource_version`, without its text.
struct Row {
  std::int64_t rid = -1;
  std::int64_t type = -1;
  std::string id;
  std::int64_t version = 0;  // 0: a mere target of a reference
  std::int64_t last_updated = 0;
  bool deleted = false;
  fhir::SetRule rule = fhir::SetRule::kNeverReleased;
  std::optional<std::uint32_t> patient;
  std::string more_patients;  // 4 bytes little-endian each
  fhir::CategorySet needs;
  fhir::CategorySet carried;
  unsigned flags = 0;
  std::optional<std::int32_t> data_date;
  bool plain = false;
  bool superseded = false;  // from resource_version
};

std::vector<std::uint32_t> patients_of(const Row& row);  // the main one first

// The codes permitted for every patient of the row; none where it has no patient.
fhir::CategorySet permitted(const Visibility& visibility, const Row& row);

// Does the mask admit the row, by its own columns alone (release-decision 4.4, G3 to G8)? A
// tombstone is asked with the sets of its last version.
bool admits(const Visibility& visibility, const Row& row);

}  // namespace sekisho::query
