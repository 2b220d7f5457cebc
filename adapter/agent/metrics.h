#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/ingest/ingest.h"
#include "fhir/instant.h"

namespace sekisho::agent {

// What is read at the moment of asking, or was by `Watch` within the last minute.
struct Gauges {
  bool serving = false;
  bool clock_held = false;
  std::int64_t uptime_s = 0;
  bool ledger_writable = false;
  std::uint64_t ledger_sequence = 0;
  bool registry_ok = false;
  std::uint64_t registry_epoch = 0;
  struct SourceAge {
    std::string name;             // of the configuration
    std::int64_t age_s = -1;      // -1: never read
    std::int64_t max_age_s = -1;  // -1: never stale
  };
  std::vector<SourceAge> sources;
  std::map<std::string, std::uint64_t> refusals;     // by status
  std::map<std::string, std::uint64_t> quarantined;  // files in quarantine, by reason
  std::map<std::string, std::uint64_t> disk_bytes;   // store, registry, ledger, log
  std::uint64_t disk_free_bytes = 0;
  std::optional<fhir::Instant> certificate_ends;
  std::array<std::uint64_t, 3> log_lines{};  // by level
  std::uint64_t log_lost = 0;
  std::uint64_t resident_bytes = 0;
};

// The agent's own counters, in Prometheus' text format 0.0.4; docs/operations.md lists them. Labels
// are closed lists of the program or names of the configuration; never anything of a request or a
// record. Thread-safe; what a request costs is a few atomic additions.
class Metrics {
 public:
  void answered(std::string_view interaction, int status, std::int64_t microseconds);
  void unhandled(std::string_view what);
  void ingest_begins();
  void ingest_progress(std::uint64_t files) { ingest_files_ = files; }
  // `report`: nothing where the ingest failed.
  void ingest_ends(const ingest::Report* report, fhir::Instant at);

  std::string text(const Gauges& gauges) const;

  static constexpr std::array<std::string_view, 13> kInteractions{
      "capabilities", "status", "read",  "vread",  "search-type", "search-system", "transaction",
      "create",       "update", "patch", "delete", "operation",   "unknown"};
  static constexpr std::array<int, 13> kStatuses{200, 304, 400, 403, 404, 405, 406,
                                                 410, 415, 500, 501, 503, 0};  // 0: another
  // Upper bounds of the duration histogram in microseconds; one bucket more takes the rest.
  static constexpr std::array<std::int64_t, 13> kBounds{
      500,     1'000,   2'500,   5'000,     10'000,    25'000,    50'000,
      100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};
  static constexpr std::array<std::string_view, 9> kUnhandled{
      "bad-request",      "length-required", "too-large",         "timeout", "connection-refused",
      "handshake-failed", "handler-failed",  "tls-reload-failed", "other"};

 private:
  struct Interaction {
    std::array<std::atomic<std::uint64_t>, kStatuses.size()> by_status{};
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> by_duration{};
    std::atomic<std::uint64_t> microseconds{0};
  };
  void write_requests(std::string& out) const;
  void write_ingest(std::string& out) const;

  std::array<Interaction, kInteractions.size()> interactions_;
  std::array<std::atomic<std::uint64_t>, kUnhandled.size()> unhandled_{};
  std::atomic<std::uint64_t> ingest_files_{0};
  std::atomic<bool> ingest_running_{false};

  mutable std::mutex mutex_;  // guards the rest
  struct Count {
    std::string state, reason;
    auto operator<=>(const Count&) const = default;
  };
  std::map<Count, std::uint64_t> files_, resources_;
  std::map<std::string, std::uint64_t> runs_;  // by result
  std::optional<fhir::Instant> ingest_ended_;
  double ingest_seconds_ = 0;
};

}  // namespace sekisho::agent
