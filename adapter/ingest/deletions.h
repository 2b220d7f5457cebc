#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "adapter/ingest/batch_writer.h"
#include "adapter/ingest/scan.h"

namespace sekisho::ingest {

// The names of roots that lost more of their known files than the threshold allows; nothing may be
// deleted then.
std::vector<std::string> roots_with_loss(SourceTable& files, const std::vector<Source>& sources,
                                         const Job& job, double threshold);

// The deletions by name difference (sources 1.6): files that a complete scan did not meet. Batch by
// batch, each with its checkpoint.
void delete_vanished(store::Store& store, SourceTable& files, BatchWriter& writer,
                     const std::vector<Source>& sources, Job& job, const fhir::Clock& clock,
                     const std::atomic<bool>& cancel);

}  // namespace sekisho::ingest
