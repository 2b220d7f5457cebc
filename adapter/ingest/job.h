#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "adapter/ingest/ingest.h"
#include "adapter/sqlite/database.h"

namespace sekisho::ingest {

// The row of the ingest job. Its checkpoint and figures are committed with the batch that they
// speak of, so a job that was killed goes on as if it had not been.
struct Job {
  std::int64_t generation = 1;
  fhir::Instant started;
  std::int64_t first_file = 1;  // numbers from here on were given by this job
  std::string state = "running";
  std::string plan;
  std::size_t root = 0;  // place of the checkpoint; behind the last root: deleting
  std::string path;
  std::set<std::size_t>
      hidden;  // roots of which a part could not be listed: nothing is missing there
  Report report;
};

// The unfinished job of this plan, or a new one (written). `next_file`: of SourceTable.
Job resume_or_start(sqlite::Database& database, const std::string& plan, std::int64_t next_file,
                    fhir::Instant now);
void save(sqlite::Database& database, const Job& job);  // in the caller's transaction

std::string to_json(const Report& report);
Report report_from_json(std::string_view text);

}  // namespace sekisho::ingest
