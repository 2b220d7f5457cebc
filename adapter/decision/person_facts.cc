#include "adapter/decision/person_facts.h"

#include <algorithm>

#include "adapter/decision/decision.h"
#include "adapter/registry/age.h"

namespace sekisho::decision {

using fhir::CivilDate;
using registry::OptIn;
using registry::Party;
using registry::Patient;
using registry::Permit;
using registry::Refusal;
using registry::RefusalStatus;
using registry::State;

PersonFacts facts_of(const State& state, State::Person subject,
                     const std::vector<State::Person>& certainly_merged) {
  PersonFacts facts;
  bool unreadable_death = false;
  for (const State::Person each : certainly_merged) {
    const Patient* record = state.patient_of(each);
    if (record == nullptr) {
      continue;
    }
    facts.conflict = facts.conflict || record->identity_conflict;
    facts.capacity = facts.capacity && !record->incapacity;
    if (record->deceased) {
      facts.dead = true;
      unreadable_death = unreadable_death || !record->deceased_on;
      if (record->deceased_on && (!facts.died_on || *record->deceased_on < *facts.died_on)) {
        facts.died_on = record->deceased_on;
      }
    }
    if (each == subject) {
      facts.birth = record->birth;
    }
  }
  if (unreadable_death) {
    facts.died_on.reset();
  }
  return facts;
}

Needed needed_on(const PersonFacts& facts, CivilDate day) {
  if (!facts.capacity) {
    return {.self = false, .guardian = true};
  }
  if (!facts.birth) {
    return {.self = true, .guardian = true};
  }
  const bool adult = day >= registry::sixteenth_birthday(*facts.birth);
  return {.self = adult, .guardian = !adult};
}

CivilDate eligible_from(const registry::Notice& notice, registry::WaitRule rule) {
  const CivilDate day = eligible_from(*notice.date, rule);
  return notice.wait_rule ? std::max(day, eligible_from(*notice.date, *notice.wait_rule)) : day;
}

bool reaches_self(Party party) { return party == Party::kSelf || party == Party::kBoth; }

bool reaches_guardian(Party party) { return party == Party::kGuardian || party == Party::kBoth; }

std::optional<CivilDate> adult_notices_from(const PersonFacts& facts, registry::Renotify policy,
                                            CivilDate today) {
  if (policy != registry::Renotify::kHold || !facts.capacity || !facts.birth) {
    return std::nullopt;
  }
  const CivilDate birthday = registry::sixteenth_birthday(*facts.birth);
  const bool reached_alive = !facts.dead || (facts.died_on && *facts.died_on >= birthday);
  return today >= birthday && reached_alive ? std::optional(birthday) : std::nullopt;
}

bool in_force_for(const State& state, const Refusal& refusal, const Permit& permit) {
  if (refusal.status == RefusalStatus::kWithdrawn || refusal.status == RefusalStatus::kRejected) {
    return false;
  }
  const auto& recipients = refusal.recipients;
  const auto& tracks = refusal.tracks;
  // A recipient that nobody knows cannot narrow anything.
  const bool recipient =
      recipients.empty() ||
      std::any_of(recipients.begin(), recipients.end(), [&](const std::string& id) {
        return id == permit.client || state.client(id) == nullptr;
      });
  // A permit of no known track is covered by every refusal.
  const bool track = tracks.empty() || !permit.track ||
                     std::find(tracks.begin(), tracks.end(), *permit.track) != tracks.end();
  return recipient && track;
}

bool given_today(const OptIn& optin, const Permit& permit, std::string_view purpose,
                 CivilDate today) {
  const auto& recipients = optin.recipients;
  return optin.given && optin.purpose == purpose &&
         (recipients.empty() ||
          std::find(recipients.begin(), recipients.end(), permit.client) != recipients.end()) &&
         (!optin.from || *optin.from <= today) && (!optin.to || today <= *optin.to);
}

}  // namespace sekisho::decision
