#include <algorithm>

#include "mappings/run.h"

namespace sekisho::mappings {
namespace {

// Control characters have no place in FHIR strings; line breaks and tabs do.
std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : trimmed(text)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 || c == '\n' || c == '\t' || c == '\r') {
      out.push_back(c);
    }
  }
  return out;
}

void splice(fhir::Json value, fhir::Json::Array& out) {
  if (auto* items = value.get<fhir::Json::Array>()) {
    if (out.empty()) {
      out = std::move(*items);
      return;
    }
    for (fhir::Json& item : *items) {
      out.push_back(std::move(item));
    }
  } else if (!value.is_null()) {
    out.push_back(std::move(value));
  }
}

}  // namespace

fhir::Json Run::to_json(const Value& value) {
  if (const fhir::Json* json = value.get<fhir::Json>()) {
    return *json;
  }
  if (const fhir::Number* number = value.get<fhir::Number>()) {
    return fhir::Json(*number);
  }
  if (const bool* truth = value.get<bool>()) {
    return fhir::Json(*truth);
  }
  if (const Value::List* list = value.get<Value::List>()) {
    fhir::Json::Array out;
    for (const Value& item : *list) {
      splice(to_json(item), out);
    }
    return out.empty() ? fhir::Json() : fhir::Json(std::move(out));
  }
  std::string buffer;
  std::string out = printable(view(value, buffer));
  return out.empty() ? fhir::Json() : fhir::Json(std::move(out));
}

// What nobody else holds is moved and not copied.
fhir::Json Run::to_json(Value&& value) {
  if (fhir::Json* json = std::get_if<fhir::Json>(&value.is)) {
    return std::move(*json);
  }
  if (fhir::Number* number = std::get_if<fhir::Number>(&value.is)) {
    return fhir::Json(std::move(*number));
  }
  if (Value::List* list = std::get_if<Value::List>(&value.is)) {
    fhir::Json::Array out;
    for (Value& item : *list) {
      splice(to_json(std::move(item)), out);
    }
    return out.empty() ? fhir::Json() : fhir::Json(std::move(out));
  }
  return to_json(std::as_const(value));
}

Made Run::make(std::uint32_t index) {
  ++steps_;
  if (depth_ >= settings_.limits.depth) {
    exceed("depth");
    return {};
  }
  ++depth_;
  Made out = make(program_.templates[index]);
  --depth_;
  return out;
}

Made Run::make(const Template& node) {
  switch (node.kind) {
    case TemplateKind::kLiteral:
      return {node.literal, false, false, false};
    case TemplateKind::kExpression:
      return make_expression(node);
    case TemplateKind::kObject:
      return make_object(node);
    case TemplateKind::kArray:
      return make_array(node);
    case TemplateKind::kEach:
      return make_each(node);
    case TemplateKind::kIf:
    case TemplateKind::kSwitch:
    case TemplateKind::kFirst:
      return make_choice(node);
  }
  return {};
}

Made Run::make_expression(const Template& node) {
  const std::string* outer = std::exchange(element_, &node.element);
  Made out;
  if (input_.trace != nullptr) {
    last_read_ = {};
  }
  out.value = with_value(
      node.expression, [&](auto&& value) { return to_json(std::forward<decltype(value)>(value)); });
  if (input_.trace != nullptr) {
    trace(node, out.value);
  }
  out.dynamic = program_.expressions[node.expression].reads_source;
  out.computed = !out.dynamic;
  out.live = !out.value.is_null();
  element_ = outer;
  return out;
}

// An object whose expressions are all empty vanishes with its literals. Expressions that do not
// read the source (configuration, $id) keep it alive only where nothing in it reads the source.
Made Run::make_object(const Template& node) {
  Made out;
  if (node.when != kNone) {
    out.dynamic = true;
    if (!truth_of(node.when)) {
      return out;
    }
  }
  bool read = false, source_live = false, computed = false, computed_live = false;
  fhir::Json::Object members;
  members.reserve(node.members.size());
  for (const TemplateMember& m : node.members) {
    Made made = make(m.node);
    read |= made.dynamic;
    computed |= made.computed;
    (made.dynamic ? source_live : computed_live) |= made.live;
    if (made.value.is_null()) {
      continue;
    }
    if (!m.name.empty()) {
      members.push_back({m.name, std::move(made.value)});
    } else if (auto* inner = made.value.get<fhir::Json::Object>()) {
      for (fhir::Json::Member& one : *inner) {
        auto old =
            std::find_if(members.begin(), members.end(),
                         [&](const fhir::Json::Member& known) { return known.name == one.name; });
        if (old == members.end()) {
          members.push_back(std::move(one));
        } else {
          old->value = std::move(one.value);
        }
      }
    }
  }
  bool keep = read ? source_live : (!computed || computed_live);
  out.live = keep && (read || computed || node.when != kNone);
  out.dynamic |= read;
  out.computed = computed;
  if (keep && !members.empty()) {
    if (!node.issue.empty()) {
      const std::string* outer = std::exchange(element_, &node.element);
      if (node.issue_at != kNone) {
        exists(evaluate(node.issue_at));
      }
      issue(node.issue, "the profile reports this value");
      element_ = outer;
    }
    out.value = fhir::Json(std::move(members));
  }
  return out;
}

