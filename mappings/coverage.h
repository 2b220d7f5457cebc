#pragma once

#include <string>
#include <vector>

#include "connectors/hl7v2/message.h"
#include "mappings/program.h"

namespace sekisho::mappings {

// Which fields of a message were read (mapping-format 6.2, "no silent loss"). What is valued,
// unread and not ignored by the profile is reported. The message must outlive it.
class Coverage {
 public:
  explicit Coverage(const connectors::hl7v2::Message& message);

  void read(const connectors::hl7v2::Segment& segment, std::size_t field);
  // All of it: what deletes a resource need not be read.
  void pass_over(const connectors::hl7v2::Segment& segment);
  // "OBX-23", each once, in the order of the message.
  std::vector<std::string> unread(const Program& program) const;

 private:
  const connectors::hl7v2::Message& message_;
  std::vector<FieldSet> read_;  // by segment
};

}  // namespace sekisho::mappings
