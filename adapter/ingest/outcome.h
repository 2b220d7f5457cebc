#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapter/ingest/source_table.h"
#include "adapter/registry/registry.h"
#include "adapter/store/store.h"

namespace sekisho::ingest {

// What a file says of a resource that several make up (mappings/part.h), as it is kept.
struct PartText {
  std::string rule;
  std::string order;
  std::string what;
};

// A resource of a file, ready for the store but for its patients' numbers.
struct Produced {
  store::Prepared resource;    // of a part only type and id
  bool deleted = false;        // the source deleted it
  std::vector<PartText> part;  // one, where others have a say too
};

// Something for the coverage report; counted, not listed.
struct CoverageNote {
  std::string kind;  // unread, unmapped, issue
  std::string profile;
  std::string name;
  std::string detail;
  auto operator<=>(const CoverageNote&) const = default;
};

// What a worker made of a file. `row` is what the bookkeeping will hold of it; its mapping and
// generation are the writer's.
struct Outcome {
  enum class Kind {
    kRead,
    kUntouched,    // as the last pass left it
    kSameContent,  // touched, with the same content
    kVanished,     // listed by the scan and gone since
  };
  Kind kind = Kind::kRead;
  std::size_t root_index = 0;
  std::string scanned_path;  // of the scan: the checkpoint. row.path may have another flag
  FileRow row;
  QuarantineEntry quarantine;  // where row.status is kQuarantined
  std::vector<Produced> resources;
  std::vector<mappings::RejectedResource> rejected;
  std::vector<registry::PatientRecord> patients;  // of the Patient resources
  std::map<std::string, std::string> subjects;    // logical id -> local id, "" where not known
  std::vector<CoverageNote> coverage;
  std::uint64_t issues = 0;
  std::size_t charge = 0;  // bytes reckoned for it in the pipeline
};

}  // namespace sekisho::ingest
