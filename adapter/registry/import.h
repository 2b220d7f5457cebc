#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/registry/registry.h"
#include "fhir/instant.h"
#include "fhir/issue.h"

namespace sekisho::registry {

// What became of a file that was to be imported. A file is taken whole, as one line of the journal,
// or not at all; docs/formats/registry.md describes the files.
struct ImportReport {
  std::uint64_t sequence = 0;                 // of the journal's line; 0: nothing was written
  std::map<std::string, std::size_t> counts;  // by type of event
  fhir::Issues issues;                        // why nothing was written
  fhir::Issues warnings;                      // what was written, and what to look at
  // Refusal lists: lines that could not be read and became unresolved refusals.
  std::vector<std::size_t> unresolved_lines;
  std::size_t unchanged = 0;  // lines that the registry had already

  bool ok() const { return issues.empty(); }
  bool partial() const { return !unresolved_lines.empty(); }
};

// A JSON document with any of clients, filings, permits, notices, optins, links, patient_status,
// refusals: arrays of the bodies of events.
ImportReport import_document(Registry& registry, std::string_view text, const Actor& actor,
                             fhir::Instant now);

// A list of refusals as CSV in UTF-8, under a name: the same list may come again, longer. A line
// that cannot be read blocks with whatever it says; a list that lost lines is refused whole.
ImportReport import_refusals(Registry& registry, std::string_view csv, std::string_view list,
                             const Actor& actor, fhir::Instant now);

// Notices as CSV in UTF-8. Any line that cannot be read refuses the whole file.
ImportReport import_notices(Registry& registry, std::string_view csv, const Actor& actor,
                            fhir::Instant now);

}  // namespace sekisho::registry
