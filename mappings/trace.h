#pragma once

#include <string>

namespace sekisho::mappings {

// One expression as it was evaluated, for people who write profiles. It quotes the record.
struct TraceLine {
  std::string rule;
  std::string id;       // of the resource being made
  std::string element;  // "Observation.status", "$variable"
  std::string written;  // where the expression stands: "profiles/x.map.json /rules/0/body/status"
  std::string place;    // the last field that it read: "OBX[1]-5.2"
  std::string value;    // JSON; empty where the element vanishes
};

}  // namespace sekisho::mappings
