#include "adapter/agent/metrics.h"

#include <algorithm>
#include <cstdio>

#include "adapter/agent/exposition.h"

namespace sekisho::agent {
namespace {

constexpr double kMicro = 1e-6;

// The last entry of each list stands for everything that is not in it.
template <class List, class Entry>
std::size_t index_in(const List& list, const Entry& entry) {
  const auto found = std::find(list.begin(), list.end() - 1, entry);
  return static_cast<std::size_t>(found - list.begin());
}

std::string status_text(int status) { return status == 0 ? "other" : std::to_string(status); }

std::string bound_text(std::size_t bucket) {
  if (bucket == Metrics::kBounds.size()) {
    return "+Inf";
  }
  char text[24];
  std::snprintf(text, sizeof text, "%g", static_cast<double>(Metrics::kBounds[bucket]) * kMicro);
  return text;
}

void write_log(const Gauges& gauges, Exposition& out) {
  constexpr std::array<std::string_view, 3> kLevels{"info", "warning", "alarm"};
  out.family("log_lines_total", "counter", "Lines of the log, by level");
  for (std::size_t level = 0; level < kLevels.size(); ++level) {
    out.sample(gauges.log_lines[level], {{"level", kLevels[level]}});
  }
  out.counter("log_lost_lines_total", gauges.log_lost, "Lines that could not be written");
}

void write_registry(const Gauges& gauges, Exposition& out) {
  out.gauge("registry_ok", gauges.registry_ok ? 1 : 0, "1 while the registry's journal verifies");
  out.gauge("registry_epoch", gauges.registry_epoch,
            "Changes that can turn a permit into a denial");
  out.family("registry_source_age_seconds", "gauge",
             "Since a list of refusals was read; absent until it was");
  for (const Gauges::SourceAge& source : gauges.sources) {
    if (source.age_s >= 0) {
      out.sample(static_cast<std::uint64_t>(source.age_s), {{"source", source.name}});
    }
  }
  out.family("registry_source_max_age_seconds", "gauge",
             "Age at which a list is stale; a required one then closes the door");
  for (const Gauges::SourceAge& source : gauges.sources) {
    if (source.max_age_s >= 0) {
      out.sample(static_cast<std::uint64_t>(source.max_age_s), {{"source", source.name}});
    }
  }
  out.family("registry_refusals", "gauge", "Refusals on record, by status");
  for (const auto& [status, count] : gauges.refusals) {
    out.sample(count, {{"status", status}});
  }
}

void write_disk(const Gauges& gauges, Exposition& out) {
  out.gauge("disk_free_bytes", gauges.disk_free_bytes, "Free below the state folder");
  out.family("disk_used_bytes", "gauge", "What the parts of the state folder take");
  for (const auto& [part, bytes] : gauges.disk_bytes) {
    out.sample(bytes, {{"part", part}});
  }
  out.gauge("resident_memory_bytes", gauges.resident_bytes, "Memory of the process");
  if (gauges.certificate_ends) {
    out.gauge(
        "certificate_not_after_timestamp_seconds",
        static_cast<std::uint64_t>(std::max<std::int64_t>(gauges.certificate_ends->ms, 0)) / 1000,
        "When the hub listener's certificate ends");
  }
}

}  // namespace

void Metrics::answered(std::string_view interaction, int status, std::int64_t microseconds) {
  Interaction& into = interactions_[index_in(kInteractions, interaction)];
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), microseconds);
  ++into.by_status[index_in(kStatuses, status)];
  ++into.by_duration[static_cast<std::size_t>(bound - kBounds.begin())];
  into.microseconds += static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0));
}

void Metrics::unhandled(std::string_view what) { ++unhandled_[index_in(kUnhandled, what)]; }

void Metrics::ingest_begins() {
  ingest_files_ = 0;
  ingest_running_ = true;
}

void Metrics::ingest_ends(const ingest::Report* report, fhir::Instant at) {
  ingest_running_ = false;
  const std::lock_guard lock(mutex_);
  if (report == nullptr) {
    ++runs_["failed"];
    return;
  }
  ++runs_[report->cancelled || report->stopped_for_loss ? "stopped"
          : report->balanced()                          ? "balanced"
                                                        : "unbalanced"];
  ingest_ended_ = at;
  ingest_seconds_ = report->seconds;
  files_[{"mapped", ""}] += report->mapped;
  files_[{"unchanged", ""}] += report->unchanged;
  files_[{"superseded", ""}] += report->superseded;
  files_[{"deleted", ""}] += report->deleted;
  for (const auto& [reason, count] : report->ignored) {
    files_[{"ignored", reason}] += count;
  }
  for (const auto& [reason, count] : report->quarantined) {
    files_[{"quarantined", reason}] += count;
  }
  resources_[{"stored", ""}] += report->stored;
  resources_[{"unchanged", ""}] += report->resources_unchanged;
  resources_[{"tombstone", ""}] += report->tombstones;
  for (const auto& [reason, count] : report->rejected) {
    resources_[{"rejected", reason}] += count;
  }
}

