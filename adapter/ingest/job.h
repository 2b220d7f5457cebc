#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "adapter/ingest/ingest.h"
#include "adapter/sqlite/database.h"

namespace sekisho::ingest {

// The row of the ingest job. Its checkpoint and figures are committed with the batch that they
// speak of, so a job that was killed goes on as if it had not been.
struct Job {
  std::int64_t generation = 1;
  fhir::Instant started;        // also where it goes on: what was read by then is as old as that
  std::int64_t first_file = 1;  // numbers from here on were given by this job
  std::string state = "running";
  std::string plan;
  std::size_t root = 0;  // place of the checkpoint; behind the last root: deleting
  std::string path;
  std::set<std::size_t> hidden;  // roots that could not be listed whole: nothing is gone there
  Report report;
};

// The unfinished job of this plan, or a new one (written). `next_file`: of SourceTable.
Job resume_or_start(sqlite::Database& database, const std::string& plan, std::int64_t next_file,
                    fhir::Instant now);
void save(sqlite::Database& database, const Job& job);  // in the caller's transaction

}  // namespace sekisho::ingest
