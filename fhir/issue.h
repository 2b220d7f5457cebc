#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sekisho::fhir {

// One finding about one piece of data, as in OperationOutcome.issue. An Issue says the data is
// wrong; it never says the program failed (that is an Error, thrown). No text here may hold a
// value taken from a patient's record: name the place, not the content.
struct Issue {
  enum class Severity { kFatal, kError, kWarning, kInformation };

  Severity severity = Severity::kError;
  std::string code;  // IssueType ("required", "value", ...) or a project code ("date.invalid")
  std::string expression;   // where in the resource: "Observation.value.ofType(Quantity).unit"
  std::string source;       // where in the input: "OML-11 #4411 OBX[3]-6"
  std::string diagnostics;  // what is wrong and what would be right

  bool operator==(const Issue&) const = default;
};

using Issues = std::vector<Issue>;

std::string_view name_of(Issue::Severity severity);  // "fatal", "error", "warning", "information"

}  // namespace sekisho::fhir
