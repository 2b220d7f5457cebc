#pragma once

#include <cstdint>
#include <optional>

#include "adapter/registry/model.h"
#include "fhir/instant.h"

namespace sekisho::agent {

// How far a list of refusals is on its way to going stale, as the decision reckons it (G0).
struct ListAge {
  std::int64_t age_s = 0;
  std::int64_t allowed_s = 0;
  int percent = 0;  // used up, at most 100
  bool stale = false;

  // The mark that was passed last: 0, 50, 80, 95, or 100 where it is stale.
  int mark() const;
};

// Nothing where the list never goes stale, or was never read.
std::optional<ListAge> age_of(const registry::Source& list, fhir::Instant now);

}  // namespace sekisho::agent
