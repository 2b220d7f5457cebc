#include "mappings/clears.h"

#include <algorithm>

#include "mappings/run.h"

namespace sekisho::mappings {
namespace {

// Types that R4 gives to a choice on the level of a resource. Code, Uri and Canonical are left out:
// reasonCode, instantiatesUri and instantiatesCanonical are elements of their own.
constexpr std::string_view kChoiceTypes[] = {
    "Address", "Age",     "Attachment",  "Boolean", "CodeableConcept", "DateTime", "Date",
    "Decimal", "Integer", "Instant",     "Period",  "Quantity",        "Range",    "Ratio",
    "Money",   "String",  "SampledData", "Time",    "Timing",          "Reference"};

// What stands before the type of a choice: "value" of "valueQuantity"; empty for no choice.
// DateTime before Date and Time: the longest type counts.
std::string_view choice_base(std::string_view name) {
  std::string_view base;
  for (std::string_view type : kChoiceTypes) {
    if (name.size() > type.size() && name.ends_with(type) &&
        (base.empty() || name.size() - type.size() < base.size())) {
      base = name.substr(0, name.size() - type.size());
    }
  }
  return base;
}

bool is_period_member(std::string_view name) { return name == "start" || name == "end"; }

}  // namespace

bool is_choice_of(std::string_view name, std::string_view base) {
  return name.size() > base.size() && name.starts_with(base) && name[base.size()] >= 'A' &&
         name[base.size()] <= 'Z';
}

bool same_choice(std::string_view a, std::string_view b) {
  // The extensions of a primitive stand in a member of their own, "_valueString".
  a.remove_prefix(a.starts_with('_') ? 1 : 0);
  b.remove_prefix(b.starts_with('_') ? 1 : 0);
  std::string_view base = choice_base(a);
  return a != b && !base.empty() && base == choice_base(b);
}

bool is_period(const fhir::Json& value) {
  const auto* members = value.get<fhir::Json::Object>();
  return members != nullptr && std::all_of(members->begin(), members->end(),
                                           [](const auto& m) { return is_period_member(m.name); });
}

Clears::Clears(Run& run) : run_(run) {}

std::vector<std::string> Clears::of(std::uint32_t body, const fhir::Json& made) {
  members(body, made);
  return std::move(found_);
}

void Clears::members(std::uint32_t number, const fhir::Json& made) {
  const Template& node = run_.program_.templates[number];
  if (node.kind == TemplateKind::kIf || node.kind == TemplateKind::kSwitch ||
      node.kind == TemplateKind::kFirst) {
    for (std::uint32_t item : node.items) {
      members(item, made);
    }
  }
  for (const TemplateMember& m : node.members) {
    if (!m.name.empty()) {
      member(m, made.find(m.name));
    } else if (m.choice.empty()) {
      members(m.node, made);
    } else {
      std::string_view base = std::string_view(m.choice).substr(0, m.choice.size() - 3);
      const auto* all = made.get<fhir::Json::Object>();
      bool there = all != nullptr && std::any_of(all->begin(), all->end(), [&](const auto& one) {
                     return is_choice_of(one.name, base);
                   });
      if (!there) {
        add(m.choice, m.node);
      }
    }
  }
}

void Clears::member(const TemplateMember& m, const fhir::Json* made) {
  if (m.name == "meta") {
    return;
  }
  const Template& node = run_.program_.templates[m.node];
  bool period = node.kind == TemplateKind::kObject && !node.members.empty() &&
                std::all_of(node.members.begin(), node.members.end(),
                            [](const TemplateMember& one) { return is_period_member(one.name); });
  if (period) {
    for (const TemplateMember& end : node.members) {
      if (made == nullptr || made->find(end.name) == nullptr) {
        add(m.name + "." + end.name, end.node);
      }
    }
  } else if (made == nullptr) {
    add(m.name, m.node);
  }
}

void Clears::add(std::string name, std::uint32_t node) {
  seen_.assign(run_.now_->variables.size(), false);
  if (std::find(found_.begin(), found_.end(), name) == found_.end() && null_read(node)) {
    found_.push_back(std::move(name));
  }
}

bool Clears::null_read(std::uint32_t number) {
  const Template& node = run_.program_.templates[number];
  if (node.expression != kNone && null_read_by(node.expression)) {
    return true;
  }
  if (node.kind == TemplateKind::kEach) {
    return false;  // what stands in it reads its own groups and aliases
  }
  return (node.when != kNone && null_read_by(node.when)) ||
         std::any_of(node.items.begin(), node.items.end(),
                     [&](std::uint32_t item) { return null_read(item); }) ||
         std::any_of(node.members.begin(), node.members.end(),
                     [&](const TemplateMember& m) { return null_read(m.node); });
}

bool Clears::null_read_by(std::uint32_t number) {
  const Expression& e = run_.program_.expressions[number];
  if (++run_.steps_ > run_.settings_.limits.steps) {
    run_.exceed("steps");
    return false;
  }
  if (e.op == Op::kVar) {
    bool again = seen_[e.a];
    seen_[e.a] = true;
    return !again && null_read(run_.now_->rule->variables[e.a]);
  }
  if (e.op == Op::kMake) {
    return null_read(e.a);
  }
  if (e.op != Op::kPath) {
    return std::any_of(e.args.begin(), e.args.end(),
                       [&](std::uint32_t arg) { return null_read_by(arg); });
  }
  // The null is of the whole field, or of the component that is asked for.
  const connectors::hl7v2::Segment* segment = run_.segment_at(e.a);
  if (segment == nullptr || e.field == 0) {
    return false;
  }
  std::size_t repetition = e.repetition == 0 ? 1 : e.repetition;
  return connectors::hl7v2::is_null(segment->raw(e.field, repetition)) ||
         (e.component != 0 &&
          connectors::hl7v2::is_null(segment->raw(e.field, repetition, e.component)));
}

}  // namespace sekisho::mappings
