#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/hl7v2/message.h"

namespace sekisho::connectors::hl7v2 {

// A group definition of a mapping profile: which segments start it, which it holds, what is inside.
struct GroupSchema {
  std::string name;  // "SPECIMEN"; the root is "MESSAGE"
  std::vector<std::string> start;
  std::vector<std::string> holds;
  std::size_t max = 0;  // 0: any number
  std::vector<GroupSchema> children;
};

// One instance of a group. Segments by reference into the Message, in order.
struct Group {
  const GroupSchema* schema = nullptr;
  std::vector<const Segment*> segments;
  std::vector<Group> children;

  const Segment* first(std::string_view segment) const;
};

struct Grouped {
  Group root;
  std::vector<const Segment*> strays;  // placed nowhere: an Issue each, never dropped silently
  fhir::Issues issues;                 // "group.stray", "group.too-many"
};

// The schema-free placement rule of sources 4 ("Group building"): no segment is lost. Message and
// schema must outlive the result.
Grouped group(const Message& message, const GroupSchema& root);

}  // namespace sekisho::connectors::hl7v2
