#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "fhir/data_category.h"
#include "fhir/digest.h"
#include "fhir/instant.h"
#include "fhir/issue.h"
#include "mappings/engine.h"

namespace sekisho::registry {
class Registry;
}

namespace sekisho::ingest {

// The figures of one run. The two equations of the architecture page hold, or balanced() says not.
struct Report {
  std::uint64_t read = 0, mapped = 0, unchanged = 0, superseded = 0, deleted = 0;
  std::map<std::string, std::uint64_t> ignored, quarantined;  // by reason
  std::uint64_t produced = 0, stored = 0, resources_unchanged = 0;
  std::map<std::string, std::uint64_t> rejected;  // by reason
  std::uint64_t tombstones = 0;                   // resources deleted because their source was
  std::uint64_t issues = 0;
  double seconds = 0;
  bool stopped_for_loss = false;  // a root lost too many files: nothing was deleted
  bool cancelled = false;         // the next run goes on from the last checkpoint
  fhir::Issues findings;          // about the storages: what could not be listed, what is missing
  bool files_balance() const;
  bool resources_balance() const;
  bool balanced() const { return files_balance() && resources_balance(); }
};

struct Progress {
  std::uint64_t files_done = 0, files_total = 0;  // total 0: not known; else of the last pass
  std::uint64_t stored = 0;
  double files_per_second = 0;
};

// Something of the input that was not stored whole, for people inside the hospital.
struct QuarantineEntry {
  std::int64_t file = 0;  // number: names the file in logs and Issues
  std::string storage;
  std::string path;    // holds the patient number: shown inside the hospital only
  std::string reason;  // closed list in docs/operations.md
  std::string segment, field, rule, remedy;
};

struct Options {
  std::string store_file;
  std::vector<config::StorageRoot> roots;
  config::Ingest limits;
  fhir::CategoryVocabulary vocabulary;
  bool confirm_loss = false;  // the operator says that the loss of files is meant
  bool reprocess = false;     // read again what is quarantined, rejected or of older mappings
  // Called first in each thread that reads and maps. Where these give way to the one that writes,
  // it does not wait for a processor while their work piles up.
  std::function<void()> in_reader;
};

// One pass over all roots: scan, decode, parse, map, store, deletions by name difference. Resumes
// after a kill at its last checkpoint. Throws Error where it cannot go on; what was committed
// stays.
Report run(const Options& options, const std::vector<const mappings::Pack*>& packs,
           const mappings::Settings& settings, registry::Registry& registry,
           const fhir::Clock& clock, const std::function<void(const Progress&)>& progress,
           const std::atomic<bool>& cancel);

std::vector<QuarantineEntry> quarantine(const std::string& store_file, std::size_t limit);
std::string report_text(const Report& report);  // the equations, a line each, English

}  // namespace sekisho::ingest