void Metrics::write_requests(std::string& text) const {
  Exposition out(text);
  out.family("requests_total", "counter", "Requests that a handler answered");
  for (std::size_t i = 0; i < kInteractions.size(); ++i) {
    for (std::size_t status = 0; status < kStatuses.size(); ++status) {
      if (const std::uint64_t count = interactions_[i].by_status[status]) {
        out.sample(count,
                   {{"interaction", kInteractions[i]}, {"status", status_text(kStatuses[status])}});
      }
    }
  }
  out.family("request_duration_seconds", "histogram",
             "Time in the handler, the ledger's sync included");
  for (std::size_t i = 0; i < kInteractions.size(); ++i) {
    const Interaction& one = interactions_[i];
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket <= kBounds.size(); ++bucket) {
      below += one.by_duration[bucket];
    }
    if (below == 0) {
      continue;
    }
    below = 0;
    for (std::size_t bucket = 0; bucket <= kBounds.size(); ++bucket) {
      below += one.by_duration[bucket];
      out.sample(below, {{"interaction", kInteractions[i]}, {"le", bound_text(bucket)}}, "_bucket");
    }
    out.seconds(static_cast<double>(one.microseconds.load()) * kMicro,
                {{"interaction", kInteractions[i]}}, "_sum");
    out.sample(below, {{"interaction", kInteractions[i]}}, "_count");
  }
  out.family("unhandled_total", "counter", "What the HTTP layer could not hand to a handler");
  for (std::size_t i = 0; i < kUnhandled.size(); ++i) {
    out.sample(unhandled_[i], {{"what", kUnhandled[i]}});
  }
}

void Metrics::write_ingest(std::string& text) const {
  Exposition out(text);
  const std::lock_guard lock(mutex_);
  out.gauge("ingest_running", ingest_running_ ? 1 : 0, "1 while an ingest is under way");
  out.gauge("ingest_progress_files", ingest_files_, "Files of the ingest that runs or ran last");
  out.family("ingest_runs_total", "counter", "Ingests since the start, by how they ended");
  for (const auto& [result, count] : runs_) {
    out.sample(count, {{"result", result}});
  }
  out.family("ingest_files_total", "counter", "Files that ingests met since the start");
  for (const auto& [of, count] : files_) {
    out.sample(count, {{"state", of.state}, {"reason", of.reason}});
  }
  out.family("ingest_resources_total", "counter", "Resources that ingests made since the start");
  for (const auto& [of, count] : resources_) {
    out.sample(count, {{"state", of.state}, {"reason", of.reason}});
  }
  if (ingest_ended_) {
    out.gauge("ingest_last_end_timestamp_seconds",
              static_cast<std::uint64_t>(std::max<std::int64_t>(ingest_ended_->ms, 0)) / 1000,
              "When the last ingest of this process ended");
    out.family("ingest_last_duration_seconds", "gauge", "What it took");
    out.seconds(ingest_seconds_);
  }
}

std::string Metrics::text(const Gauges& gauges) const {
  std::string text;
  write_requests(text);
  write_ingest(text);
  Exposition out(text);
  out.family("quarantined_files", "gauge", "Files in quarantine, by reason");
  for (const auto& [reason, count] : gauges.quarantined) {
    out.sample(count, {{"reason", reason}});
  }
  out.gauge("serving", gauges.serving ? 1 : 0, "1 while data can be released");
  out.gauge("clock_held", gauges.clock_held ? 1 : 0,
            "1 while the clock waits for an operator's word");
  out.gauge("uptime_seconds",
            static_cast<std::uint64_t>(std::max<std::int64_t>(gauges.uptime_s, 0)),
            "Since the agent was ready");
  out.gauge("ledger_writable", gauges.ledger_writable ? 1 : 0, "1 while the ledger takes records");
  out.gauge("ledger_sequence", gauges.ledger_sequence, "Number of the ledger's last record");
  write_registry(gauges, out);
  write_disk(gauges, out);
  write_log(gauges, out);
  return text;
}

}  // namespace sekisho::agent
