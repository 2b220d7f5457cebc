#include "connectors/hl7v2/groups.h"

#include <algorithm>

namespace sekisho::connectors::hl7v2 {

namespace {

bool names(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Group instances by index, because opening a sibling moves them in memory.
class Placement {
 public:
  Placement(Grouped& grouped, const GroupSchema& root) : grouped_(grouped) {
    grouped_.root.schema = &root;
  }

  void place(const Segment& segment) {
    if (!segment.name().empty()) {
      for (std::size_t depth = path_.size() + 1; depth-- > 0;) {
        if (placed_at(depth, segment)) {
          return;
        }
      }
    }
    grouped_.strays.push_back(&segment);
    report(segment, fhir::Issue::Severity::kWarning, "group.stray",
           "the segment stands where the profile's groups have no place for it; declare it there, "
           "or have the sender put it in order");
  }

 private:
  Group& open_group(std::size_t depth) {
    Group* group = &grouped_.root;
    for (std::size_t i = 0; i < depth; ++i) {
      group = &group->children[path_[i]];
    }
    return *group;
  }

  bool placed_at(std::size_t depth, const Segment& segment) {
    Group& group = open_group(depth);
    const bool starts = names(group.schema->start, segment.name());
    if (starts || names(group.schema->holds, segment.name())) {
      if (depth > 0 && starts &&
          (group.first(segment.name()) != nullptr || !group.children.empty())) {
        open(depth - 1, *group.schema, segment);
      } else {
        // Inner groups stay open: a note between two results must not cost the second its order.
        group.segments.push_back(&segment);
      }
      return true;
    }
    for (const GroupSchema& child : group.schema->children) {
      if (names(child.start, segment.name())) {
        open(depth, child, segment);
        return true;
      }
    }
    return false;
  }

  static bool at_least(const Group& parent, const GroupSchema& schema, std::size_t count) {
    return std::any_of(parent.children.begin(), parent.children.end(), [&](const Group& g) {
      count -= g.schema == &schema ? 1 : 0;
      return count == 0;
    });
  }

  void open(std::size_t parent_depth, const GroupSchema& schema, const Segment& segment) {
    Group& parent = open_group(parent_depth);
    if (schema.max != 0 && at_least(parent, schema, schema.max)) {
      report(segment, fhir::Issue::Severity::kError, "group.too-many",
             "the message repeats a group that the profile allows " + std::to_string(schema.max) +
                 " time(s): " + schema.name);
    }
    path_.resize(parent_depth);
    path_.push_back(parent.children.size());
    Group& opened = parent.children.emplace_back();
    opened.schema = &schema;
    opened.segments.push_back(&segment);
  }

  void report(const Segment& segment, fhir::Issue::Severity severity, std::string code,
              std::string diagnostics) {
    fhir::Issue issue;
    issue.severity = severity;
    issue.code = std::move(code);
    issue.source = "segment " + std::to_string(segment.position());
    if (!segment.name().empty()) {
      issue.source += " (" + std::string(segment.name()) + ")";
    }
    issue.diagnostics = std::move(diagnostics);
    grouped_.issues.push_back(std::move(issue));
  }

  Grouped& grouped_;
  std::vector<std::size_t> path_;  // which child is open, level by level below the root
};

}  // namespace

const Segment* Group::first(std::string_view segment) const {
  const auto found = std::find_if(segments.begin(), segments.end(),
                                  [segment](const Segment* s) { return s->name() == segment; });
  return found == segments.end() ? nullptr : *found;
}

Grouped group(const Message& message, const GroupSchema& root) {
  Grouped grouped;
  Placement placement(grouped, root);
  for (const Segment& segment : message.segments) {
    placement.place(segment);
  }
  return grouped;
}

}  // namespace sekisho::connectors::hl7v2
