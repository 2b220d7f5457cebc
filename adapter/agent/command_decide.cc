#include "adapter/agent/commands.h"
#include "adapter/decision/case_file.h"
#include "fhir/error.h"

namespace sekisho::agent {

int command_decide(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const std::string text = session.input(session.arguments.required("--cases"));
  std::vector<decision::CaseResult> results;
  try {
    results = decision::decide_cases(text);
  } catch (const fhir::Error& e) {
    session.console.err(e.text());
    return kUsageError;  // release-decision 4.4b: a file of another shape decides nothing
  }
  std::size_t unmet = 0;
  for (const decision::CaseResult& result : results) {
    session.console.out(decision::to_json_line(result));
    if (result.expected) {
      ++unmet;
      session.console.err(result.id + ": expected " + *result.expected);
    }
  }
  return unmet == 0 ? kOk : kFailed;
}

}  // namespace sekisho::agent
