#include "adapter/agent/readiness.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

namespace sekisho::agent {
namespace {

constexpr int kDays = 366;  // 12 months, a leap year's included
constexpr fhir::Instant kFar{INT64_MAX};
constexpr std::size_t kMostCohortEntries = 2'000'000;

// Adds one patient's releasable days to the differences day[i] - day[i - 1].
class Calendar {
 public:
  explicit Calendar(fhir::Instant now) : today_(fhir::japan_date(now)), change_(kDays + 1, 0) {}

  fhir::Instant end() const { return fhir::japan_midnight(today_ + std::chrono::days{kDays}); }

  // Releasable at every instant of [from, to).
  void add(fhir::Instant from, fhir::Instant to) {
    const std::size_t first = first_midnight(from);
    const std::size_t last = first_midnight(to);
    if (first < last) {
      ++change_[first];
      --change_[last];
    }
  }

  std::vector<std::pair<fhir::CivilDate, std::uint64_t>> changes(std::uint64_t now) const {
    std::vector<std::pair<fhir::CivilDate, std::uint64_t>> result;
    std::int64_t count = 0;
    auto last = static_cast<std::int64_t>(now);
    for (int day = 1; day < kDays; ++day) {
      count += change_[static_cast<std::size_t>(day)];
      if (count != last) {
        result.emplace_back(today_ + std::chrono::days{day}, static_cast<std::uint64_t>(count));
        last = count;
      }
    }
    return result;
  }

 private:
  // The first day from tomorrow on whose midnight is not before `at`; kDays where there is none.
  std::size_t first_midnight(fhir::Instant at) const {
    if (at >= end()) {
      return kDays;
    }
    const fhir::CivilDate day = fhir::japan_date(at);
    const auto days = (day - today_).count() + (fhir::japan_midnight(day) < at ? 1 : 0);
    return static_cast<std::size_t>(std::clamp<std::int64_t>(days, 1, kDays));
  }

  fhir::CivilDate today_;
  std::vector<std::int64_t> change_;
};

// The answers at the instants that come up: those of many patients turn at the same midnights.
class Futures {
 public:
  Futures(const registry::State& state, const registry::Environment& environment,
          const registry::Permit& permit, const std::string& purpose)
      : state_(state), environment_(environment), permit_(permit), purpose_(purpose) {}

  decision::PatientMask mask(registry::PatientNumber patient, fhir::Instant at) {
    if (permit_.cohort && makers_.size() * permit_.cohort->size() > kMostCohortEntries) {
      makers_.clear();  // each holds the cohort
    }
    return makers_.try_emplace(at, state_, environment_, permit_, purpose_, at)
        .first->second.of(patient);
  }

 private:
  const registry::State& state_;
  const registry::Environment& environment_;
  const registry::Permit& permit_;
  const std::string& purpose_;
  std::map<fhir::Instant, decision::MaskMaker> makers_;
};

void add_future(Calendar& calendar, const registry::State& state, Futures& futures,
                const decision::Asking& asking, const registry::Permit& permit,
                const StoredPatient& patient) {
  const std::optional<registry::PatientNumber> number = state.number_of(patient.id);
  if (!number) {
    return;
  }
  const fhir::Instant stop = std::min(calendar.end(), permit.valid_to);
  fhir::Instant at = std::max(asking.now, permit.valid_from);
  while (at < stop) {
    const decision::PatientMask mask = futures.mask(*number, at);
    const fhir::Instant until = std::min(mask.until > at ? mask.until : kFar, stop);
    if (mask.permitted.meets(patient.carried & permit.categories)) {
      calendar.add(at, until);
    }
    at = until;
  }
}

// Reasons that no passing of time takes away; G0 and G1 are taken as being in order.
bool time_can_help(decision::Reason reason) {
  using decision::Reason;
  return reason == Reason::kOk || reason <= Reason::kClientBinding ||
         reason == Reason::kPermitNotValid || reason == Reason::kBeforeStartDate ||
         reason == Reason::kWaitingPeriod;
}

}  // namespace

Readiness readiness_of(const registry::State& state, const registry::Environment& environment,
                       const decision::Asking& asking, std::span<const StoredPatient> patients) {
  Readiness result;
  result.patients = patients.size();
  Calendar calendar(asking.now);
  const registry::Permit* permit = state.permit(asking.permit);
  std::optional<Futures> futures;
  if (permit != nullptr) {
    futures.emplace(state, environment, *permit, asking.purpose);
  }
  for (const StoredPatient& patient : patients) {
    decision::Subject subject;
    subject.carried_by = patient.carried;
    subject.subjects = {patient.id};
    subject.flags = patient.flags;
    const decision::Reason reason = decision::decide(state, environment, asking, subject).reason;
    ++result.by_reason[reason];
    if (permit != nullptr && !permit->revoked && patient.flags == 0 && time_can_help(reason)) {
      add_future(calendar, state, *futures, asking, *permit, patient);
    }
  }
  const auto releasable = result.by_reason.find(decision::Reason::kOk);
  result.by_date = calendar.changes(releasable == result.by_reason.end() ? 0 : releasable->second);
  return result;
}

}  // namespace sekisho::agent
