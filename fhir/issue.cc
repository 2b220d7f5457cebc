#include "fhir/issue.h"

namespace sekisho::fhir {

std::string_view name_of(Issue::Severity severity) {
  switch (severity) {
    case Issue::Severity::kFatal:
      return "fatal";
    case Issue::Severity::kError:
      return "error";
    case Issue::Severity::kWarning:
      return "warning";
    case Issue::Severity::kInformation:
      return "information";
  }
  return "error";
}

}  // namespace sekisho::fhir
