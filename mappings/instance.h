#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "connectors/hl7v2/groups.h"
#include "fhir/json.h"
#include "mappings/program.h"

namespace sekisho::mappings {

// What one template gave. `live` is false where every expression in it that reads the source was
// empty: the object that holds it then vanishes with its literals (mapping-format 6.2).
struct Made {
  fhir::Json value;
  bool dynamic = false;  // an expression in it reads the source
  bool live = false;
  bool computed = false;  // it has expressions that do not read the source (configuration)
};

// One instance of a rule: the groups around it and what was evaluated in it.
struct Instance {
  struct Level {
    const connectors::hl7v2::Group* group = nullptr;
    const connectors::hl7v2::Segment* segment = nullptr;
  };
  const Rule* rule = nullptr;
  std::size_t index = 0;  // from 1
  std::vector<Level> levels;
  std::vector<const connectors::hl7v2::Segment*> slots;
  std::vector<bool> slot_known;
  std::vector<Value> variables;
  std::vector<bool> variable_known;
  std::vector<Value> aliases;
  std::string id;
  std::string key;  // its parts, for $key
};

// Where the components of a person's name stand in a field.
struct NameParts {
  std::uint16_t family, given, representation, kind;
};

// A resource on its way: made, not yet finished.
struct Pending {
  std::uint32_t rule = 0;
  std::vector<const connectors::hl7v2::Group*> groups;
  std::string id;
  std::string place;
  std::vector<fhir::Json::Member> body;
  std::string profile;
  std::vector<bool> claims;         // which of the rule's profiles `when` leaves
  std::vector<std::string> clears;  // of a rule that merges: elements that are explicitly null
  bool deleted = false;
};

}  // namespace sekisho::mappings
