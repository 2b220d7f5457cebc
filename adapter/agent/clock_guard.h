#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "fhir/instant.h"

namespace sekisho::agent {

// The clock gate of release-decision 4.5: the last time that was seen is on the disk, and a clock
// that is more than 5 s behind it holds everything back until an operator confirms it. The hold
// survives a restart. Thread-safe. Format: docs/formats/clock.md.
class ClockGuard {
 public:
  // `others`: the latest time that registry and ledger have persisted. What an operator confirmed
  // stays confirmed: records from a future that never was do not hold twice. Throws Error(kCorrupt,
  // kInput) where the file is there and is no record of ours.
  ClockGuard(std::string file, fhir::Instant now, fhir::Instant others);

  // To be called about once a second; persists the time every 30 s. Throws Error(kIo, kNoSpace)
  // where that fails.
  void tick(fhir::Instant now);
  void stop(fhir::Instant now);  // persists at a clean stop
  bool held() const { return held_.load(); }
  // Times up to here were ahead of a clock that an operator confirmed.
  fhir::Instant confirmed_up_to() const { return {confirmed_ms_.load()}; }
  // `others` as above, by now. Throws Error(kIo, kNoSpace): then the hold stays.
  void confirm(fhir::Instant now, fhir::Instant others);

 private:
  void save(fhir::Instant at, bool held);

  std::string file_;
  std::mutex mutex_;
  fhir::Instant seen_;                         // the latest time of this clock
  fhir::Instant saved_;                        // what is on the disk
  std::atomic<std::int64_t> confirmed_ms_{0};  // read by every request
  std::atomic<bool> held_{false};
};

}  // namespace sekisho::agent
