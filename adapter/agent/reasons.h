#pragma once

#include <string_view>

#include "adapter/agent/phrase.h"
#include "adapter/decision/decision.h"

namespace sekisho::agent {

// What a reason of the decision means to people in the hospital, and what they can do about it.
struct ReasonText {
  decision::Reason reason;
  int gate;  // 0 to 8; 9: released
  Phrase what;
  Phrase fix;
};

const ReasonText& text_of(decision::Reason reason);
Phrase gate_name(int gate);  // "G4 提供停止の求め"

}  // namespace sekisho::agent
