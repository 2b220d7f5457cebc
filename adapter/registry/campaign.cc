#include "adapter/registry/campaign.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "adapter/registry/age.h"
#include "fhir/check.h"

namespace sekisho::registry {

using fhir::CivilDate;
using fhir::Json;

namespace {

constexpr std::size_t kMostOfAnEvent = 20'000;

std::int32_t days(CivilDate day) {
  return static_cast<std::int32_t>(day.time_since_epoch().count());
}

template <class List>
bool holds(const List& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

std::string_view name_of(Skipped reason) {
  static constexpr std::array<std::string_view, kSkippedReasons> kNames = {
      "no-visit",        "before-from",   "after-to",    "other-desk", "minor",
      "deceased-before", "birth-unknown", "no-capacity", "conflict",   "excluded",
      "taken-back",      "has-notice",    "not-indexed"};
  return kNames[static_cast<std::size_t>(reason)];
}

Derivation::Derivation(const State& state, const Campaign& campaign, CivilDate through)
    : campaign_(campaign), through_(std::min(through, campaign.to.value_or(through))) {
  fhir::check(campaign.from && campaign.to, "a campaign has its first and last day");
  people_.reserve(state.patients());
  for (std::size_t number = 0; number < state.patients(); ++number) {
    people_.push_back(person_of(state, static_cast<PatientNumber>(number)));
  }
  for (const std::string& excluded : campaign.exclusions) {
    for (const std::string& id : state.certain_closure(excluded)) {
      if (const auto number = state.number_of(id)) {
        people_[*number].nearest = Skipped::kExcluded;
        people_[*number].barred = true;
      }
    }
  }
}

Derivation::Person Derivation::person_of(const State& state, PatientNumber number) const {
  Person person;
  person.last = std::numeric_limits<Day>::max();
  const auto bar = [&](Skipped reason) {
    person.barred = true;
    person.nearest = std::max(person.nearest, reason);
  };
  const Patient& own = *state.patient(number);
  if (own.birth) {
    person.adult_from = days(sixteenth_birthday(*own.birth));
  } else {
    bar(Skipped::kBirthUnknown);
  }
  std::vector<State::Person> merged;
  state.closure(state.person(number), true, merged);
  for (const State::Person each : merged) {
    if (const Patient* record = state.patient_of(each)) {
      if (record->deceased) {
        const Day died =
            record->deceased_on ? days(*record->deceased_on) : std::numeric_limits<Day>::min();
        person.last = std::min(person.last, died);
      }
      if (record->incapacity) {
        bar(Skipped::kNoCapacity);
      }
      if (record->identity_conflict) {
        bar(Skipped::kConflict);
      }
    }
    for (const std::size_t index : state.notices_of(each)) {
      const Notice& notice = state.notice(index);
      if (is_same(state, notice)) {
        bar(notice.revoked ? Skipped::kTakenBack : Skipped::kHasNotice);
      }
    }
    for (const std::size_t index : state.taken_back_of(each)) {
      if (is_same(state, state.notice(index))) {
        bar(Skipped::kTakenBack);
      }
    }
  }
  return person;
}

bool Derivation::is_same(const State& state, const Notice& notice) const {
  const bool self = notice.party == Party::kSelf || notice.party == Party::kBoth;
  if (!self || notice.version != campaign_.notice_version) {
    return false;
  }
  const auto campaign = state.papers().campaigns.find(notice.campaign);
  return campaign == state.papers().campaigns.end() || !campaign->second.revoked;
}

bool Derivation::is_asked(const Visit& visit) const {
  return holds(campaign_.visit_types, visit.type) &&
         (campaign_.desks.empty() || holds(campaign_.desks, visit.desk));
}

void Derivation::visit(PatientNumber patient, const Visit& visit) {
  if (patient >= people_.size()) {
    return;  // came while the visits were read: the next run knows the patient
  }
  Person& person = people_[patient];
  if (person.barred) {
    return;
  }
  const Day day = days(visit.day);
  if (person.given && person.first <= day) {
    return;
  }
  const Skipped reason = visit.day < *campaign_.from ? Skipped::kBeforeFrom
                         : visit.day > through_      ? Skipped::kAfterTo
                         : !is_asked(visit)          ? Skipped::kOtherDesk
                         : day < person.adult_from   ? Skipped::kMinor
                         : day > person.last         ? Skipped::kDeceasedBefore
                                                     : Skipped::kNoVisit;
  if (reason != Skipped::kNoVisit) {
    person.nearest = std::max(person.nearest, reason);
    return;
  }
  person.given = true;
  person.first = day;
  person.file = visit.file;
}

void Derivation::unknown_card() { ++unknown_cards_; }

Derivation::Counts Derivation::counts() const {
  Counts counts;
  counts.people = people_.size() + unknown_cards_;
  counts.skipped[static_cast<std::size_t>(Skipped::kNotIndexed)] = unknown_cards_;
  for (const Person& person : people_) {
    if (person.given) {
      ++counts.notices;
      ++counts.by_day[CivilDate(std::chrono::days(person.first))];
    } else {
      ++counts.skipped[static_cast<std::size_t>(person.nearest)];
    }
  }
  return counts;
}

std::vector<PatientNumber> Derivation::without_notice(Skipped reason) const {
  std::vector<PatientNumber> numbers;
  for (std::size_t number = 0; number < people_.size(); ++number) {
    if (!people_[number].given && people_[number].nearest == reason) {
      numbers.push_back(static_cast<PatientNumber>(number));
    }
  }
  return numbers;
}

std::vector<Json> Derivation::events(const State& state) const {
  std::vector<PatientNumber> order;
  for (std::size_t number = 0; number < people_.size(); ++number) {
    if (people_[number].given) {
      order.push_back(static_cast<PatientNumber>(number));
    }
  }
  std::stable_sort(order.begin(), order.end(), [&](PatientNumber a, PatientNumber b) {
    return people_[a].first < people_[b].first;
  });
  std::vector<Json> events;
  for (std::size_t at = 0; at < order.size();) {
    const std::size_t end = std::min(order.size(), at + kMostOfAnEvent);
    Json notices = Json::Array{};
    while (at < end) {
      const Day day = people_[order[at]].first;
      std::string patients;
      std::string visits;
      for (; at < end && people_[order[at]].first == day; ++at) {
        patients += (patients.empty() ? "" : " ") + state.patient(order[at])->id;
        visits += (visits.empty() ? "f" : " f") + std::to_string(people_[order[at]].file);
      }
      notices.push(Json::object({{"date", fhir::to_text(CivilDate(std::chrono::days(day)))},
                                 {"patients", std::move(patients)},
                                 {"visits", std::move(visits)}}));
    }
    Json body = Json::object(
        {{"campaign", campaign_.id},
         {"visits", Json::object({{"kind", "store"}, {"through", fhir::to_text(through_)}})},
         {"notices", std::move(notices)}});
    events.push_back(std::move(body));
  }
  if (!events.empty()) {
    Json skipped = Json::object({});
    const Counts sums = counts();
    for (std::size_t reason = 0; reason < kSkippedReasons; ++reason) {
      if (sums.skipped[reason] > 0) {
        skipped.set(name_of(static_cast<Skipped>(reason)),
                    Json::integer(static_cast<long long>(sums.skipped[reason])));
      }
    }
    events.back().set("skipped", std::move(skipped));
  }
  return events;
}

}  // namespace sekisho::registry
