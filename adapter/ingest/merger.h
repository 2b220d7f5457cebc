#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapter/ingest/job.h"
#include "adapter/ingest/outcome.h"
#include "adapter/ingest/part_table.h"
#include "adapter/ingest/source_table.h"
#include "adapter/registry/registry.h"
#include "adapter/store/store.h"
#include "mappings/merge.h"

namespace sekisho::ingest {

// Resources of types that a profile merges: kept as what each message says, and made anew of all of
// that whenever one comes, changes or goes. So they depend on the times of the messages and not on
// when, and in which batch, they were read. Works inside the writer's transaction.
class Merger {
 public:
  Merger(store::Store& store, SourceTable& files, registry::Registry& registry,
         const std::vector<const mappings::Pack*>& packs, const mappings::Settings& settings,
         Job& job, std::map<CoverageNote, std::int64_t>& coverage);

  // False: nothing here is merged, and the writer need not ask.
  bool active() const { return active_; }

  // The row of the resource that it is a part of.
  std::int64_t add(const Produced& produced, std::int64_t file, std::int64_t line);
  void forget(std::int64_t file) { parts_.drop(file); }
  void forget(std::int64_t file, std::int64_t rid) { parts_.drop(file, rid); }
  void move(std::int64_t from_file, std::int64_t to_file) { parts_.move(from_file, to_file); }
  // Is it made of parts alone, of every file that produces it?
  bool makes(std::int64_t rid);

  struct Settled {
    mappings::Merged::State state = mappings::Merged::State::kDeleted;
    bool written = false;  // a new version, or a tombstone
    fhir::Issue missing;   // of kIncomplete
  };
  // Makes the resource of its parts. Files but `file` whose parts have been waiting for this, or
  // must wait again, are counted anew. One of too many parts is incomplete (`merge.too-many`).
  Settled settle(std::int64_t rid, const FileRow& file, fhir::Instant now);
  void wait(std::int64_t file, std::int64_t rid) { parts_.wait(file, rid, job_.generation); }

  // Tells the registry what merged Patients have become. Before the store commits.
  void index_patients(fhir::Instant now);

 private:
  const mappings::Profile* profile(std::string_view id) const;
  Settled refuse(std::int64_t rid, const FileRow& file, const std::string& type, fhir::Instant now);
  bool put(mappings::Merged& merged, fhir::Instant now);
  void note(const mappings::Merged& merged, std::string_view profile);
  void recount(const std::vector<PartTable::Row>& rows, std::int64_t rid, std::int64_t file,
               const Settled& settled, const std::string& type);

  store::Store& store_;
  SourceTable& files_;
  registry::Registry& registry_;
  const std::vector<const mappings::Pack*>& packs_;
  const mappings::Settings& settings_;
  Job& job_;
  std::map<CoverageNote, std::int64_t>& coverage_;
  PartTable parts_;
  sqlite::Statement name_;
  bool active_ = false;
  std::vector<registry::PatientRecord> patients_;
};

}  // namespace sekisho::ingest
