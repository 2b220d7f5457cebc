#pragma once

#include <optional>
#include <vector>

#include "adapter/registry/state.h"
#include "fhir/instant.h"

namespace sekisho::decision {

// What G5 and G7 must know of one subject, gathered over its certainly merged records.
struct PersonFacts {
  bool conflict = false;
  bool capacity = true;
  bool dead = false;
  std::optional<fhir::CivilDate> died_on;  // the earliest day; dead without one: before any notice
  std::optional<fhir::CivilDate> birth;    // of the subject's own record
};
PersonFacts facts_of(const registry::State& state, registry::State::Person subject,
                     const std::vector<registry::State::Person>& certainly_merged);

// Whom a notice of that day has to reach (4.4a G7 b).
struct Needed {
  bool self = false;
  bool guardian = false;
};
Needed needed_on(const PersonFacts& facts, fhir::CivilDate day);

// The first day on which this notice is past its waiting period: its leaflet may ask for longer
// than the hospital's rule.
fhir::CivilDate eligible_from(const registry::Notice& notice, registry::WaitRule rule);

bool reaches_self(registry::Party party);
bool reaches_guardian(registry::Party party);

// Under notify_hold: the first day whose notices count, once that day has come.
std::optional<fhir::CivilDate> adult_notices_from(const PersonFacts& facts,
                                                  registry::Renotify policy, fhir::CivilDate today);

// Whether a refusal that is neither withdrawn nor rejected covers this permit's client and track.
bool in_force_for(const registry::State& state, const registry::Refusal& refusal,
                  const registry::Permit& permit);

bool given_today(const registry::OptIn& optin, const registry::Permit& permit,
                 std::string_view purpose, fhir::CivilDate today);

}  // namespace sekisho::decision
