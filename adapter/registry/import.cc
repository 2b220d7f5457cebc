#include "adapter/registry/import.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/json.h"

namespace sekisho::registry {

using fhir::Issue;
using fhir::Json;

namespace {

struct Section {
  std::string_view key;
  std::string_view type;
};
// In the order in which they are taken: a permit may name a client of the same file.
constexpr std::array<Section, 8> kSections = {{{"clients", "client"},
                                               {"filings", "filing"},
                                               {"permits", "permit"},
                                               {"notices", "notice"},
                                               {"optins", "optin"},
                                               {"links", "link"},
                                               {"patient_status", "patient-status"},
                                               {"refusals", "refusal"}}};

void add(fhir::Issues& issues, Issue::Severity severity, std::string place, std::string code,
         std::string diagnostics) {
  Issue issue;
  issue.severity = severity;
  issue.code = std::move(code);
  issue.expression = std::move(place);
  issue.diagnostics = std::move(diagnostics);
  issues.push_back(std::move(issue));
}

void warn_of_permit(const Event& event, fhir::Issues& warnings) {
  if (event.body.text("mode") != "M0") {
    add(warnings, Issue::Severity::kWarning, event.place + ".mode", "not-supported",
        "this version serves mode M0 only; requests under this permit are answered 501");
  }
  if (event.body.text("class") == "rehearsal") {
    add(warnings, Issue::Severity::kWarning, event.place + ".class", "not-supported",
        "this version has no rehearsal store; requests under this permit are answered 501");
  }
}

std::vector<Event> events_of(const Json& document, ImportReport& report) {
  std::vector<Event> events;
  const auto* members = document.get<Json::Object>();
  if (members == nullptr) {
    add(report.issues, Issue::Severity::kError, "file", "structure", "it is no JSON object");
    return events;
  }
  for (const Json::Member& member : *members) {
    const bool known = std::any_of(kSections.begin(), kSections.end(),
                                   [&](const Section& s) { return s.key == member.name; });
    if (!known) {
      add(report.issues, Issue::Severity::kError, member.name, "unknown-key",
          "unknown key (known: clients, filings, permits, notices, optins, links, patient_status, "
          "refusals)");
    } else if (member.value.get<Json::Array>() == nullptr) {
      add(report.issues, Issue::Severity::kError, member.name, "structure", "it is no list");
    }
  }
  for (const Section& section : kSections) {
    const auto& items = document.items(section.key);
    for (std::size_t i = 0; i < items.size(); ++i) {
      Event event;
      event.type = section.type;
      event.body = items[i];
      event.place = std::string(section.key) + "[" + std::to_string(i) + "]";
      if (event.type == "permit") {
        warn_of_permit(event, report.warnings);
      }
      events.push_back(std::move(event));
    }
  }
  return events;
}

}  // namespace

ImportReport import_document(Registry& registry, std::string_view text, const Actor& actor,
                             fhir::Instant now) {
  ImportReport report;
  Json document;
  try {
    document = fhir::parse_json(text);
  } catch (const fhir::JsonError& e) {
    add(report.issues, Issue::Severity::kError, "file", "structure", e.text());
    return report;
  }
  const std::vector<Event> events = events_of(document, report);
  if (!report.ok()) {
    return report;
  }
  const Registry::Appended appended = registry.append_all(events, actor, now);
  report.issues = appended.issues;
  report.sequence = appended.sequence;
  if (report.ok()) {
    for (const Event& event : events) {
      ++report.counts[event.type];
    }
  }
  return report;
}

}  // namespace sekisho::registry
