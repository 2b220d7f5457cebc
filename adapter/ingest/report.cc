#include <numeric>

#include "adapter/ingest/ingest.h"

namespace sekisho::ingest {

namespace {

std::uint64_t sum(const std::map<std::string, std::uint64_t>& reasons) {
  return std::accumulate(reasons.begin(), reasons.end(), std::uint64_t{0},
                         [](std::uint64_t total, const auto& item) { return total + item.second; });
}

void add_reasons(std::string& text, std::string_view name,
                 const std::map<std::string, std::uint64_t>& reasons) {
  for (const auto& [reason, count] : reasons) {
    text += "  " + std::string(name) + ": " + reason + ": " + std::to_string(count) + "\n";
  }
}

std::string holds(bool balanced) { return balanced ? "" : "  <- DOES NOT ADD UP"; }

}  // namespace

bool Report::files_balance() const {
  return read == mapped + unchanged + superseded + deleted + sum(ignored) + sum(quarantined);
}

bool Report::resources_balance() const {
  return produced == stored + resources_unchanged + sum(rejected);
}

std::string report_text(const Report& report) {
  const auto n = [](std::uint64_t value) { return std::to_string(value); };
  std::string text = "files: read " + n(report.read) + " = mapped " + n(report.mapped) +
                     " + unchanged " + n(report.unchanged) + " + superseded " +
                     n(report.superseded) + " + deleted " + n(report.deleted) + " + ignored " +
                     n(sum(report.ignored)) + " + quarantined " + n(sum(report.quarantined)) +
                     holds(report.files_balance()) + "\n";
  add_reasons(text, "ignored", report.ignored);
  add_reasons(text, "quarantined", report.quarantined);
  text += "resources: produced " + n(report.produced) + " = stored " + n(report.stored) +
          " + unchanged " + n(report.resources_unchanged) + " + rejected " +
          n(sum(report.rejected)) + holds(report.resources_balance()) + "\n";
  add_reasons(text, "rejected", report.rejected);
  text += "tombstones because their source is gone: " + n(report.tombstones) + "\n";
  text += "issues: " + n(report.issues) + "\n";
  for (const fhir::Issue& finding : report.findings) {
    text += "storage " + finding.source + ": " + finding.diagnostics + "\n";
  }
  if (report.stopped_for_loss) {
    text += "stopped: files are missing and nothing was deleted\n";
  }
  if (report.cancelled) {
    text += "cancelled: the next run goes on from here\n";
  }
  return text;
}

}  // namespace sekisho::ingest
