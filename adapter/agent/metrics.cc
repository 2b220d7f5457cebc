#include "adapter/agent/metrics.h"

#include <string_view>

namespace sekisho::agent {
namespace {

void family(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += "# HELP sekisho_" + std::string(name) + " " + std::string(help) + "\n# TYPE sekisho_" +
         std::string(name) + " " + std::string(type) + "\n";
}

void gauge(std::string& out, std::string_view name, std::int64_t value, std::string_view help) {
  family(out, name, "gauge", help);
  out += "sekisho_" + std::string(name) + " " + std::to_string(value) + "\n";
}

}  // namespace

void Metrics::answered(int status, std::int64_t milliseconds) {
  const std::lock_guard lock(mutex_);
  ++answered_[status];
  milliseconds_ += static_cast<std::uint64_t>(milliseconds < 0 ? 0 : milliseconds);
}

void Metrics::unhandled(const char* what) {
  const std::lock_guard lock(mutex_);
  ++unhandled_[what];
}

std::string Metrics::text(const Gauges& gauges) const {
  std::string out;
  const std::lock_guard lock(mutex_);
  family(out, "requests_total", "counter", "Requests that a handler answered, by HTTP status");
  for (const auto& [status, count] : answered_) {
    out += "sekisho_requests_total{status=\"" + std::to_string(status) + "\"} " +
           std::to_string(count) + "\n";
  }
  family(out, "request_milliseconds_total", "counter", "Time spent in handlers");
  out += "sekisho_request_milliseconds_total " + std::to_string(milliseconds_) + "\n";
  family(out, "unhandled_total", "counter", "What the HTTP layer could not hand to a handler");
  for (const auto& [what, count] : unhandled_) {
    out += "sekisho_unhandled_total{what=\"" + what + "\"} " + std::to_string(count) + "\n";
  }
  gauge(out, "serving", gauges.serving ? 1 : 0, "1 while data can be released");
  gauge(out, "ledger_writable", gauges.ledger_writable ? 1 : 0, "1 while the ledger takes records");
  gauge(out, "ledger_sequence", static_cast<std::int64_t>(gauges.ledger_sequence),
        "Number of the ledger's last record");
  gauge(out, "registry_ok", gauges.registry_ok ? 1 : 0, "1 while the registry's journal verifies");
  gauge(out, "registry_epoch", static_cast<std::int64_t>(gauges.registry_epoch),
        "Changes that can turn a permit into a denial");
  gauge(out, "registry_age_seconds", gauges.registry_age_s,
        "Age of the oldest required refusal list");
  gauge(out, "clock_held", gauges.clock_held ? 1 : 0,
        "1 while the clock waits for an operator's word");
  gauge(out, "uptime_seconds", gauges.uptime_s, "Since the agent was ready");
  return out;
}

}  // namespace sekisho::agent
