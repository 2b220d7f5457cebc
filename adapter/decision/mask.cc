#include <algorithm>
#include <limits>
#include <unordered_set>

#include "adapter/decision/decision.h"
#include "adapter/decision/person_facts.h"
#include "adapter/registry/age.h"

// The gates of one patient for all codes of a permit at once, as sets of codes instead of reasons.
// mask_test.cc proves that it says what decide() says.
namespace sekisho::decision {

using fhir::CategorySet;
using fhir::CivilDate;
using fhir::Instant;
using registry::Environment;
using registry::Filing;
using registry::Notice;
using registry::PatientNumber;
using registry::Permit;
using registry::Refusal;
using registry::State;

namespace {

constexpr Instant kEver{std::numeric_limits<std::int64_t>::max()};

CategorySet without(CategorySet set, CategorySet removed) { return {set.bits & ~removed.bits}; }

}  // namespace

struct MaskMaker::Inner {
  const State& state;
  const Permit& permit;
  std::string purpose;
  Instant now;
  CivilDate today;
  registry::WaitRule wait_rule;
  registry::Renotify renotify;
  CategorySet filed;             // listed by the permit and in the filing that has started
  Instant filing_until = kEver;  // the next filing starts
  std::unordered_set<State::Person> cohort;
  std::vector<State::Person> people;  // scratch

  Inner(const State& s, const Environment& environment, const Permit& p, std::string_view why,
        Instant at);
  PatientMask of(PatientNumber number);
  CategorySet refused(State::Person subject);
  bool opted_in(Instant& until) const;
  CategorySet notified(const PersonFacts& facts, Instant& until) const;
  void turns_at(CivilDate day, Instant& until) const {
    if (day > today) {
      until = std::min(until, fhir::japan_midnight(day));
    }
  }
};

MaskMaker::Inner::Inner(const State& s, const Environment& environment, const Permit& p,
                        std::string_view why, Instant at)
    : state(s),
      permit(p),
      purpose(why),
      now(at),
      today(fhir::japan_date(at)),
      wait_rule(environment.wait_rule),
      renotify(environment.renotify) {
  std::optional<std::int64_t> highest;
  for (const Filing& filing : state.filings()) {
    if (filing.client != permit.client || !filing.track || filing.track != permit.track ||
        !filing.accepted || !filing.start) {
      continue;
    }
    if (*filing.start > today) {
      turns_at(*filing.start, filing_until);
    } else if (!highest || filing.version > *highest) {
      highest = filing.version;
      filed = filing.items;
    } else if (filing.version == *highest) {
      filed = filed & filing.items;
    }
  }
  filed = without(filed & permit.categories, CategorySet::none());
  if (permit.cohort) {
    for (const std::string& id : *permit.cohort) {
      if (const auto person = state.person(id)) {
        cohort.insert(*person);
      }
    }
  }
}

CategorySet MaskMaker::Inner::refused(State::Person subject) {
  CategorySet codes;
  state.closure(subject, false, people);
  for (const State::Person each : people) {
    for (const std::size_t index : state.refusals_of(each)) {
      const Refusal& refusal = state.refusal(index);
      if (in_force_for(state, refusal, permit)) {
        codes |= refusal.categories.empty() ? filed : refusal.categories;
      }
    }
  }
  return codes;
}

bool MaskMaker::Inner::opted_in(Instant& until) const {
  bool given = false;
  for (const State::Person each : people) {
    for (const registry::OptIn& optin : state.optins_of(each)) {
      if (optin.from) {
        turns_at(*optin.from, until);
      }
      if (optin.to) {
        turns_at(*optin.to + std::chrono::days(1), until);
      }
      given = given || given_today(optin, permit, purpose, today);
    }
  }
  return given;
}

CategorySet MaskMaker::Inner::notified(const PersonFacts& facts, Instant& until) const {
  const auto adult_from = adult_notices_from(facts, renotify, today);
  if (facts.birth && renotify == registry::Renotify::kHold) {
    turns_at(registry::sixteenth_birthday(*facts.birth), until);
  }
  const bool both_needed = facts.capacity && !facts.birth;
  CategorySet by_self;
  CategorySet by_guardian;
  for (const State::Person each : people) {
    for (const std::size_t index : state.notices_of(each)) {
      const Notice& notice = state.notice(index);
      if (notice.revoked || notice.client != permit.client || !notice.track ||
          notice.track != permit.track || !notice.date ||
          (facts.dead && !(facts.died_on && *notice.date <= *facts.died_on)) ||
          (adult_from && *notice.date < *adult_from)) {
        continue;
      }
      const CivilDate eligible = eligible_from(notice, wait_rule);
      if (eligible > today) {
        turns_at(eligible, until);
        continue;
      }
      const Needed needed = needed_on(facts, *notice.date);
      if (needed.self && reaches_self(notice.party)) {
        by_self |= notice.items;
      }
      if (needed.guardian && reaches_guardian(notice.party)) {
        by_guardian |= notice.items;
      }
    }
  }
  return both_needed ? by_self & by_guardian : by_self | by_guardian;
}

PatientMask MaskMaker::Inner::of(PatientNumber number) {
  PatientMask mask;
  mask.until = filing_until;
  if (state.patient(number) == nullptr) {
    return mask;
  }
  const State::Person subject = state.person(number);
  if (filed.empty() || (permit.cohort && cohort.count(subject) == 0)) {
    return mask;
  }
  const CategorySet left = without(filed, refused(subject));
  if (left.empty()) {
    return mask;
  }
  state.closure(subject, true, people);
  const PersonFacts facts = facts_of(state, subject, people);
  if (facts.conflict || (permit.requires_optin && !opted_in(mask.until))) {
    return mask;
  }
  mask.permitted = left & notified(facts, mask.until);
  return mask;
}

MaskMaker::MaskMaker(const State& state, const Environment& environment, const Permit& permit,
                     std::string_view purpose, Instant now)
    : inner_(std::make_unique<Inner>(state, environment, permit, purpose, now)) {}
MaskMaker::~MaskMaker() = default;
MaskMaker::MaskMaker(MaskMaker&&) noexcept = default;

PatientMask MaskMaker::of(PatientNumber patient) {
  try {
    return inner_->of(patient);
  } catch (...) {
    return {{}, inner_->now};  // nobody, and nothing to be kept
  }
}

PatientMask patient_mask(const State& state, const Environment& environment, const Permit& permit,
                         std::string_view purpose, PatientNumber patient, Instant now) {
  try {
    return MaskMaker(state, environment, permit, purpose, now).of(patient);
  } catch (...) {
    return {{}, now};
  }
}

}  // namespace sekisho::decision
