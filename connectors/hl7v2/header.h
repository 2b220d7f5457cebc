#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/hl7v2/message.h"

namespace sekisho::connectors::hl7v2 {

struct HeaderFindings {
  std::string wide_escape;            // UTF-8 of a yen sign or full-width backslash in MSH-2
  std::vector<std::string> problems;  // what MSH-2 lacks, and what was taken instead
};

// The separators that a decoded MSH states. What MSH-2 leaves out or says twice is the usual one.
Separators read_separators(std::string_view header, HeaderFindings& findings);

}  // namespace sekisho::connectors::hl7v2
