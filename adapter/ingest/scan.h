#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "adapter/ingest/flow.h"
#include "adapter/ingest/job.h"
#include "fhir/issue.h"

namespace sekisho::ingest {

// Walks all roots from the job's checkpoint on and hands each file to the flow: as unchanged where
// size and time are those of the last pass, else to be read.
class Scan {
 public:
  Scan(const std::vector<Source>& sources, const Options& options, const Job& job,
       std::int64_t mapping, std::int64_t next_file);

  void run(Flow& flow, const std::atomic<bool>& cancel);  // ends the flow; on the scanner's thread
  // Roots of which a part could not be listed, so far. From any thread.
  std::set<std::size_t> hidden() const;
  fhir::Issues findings() const;  // the first ones, and how many more; after run

 private:
  bool meet(Flow& flow, KnownFiles& known, std::size_t root,
            const connectors::ssmix2::FoundFile& found);
  void report(std::size_t root, const fhir::Issue& issue);
  bool is_stale(const FileRow& row) const;

  const std::vector<Source>& sources_;
  const Options& options_;
  std::size_t first_root_;
  std::string resume_after_;
  std::int64_t mapping_;
  std::int64_t next_file_;
  mutable std::mutex mutex_;
  std::set<std::size_t> hidden_;
  fhir::Issues findings_;
  std::uint64_t further_findings_ = 0;
};

}  // namespace sekisho::ingest
