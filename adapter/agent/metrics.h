#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace sekisho::agent {

// The agent's own counters, in Prometheus' text format. Labels are closed lists: an HTTP status
// class, a kind of unhandled input; never anything of a request. Thread-safe.
class Metrics {
 public:
  void answered(int status, std::int64_t milliseconds);
  void unhandled(const char* what);

  // What is read at the moment of asking.
  struct Gauges {
    bool serving = false;
    bool ledger_writable = false;
    std::uint64_t ledger_sequence = 0;
    std::uint64_t registry_epoch = 0;
    bool registry_ok = false;
    std::int64_t registry_age_s = 0;  // since the oldest required source was read
    bool clock_held = false;
    std::int64_t uptime_s = 0;
  };
  std::string text(const Gauges& gauges) const;

 private:
  mutable std::mutex mutex_;
  std::map<int, std::uint64_t> answered_;  // by status
  std::uint64_t milliseconds_ = 0;
  std::map<std::string, std::uint64_t> unhandled_;
};

}  // namespace sekisho::agent
