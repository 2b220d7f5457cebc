#pragma once

#include <string>
#include <string_view>

#include "fhir/issue.h"

namespace sekisho::fhir {

// The text of an OperationOutcome with these issues. A project code that is no FHIR IssueType is
// written as code "processing" with the project code in details.text.
std::string operation_outcome(const Issues& issues);
std::string operation_outcome(std::string_view code, std::string_view diagnostics);  // one error

}  // namespace sekisho::fhir