Made Run::make_array(const Template& node) {
  Made out;
  fhir::Json::Array items;
  if (node.items.size() > 1) {
    items.reserve(node.items.size());
  }
  for (std::uint32_t item : node.items) {
    Made made = make(item);
    out.dynamic |= made.dynamic;
    out.computed |= made.computed;
    out.live |= made.live;
    splice(std::move(made.value), items);
  }
  if (!items.empty()) {
    out.value = fhir::Json(std::move(items));
  }
  return out;
}

Made Run::make_each(const Template& node) {
  Made out;
  out.dynamic = true;
  fhir::Json::Array items;
  if (node.expression != kNone) {
    each_value(node, items);
  } else {
    const connectors::hl7v2::Group* group = now_->levels[node.each_depth].group;
    if (group != nullptr) {
      each_group(node, 0, *group, items);
    }
  }
  if (!items.empty()) {
    out.live = true;
    out.value = fhir::Json(std::move(items));
  }
  return out;
}

void Run::each_body(const Template& node, fhir::Json::Array& out) {
  if (node.when != kNone && !truth_of(node.when)) {
    return;
  }
  if (spend(sizeof(fhir::Json))) {
    splice(make(node.items.front()).value, out);
  }
}

void Run::each_value(const Template& node, fhir::Json::Array& out) {
  for (Value& item : items(evaluate(node.expression))) {
    if (node.alias != kNone) {
      now_->aliases[node.alias] = std::move(item);
    }
    each_body(node, out);
  }
}

// Walks down the groups of $each, putting each on the scope chain while its body is made. Slots
// that were resolved at or below a level are forgotten when the level changes.
void Run::each_group(const Template& node, std::size_t depth, const connectors::hl7v2::Group& group,
                     fhir::Json::Array& out) {
  auto enter = [&](Instance::Level level, auto&& body) {
    now_->levels.push_back(level);
    for (std::size_t i = 0; i < now_->slots.size(); ++i) {
      if (now_->rule->slots[i].depth + 1 >= now_->levels.size()) {
        now_->slot_known[i] = false;
      }
    }
    body();
    now_->levels.pop_back();
  };
  if (depth < node.each_groups.size()) {
    for (const auto& child : group.children) {
      if (child.schema == node.each_groups[depth]) {
        enter({&child, nullptr}, [&] { each_group(node, depth + 1, child, out); });
      }
    }
  } else if (!node.each_segment.empty()) {
    for (const auto* segment : group.segments) {
      if (segment->name() == node.each_segment) {
        enter({nullptr, segment}, [&] { each_body(node, out); });
      }
    }
  } else {
    each_body(node, out);
  }
}

Made Run::make_choice(const Template& node) {
  std::uint32_t chosen = kNone;
  Made out;
  if (node.kind == TemplateKind::kIf) {
    if (truth_of(node.expression)) {
      chosen = node.items[0];
    } else if (node.items.size() > 1) {
      chosen = node.items[1];
    }
  } else if (node.kind == TemplateKind::kSwitch) {
    std::string buffer;
    Value value = evaluate(node.expression);
    std::string_view wanted = view(value, buffer);
    auto found = std::find(node.cases.begin(), node.cases.end(), wanted);
    if (found != node.cases.end()) {
      chosen = node.items[static_cast<std::size_t>(found - node.cases.begin())];
    } else if (node.has_default) {
      chosen = node.items.back();
    }
  } else {
    for (std::uint32_t item : node.items) {
      Made made = make(item);
      if (!made.value.is_null()) {
        made.live = made.live || !made.dynamic;
        made.dynamic = true;
        return made;
      }
    }
  }
  if (chosen != kNone) {
    out = make(chosen);
    // What a choice gives is there because of the source, be it a literal.
    out.live = out.value.is_null() ? false : (out.live || !out.dynamic);
  }
  out.dynamic = true;
  return out;
}

}  // namespace sekisho::mappings
