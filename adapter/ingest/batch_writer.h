#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapter/ingest/job.h"
#include "adapter/ingest/merger.h"
#include "adapter/ingest/outcome.h"
#include "adapter/ingest/source_table.h"
#include "adapter/registry/registry.h"
#include "adapter/store/store.h"

namespace sekisho::ingest {

// Writes outcomes in the order of the scan: patients into the registry's index first, then
// resources, bookkeeping, figures and checkpoint in one transaction. After an exception nothing of
// the batch is in the store, and the writer is done for.
class BatchWriter {
 public:
  BatchWriter(store::Store& store, SourceTable& files, registry::Registry& registry,
              const std::vector<const mappings::Pack*>& packs, const mappings::Settings& settings,
              std::int64_t mapping, Job& job);

  void add(Outcome outcome);
  std::size_t files() const { return batch_.size(); }
  std::size_t bytes() const { return bytes_; }
  void commit(fhir::Instant now);

  // Takes what a file produced away from it. What no other file produces becomes a tombstone; what
  // one does is read from that one again at the next pass, since this file may have had the last
  // word.
  void withdraw(const FileRow& file, fhir::Instant now);
  // What a file said of resources that several make up is now said by another one.
  void move_parts(std::int64_t from_file, std::int64_t to_file) {
    merger_.move(from_file, to_file);
  }
  // At the end of a transaction with withdrawals, before it commits.
  void end_withdrawals(fhir::Instant now);

 private:
  bool is_outdated(const FileRow& row);
  void number_patients(fhir::Instant now);
  void apply(Outcome& outcome, fhir::Instant now);
  void count_as(const FileRow& row);
  void apply_read(Outcome& outcome, fhir::Instant now);
  void apply_mapped(Outcome& outcome, fhir::Instant now);
  void apply_deleted(const FileRow& row, fhir::Instant now);
  std::vector<std::int64_t> put_resources(Outcome& outcome, fhir::Instant now);
  std::int64_t put_whole(Produced& produced, fhir::Instant now);
  void put_parts(Outcome& outcome, fhir::Instant now, std::vector<std::int64_t>& rids);
  void forget_parts(const FileRow& row);
  bool give_up(const FileRow& file, std::int64_t rid, fhir::Instant now);
  void write_coverage();

  store::Store& store_;
  SourceTable& files_;
  registry::Registry& registry_;
  std::int64_t mapping_;
  Job& job_;
  sqlite::Statement cover_;
  std::vector<Outcome> batch_;
  std::size_t bytes_ = 0;
  std::unordered_map<std::string, registry::PatientNumber> numbers_;  // of the batch's subjects
  std::map<CoverageNote, std::int64_t> coverage_;
  Merger merger_;
};

}  // namespace sekisho::ingest
