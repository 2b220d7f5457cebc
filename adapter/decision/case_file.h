#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/decision/decision.h"

namespace sekisho::decision {

// One decided case of a case file (release-decision 4.4b).
struct CaseResult {
  std::string id;
  Reason reason = Reason::kSysInternal;
  // Where the case states what is expected and it was not met: "PERMIT OK" or so, for people.
  std::optional<std::string> expected;
};

// Decides every case of the file. Throws Error(kInput, kConfig) for a file that is no JSON of this
// shape; an unknown key anywhere refuses the whole file and nothing is decided. Unknown values are
// read in the denying direction (4.4 note 3).
std::vector<CaseResult> decide_cases(std::string_view text);

// {"id":"T01","outcome":"PERMIT","reason":"OK"}
std::string to_json_line(const CaseResult& result);

}  // namespace sekisho::decision
