#include "fhir/operation_outcome.h"

#include <algorithm>
#include <array>

#include "fhir/json.h"

namespace sekisho::fhir {

namespace {

// http://hl7.org/fhir/issue-type, R4.
constexpr std::array<std::string_view, 31> kIssueTypes = {
    "invalid",       "structure", "required",         "value",         "invariant",  "security",
    "login",         "unknown",   "expired",          "forbidden",     "suppressed", "processing",
    "not-supported", "duplicate", "multiple-matches", "not-found",     "deleted",    "too-long",
    "code-invalid",  "extension", "too-costly",       "business-rule", "conflict",   "transient",
    "lock-error",    "no-store",  "exception",        "timeout",       "incomplete", "throttled",
    "informational"};

Json to_json(const Issue& issue) {
  Json json;
  json.set("severity", Json(name_of(issue.severity)));
  const bool is_type =
      std::find(kIssueTypes.begin(), kIssueTypes.end(), issue.code) != kIssueTypes.end();
  json.set("code", is_type ? issue.code : "processing");
  if (!is_type && !issue.code.empty()) {
    json.set("details", Json::object({{"text", issue.code}}));
  }
  std::string diagnostics = issue.source;
  if (!issue.source.empty() && !issue.diagnostics.empty()) {
    diagnostics += ": ";
  }
  diagnostics += issue.diagnostics;
  if (!diagnostics.empty()) {
    json.set("diagnostics", std::move(diagnostics));
  }
  if (!issue.expression.empty()) {
    json.set("expression", Json::Array{Json(issue.expression)});
  }
  return json;
}

}  // namespace

std::string operation_outcome(const Issues& issues) {
  Json list(Json::Array{});
  for (const Issue& issue : issues) {
    list.push(to_json(issue));
  }
  if (issues.empty()) {  // OperationOutcome.issue is 1..*
    Issue none;
    none.severity = Issue::Severity::kInformation;
    none.code = "informational";
    none.diagnostics = "no findings";
    list.push(to_json(none));
  }
  return write_json(
      Json::object({{"resourceType", "OperationOutcome"}, {"issue", std::move(list)}}));
}

std::string operation_outcome(std::string_view code, std::string_view diagnostics) {
  Issue issue;
  issue.code = code;
  issue.diagnostics = diagnostics;
  return operation_outcome(Issues{issue});
}

}  // namespace sekisho::fhir
