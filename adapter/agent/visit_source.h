#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "adapter/registry/campaign.h"
#include "adapter/registry/registry.h"
#include "fhir/digest.h"

namespace sekisho::agent {

struct VisitsRead {
  std::uint64_t visits = 0;
  std::uint64_t undated = 0;  // records whose name has no day: nobody is notified by them
};

// Shows a derivation every visit of the store. The day of a visit is the one of the file's name
// (診療日), its desk the department there. Takes short views of the registry, so
// the counter never waits for it. Throws Error(kConflict) where it was cancelled.
VisitsRead read_visits(const std::string& store_file, const fhir::IdKey& ids,
                       const registry::Registry& registry, const std::atomic<bool>& cancel,
                       registry::Derivation& derivation);

}  // namespace sekisho::agent
