#pragma once

#include <optional>
#include <string>

#include "adapter/decision/decision.h"
#include "adapter/registry/model.h"
#include "adapter/registry/state.h"
#include "adapter/release/door.h"

namespace sekisho::release {

// What the gates before any resource say of an asker (release-decision 4.4 G0 to G2, 4.11a).
struct Entrance {
  std::optional<Refusal> refusal;                   // nothing: the door opens
  decision::Reason reason = decision::Reason::kOk;  // for the ledger only
  std::string permit, purpose, mode;                // as far as they were found out
  fhir::Instant until;                              // time alone changes nothing of this before it
};

// Pure. The headers' form is asked first, then G0 to G2, then whether this door serves the mode.
Entrance enter(const registry::State& state, const registry::Environment& environment,
               const Asker& asker, fhir::Instant now);

int status_of(Refusal refusal);
bool is_system(decision::Reason reason);  // SYS_*

}  // namespace sekisho::release
