#include "adapter/release/masks.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "adapter/decision/decision.h"
#include "adapter/registry/registry.h"

namespace sekisho::release {

namespace {

// Patients asked under one reader lock of the registry: a refusal waits no longer than this.
constexpr std::size_t kChunk = 4096;

constexpr fhir::Instant kNever{std::numeric_limits<std::int64_t>::max()};

std::int32_t days(fhir::CivilDate day) {
  return static_cast<std::int32_t>(day.time_since_epoch().count());
}

std::vector<registry::PatientNumber> numbers(std::size_t from, std::size_t to) {
  std::vector<registry::PatientNumber> all(to > from ? to - from : 0);
  std::iota(all.begin(), all.end(), static_cast<registry::PatientNumber>(from));
  return all;
}

}  // namespace

std::shared_ptr<const query::Visibility> Masks::of(std::string_view permit,
                                                   std::string_view purpose, fhir::Instant now) {
  const Key key{permit, purpose};
  Kept* kept = nullptr;
  {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Kept>& entry = kept_[key];
    if (!entry) {
      entry = std::make_unique<Kept>();
    }
    kept = entry.get();
  }
  const std::lock_guard lock(kept->mutex);
  if (!is_current(*kept, now)) {
    renew(*kept, key, now);
  }
  return kept->visibility;
}

// A clock that went back over a midnight makes answers of the later day too early.
bool Masks::is_current(const Kept& kept, fhir::Instant now) const {
  return kept.visibility != nullptr && kept.visibility->epoch() == registry_.epoch() &&
         kept.visibility->masks_->size() == registry_.view()->patients() &&
         now < kept.visibility->valid_until() &&
         fhir::japan_date(now) >= fhir::japan_date(kept.made_at);
}

void Masks::renew(Kept& kept, const Key& key, fhir::Instant now) const {
  // The epoch is read first: whatever changes while patients are asked is asked again next time.
  const std::uint64_t epoch = registry_.epoch();
  const std::size_t count = registry_.view()->patients();
  std::optional<std::vector<registry::PatientNumber>> changed;
  const bool went_back =
      kept.visibility != nullptr && fhir::japan_date(now) < fhir::japan_date(kept.made_at);
  if (kept.visibility != nullptr && !went_back) {
    changed = registry_.changed_since(kept.visibility->epoch());
  }
  std::shared_ptr<std::vector<std::uint64_t>> masks;
  if (changed) {
    masks = std::make_shared<std::vector<std::uint64_t>>(*kept.visibility->masks_);
    for (std::size_t i = 0; i < kept.until.size(); ++i) {
      if (kept.until[i] <= now) {
        changed->push_back(static_cast<registry::PatientNumber>(i));
      }
    }
    const auto added = numbers(masks->size(), count);
    changed->insert(changed->end(), added.begin(), added.end());
  } else {
    masks = std::make_shared<std::vector<std::uint64_t>>();
    kept.until.clear();
    changed = numbers(0, count);
  }
  masks->resize(count, 0);
  kept.until.resize(count, kNever);
  kept.visibility.reset();  // should asking throw, nothing half done stays
  ask(key, *changed, now, *masks, kept.until);

  std::shared_ptr<query::Visibility> next(new query::Visibility());
  next->masks_ = std::move(masks);
  next->epoch_ = epoch;
  const auto earliest = std::min_element(kept.until.begin(), kept.until.end());
  next->valid_until_ = earliest == kept.until.end() ? kNever : *earliest;
  const auto view = registry_.view();
  if (const registry::Permit* permit = view->permit(key.first)) {
    next->ip_ok_ = permit->ip_ok;
    next->has_period_ = permit->has_period;
    // An end that could not be read leaves no day inside.
    next->period_from_ =
        permit->period_from ? days(*permit->period_from) : std::numeric_limits<std::int32_t>::max();
    next->period_to_ =
        permit->period_to ? days(*permit->period_to) : std::numeric_limits<std::int32_t>::min();
  }
  kept.made_at = now;
  kept.visibility = std::move(next);
}

void Masks::ask(const Key& key, const std::vector<registry::PatientNumber>& patients,
                fhir::Instant now, std::vector<std::uint64_t>& masks,
                std::vector<fhir::Instant>& until) const {
  registry::Environment environment;
  environment.wait_rule = rules_.wait_rule;
  environment.renotify = rules_.renotify;
  for (std::size_t begin = 0; begin < patients.size(); begin += kChunk) {
    const auto view = registry_.view();
    const registry::Permit* permit = view->permit(key.first);
    if (permit == nullptr) {
      return;
    }
    decision::MaskMaker maker(*view, environment, *permit, key.second, now);
    for (std::size_t i = begin; i < std::min(patients.size(), begin + kChunk); ++i) {
      const registry::PatientNumber patient = patients[i];
      if (patient >= masks.size()) {
        continue;  // indexed since: the next renewal asks it
      }
      const decision::PatientMask answer = maker.of(patient);
      masks[patient] = answer.permitted.bits;
      until[patient] = answer.until;
    }
  }
}

}  // namespace sekisho::release
