#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "adapter/agent/clock_guard.h"
#include "adapter/agent/metrics.h"
#include "adapter/ledger/ledger.h"
#include "adapter/log/log.h"
#include "adapter/registry/registry.h"

namespace sekisho::agent {

// What a running agent keeps an eye on without being asked, and logs when it turns: the clock, the
// door and the ledger each second; disk, certificate, refusal lists and quarantine each minute. The
// two looks are for one thread; gauges() for any.
class Watch {
 public:
  struct Subject {
    fhir::Clock clock;
    ClockGuard& guard;
    registry::Registry& registry;
    const ledger::Ledger* ledger = nullptr;  // null: it does not verify
    std::function<bool()> locked;
    std::string state_dir, store_file, certificate_file;
  };
  Watch(Subject subject, log::Log& log);

  void look_each_second();
  void look_each_minute();

  Gauges gauges() const;  // but for the uptime

 private:
  struct Slow {
    std::uint64_t free_bytes = 0;
    std::map<std::string, std::uint64_t> disk_bytes, quarantined, refusals;
    std::optional<fhir::Instant> certificate_ends;
  };
  void look_at_disk(Slow& slow);
  void look_at_certificate(Slow& slow, fhir::Instant now);
  void look_at_registry(Slow& slow, fhir::Instant now);

  Subject subject_;
  log::Log& log_;
  bool clock_told_ = false;
  std::optional<bool> door_open_;
  bool ledger_writable_ = true;
  int disk_ = 0;                    // 0 enough, 1 low, 2 full
  std::map<std::string, int> age_;  // percent last told, by list
  std::optional<fhir::CivilDate> certificate_told_;

  mutable std::mutex mutex_;
  Slow slow_;
};

inline constexpr std::uint64_t kLowBytes = std::uint64_t{1} << 30;

}  // namespace sekisho::agent
