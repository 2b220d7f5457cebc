#include "adapter/agent/clock_guard.h"

#include <algorithm>

#include "adapter/platform/durable_file.h"
#include "fhir/error.h"
#include "fhir/json.h"

namespace sekisho::agent {
namespace {

constexpr std::int64_t kBackMs = 5'000;  // release-decision 4.5
constexpr std::int64_t kPersistMs = 30'000;
constexpr int kFormat = 1;

struct Saved {
  fhir::Instant at;
  fhir::Instant confirmed;
  bool held = false;
};

Saved load(const std::string& file) {
  if (!platform::file_exists(file)) {
    return {};
  }
  return fhir::within(file, [&] {
    const fhir::Json json = fhir::parse_json(platform::read_file(file));
    const auto at = fhir::parse_instant(json.text("lastSeen"));
    const auto confirmed = fhir::parse_instant(json.text("confirmedUpTo"));
    const fhir::Json* format = json.find("format");
    const auto* number = format == nullptr ? nullptr : format->get<fhir::Number>();
    if (number != nullptr && number->text != std::to_string(kFormat)) {
      throw fhir::Error(fhir::ErrorCode::kCorrupt, "its format is newer than this program's " +
                                                       std::to_string(kFormat) +
                                                       "; install the newer program again");
    }
    const fhir::Json* held = json.find("held");
    if (!at || !confirmed || held == nullptr || held->get<bool>() == nullptr) {
      throw fhir::Error(
          fhir::ErrorCode::kCorrupt,
          "no record of the clock; look at the clock, remove the file and start again");
    }
    return Saved{*at, *confirmed, *held->get<bool>()};
  });
}

}  // namespace

ClockGuard::ClockGuard(std::string file, fhir::Instant now, fhir::Instant others)
    : file_(std::move(file)), seen_(now) {
  const Saved last = load(file_);
  saved_ = last.at;
  confirmed_ms_ = last.confirmed.ms;
  const fhir::Instant latest = std::max(last.at, others > confirmed_up_to() ? others : last.at);
  const bool back = now.ms + kBackMs < latest.ms;
  held_ = last.held || back;
  save(std::max(now, latest), held_);
}

void ClockGuard::tick(fhir::Instant now) {
  const std::lock_guard lock(mutex_);
  if (!held_ && now.ms + kBackMs < seen_.ms) {
    held_ = true;  // before the disk: a full disk must not keep the gate open
    save(seen_, true);
    return;
  }
  seen_ = std::max(seen_, now);
  if (!held_ && seen_.ms - saved_.ms >= kPersistMs) {
    save(seen_, false);
  }
}

void ClockGuard::stop(fhir::Instant now) {
  const std::lock_guard lock(mutex_);
  if (!held_) {
    save(std::max(seen_, now), false);
  }
}

void ClockGuard::confirm(fhir::Instant now, fhir::Instant others) {
  const std::lock_guard lock(mutex_);
  confirmed_ms_ = std::max({confirmed_up_to(), others, seen_, saved_}).ms;
  save(now, false);
  seen_ = now;
  held_ = false;
}

void ClockGuard::save(fhir::Instant at, bool held) {
  fhir::Json json;
  json.set("format", fhir::Json::integer(kFormat));
  json.set("lastSeen", fhir::to_text(at));
  json.set("confirmedUpTo", fhir::to_text(confirmed_up_to()));
  json.set("held", held);
  platform::write_file(file_, fhir::write_json(json) + "\n");
  saved_ = at;
}

}  // namespace sekisho::agent
