#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/ingest/outcome.h"
#include "connectors/hl7v2/message.h"
#include "connectors/ssmix2/storage.h"
#include "mappings/engine.h"

namespace sekisho::ingest {

// One storage root and what its files are read with.
struct Source {
  connectors::ssmix2::Storage storage;
  connectors::hl7v2::Encoding encoding = connectors::hl7v2::Encoding::kAuto;
  mappings::Settings settings;  // `feed` names the root
  std::int64_t root = 0;        // number in source_root
};

// A file for a worker. `row` is the row of an earlier pass (`known`), or holds the new file's
// number.
struct Candidate {
  std::size_t root_index = 0;
  connectors::ssmix2::FoundFile found;
  FileRow row;
  bool known = false;
  bool map_again = false;  // even if its content is what it was
};

// Reads, decodes, parses and maps files; touches neither store nor registry, so that several
// threads may use one at once.
class FileReader {
 public:
  FileReader(const std::vector<Source>& sources, const std::vector<const mappings::Pack*>& packs,
             std::uint64_t max_file_bytes)
      : sources_(sources), packs_(packs), max_file_bytes_(max_file_bytes) {}

  // Never throws for data.
  Outcome read(Candidate candidate) const;

 private:
  bool fetch(const Source& source, Outcome& outcome, std::string& bytes) const;
  void read_bytes(const Source& source, const std::optional<connectors::ssmix2::Name>& name,
                  const std::string& bytes, Outcome& outcome) const;
  void map(const Source& source, const connectors::ssmix2::Name& name,
           const std::vector<connectors::hl7v2::Message>& messages, Outcome& outcome) const;
  const mappings::Profile* profile_for(std::string_view message_type,
                                       std::string_view data_type) const;

  const std::vector<Source>& sources_;
  const std::vector<const mappings::Pack*>& packs_;
  std::uint64_t max_file_bytes_;
};

// Takes a mapping result into an outcome: prepared resources, patients, coverage.
void take_result(mappings::Result result, const std::string& profile, const fhir::IdKey& ids,
                 const std::string& file_patient, Outcome& outcome);

}  // namespace sekisho::ingest
