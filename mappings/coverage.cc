#include "mappings/coverage.h"

#include <algorithm>

namespace sekisho::mappings {

using connectors::hl7v2::Segment;

Coverage::Coverage(const connectors::hl7v2::Message& message)
    : message_(message), read_(message.segments.size()) {}

void Coverage::read(const Segment& segment, std::size_t field) {
  auto index = static_cast<std::size_t>(&segment - message_.segments.data());
  read_[index].add(field);
}

void Coverage::pass_over(const Segment& segment) {
  read_[static_cast<std::size_t>(&segment - message_.segments.data())].add_all();
}

std::vector<std::string> Coverage::unread(const Program& program) const {
  std::vector<std::string> out;
  std::vector<std::pair<std::string_view, FieldSet>> reported;
  for (std::size_t i = 0; i < read_.size(); ++i) {
    const Segment& segment = message_.segments[i];
    FieldSet done = read_[i];
    for (const auto& [name, fields] : program.ignored) {
      if (name == segment.name()) {
        done.bits[0] |= fields.bits[0];
        done.bits[1] |= fields.bits[1];
      }
    }
    if (segment.name() == "MSH") {
      done.add(1);
      done.add(2);
    }
    auto known = std::find_if(reported.begin(), reported.end(),
                              [&](const auto& entry) { return entry.first == segment.name(); });
    for (std::size_t field = 1; field <= segment.fields(); ++field) {
      if (done.has(field) || (known != reported.end() && known->second.has(field)) ||
          segment.field(field).empty()) {
        continue;
      }
      if (known == reported.end()) {
        reported.emplace_back(segment.name(), FieldSet());
        known = std::prev(reported.end());
      }
      known->second.add(field);
      out.push_back(std::string(segment.name()) + "-" + std::to_string(field));
    }
  }
  return out;
}

}  // namespace sekisho::mappings
