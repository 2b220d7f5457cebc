#include <algorithm>
#include <cstdlib>

#include "fhir/check.h"
#include "mappings/run.h"

namespace sekisho::mappings {
namespace {

using connectors::hl7v2::Group;
using connectors::hl7v2::Segment;

bool is_number(std::string_view text) {
  bool digits = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c >= '0' && c <= '9') {
      digits = true;
    } else if (c != '.' && !(i == 0 && (c == '-' || c == '+'))) {
      return false;
    }
  }
  return digits;
}

bool ordered(Comparison comparison, int order) {
  switch (comparison) {
    case Comparison::kEqual:
      return order == 0;
    case Comparison::kNotEqual:
      return order != 0;
    case Comparison::kLess:
      return order < 0;
    case Comparison::kGreater:
      return order > 0;
    case Comparison::kAtMost:
      return order <= 0;
    case Comparison::kAtLeast:
      return order >= 0;
  }
  return false;
}

// Equality is that of texts; an order is that of numbers where both sides are numbers.
bool compare_texts(Comparison comparison, std::string_view left, std::string_view right) {
  if (comparison == Comparison::kEqual) {
    return left == right;
  }
  if (comparison == Comparison::kNotEqual) {
    return left != right;
  }
  if (is_number(left) && is_number(right)) {
    double a = std::strtod(std::string(left).c_str(), nullptr);
    double b = std::strtod(std::string(right).c_str(), nullptr);
    return ordered(comparison, a < b ? -1 : (a > b ? 1 : 0));
  }
  return ordered(comparison, left.compare(right));
}

}  // namespace

Value Run::evaluate(std::uint32_t index) {
  const Expression& e = program_.expressions[index];
  if (++steps_ > settings_.limits.steps) [[unlikely]] {
    exceed("steps");
  }
  if (!exceeded_.empty()) [[unlikely]] {
    return {};
  }
  switch (e.op) {
    case Op::kLiteral:
      return text_value(program_.literals[e.a]);
    case Op::kPath:
      return field_value(e);
    case Op::kVar:
      return variable(e.a);
    case Op::kAlias:
      return alias_value(e);
    case Op::kConfig:
      return text_value(std::string(config_[e.a]));
    case Op::kSsmix:
      return ssmix_value(static_cast<SsmixPart>(e.a));
    case Op::kIndex:
      return text_value(std::to_string(now_->index));
    case Op::kId:
      return text_value(now_->id);
    case Op::kKey:
      return text_value(now_->key);
    case Op::kMake:
      return json_value(make(e.a).value);
    case Op::kNot:
      return bool_value(!truth_of(e.args[0]));
    case Op::kAnd:
      return bool_value(truth_of(e.args[0]) && truth_of(e.args[1]));
    case Op::kOr:
      return bool_value(truth_of(e.args[0]) || truth_of(e.args[1]));
    case Op::kCompare:
      return bool_value(compare(e));
    case Op::kIn:
      return bool_value(in_list(e));
    case Op::kExists:
      return bool_value(with_value(e.args[0], [&](const Value& value) { return exists(value); }));
    case Op::kMatches:
      return bool_value(with_value(e.args[0], [&](const Value& value) {
        std::string buffer;
        return program_.regexes[e.a].matches(view(value, buffer));
      }));
    case Op::kCall:
      return call(e);
  }
  return {};
}

// An alias with a component is that component of what it stands for.
Value Run::alias_value(const Expression& e) const {
  const Value& bound = now_->aliases[e.a];
  const FieldRef* ref = bound.get<FieldRef>();
  if (e.component == 0 || ref == nullptr) {
    return e.component <= 1 ? bound : empty_value();
  }
  Value out;
  FieldRef part = *ref;
  if (part.component == 0) {
    part.component = e.component;
    part.subcomponent = e.subcomponent;
  } else {
    part.subcomponent = e.component;
  }
  out.is = part;
  return out;
}

Value Run::ssmix_value(SsmixPart part) const {
  const connectors::ssmix2::Name* name = input_.name;
  if (part == SsmixPart::kType) {
    return text_value(input_.data_type);
  }
  if (name == nullptr) {
    return {};
  }
  switch (part) {
    case SsmixPart::kFlag:
      return text_value(std::string(1, name->flag));
    case SsmixPart::kDate:
      return text_value(name->date);
    case SsmixPart::kOrder:
      return text_value(name->order);
    default:
      return text_value(name->department == "-" ? "" : name->department);
  }
}

bool Run::in_list(const Expression& e) {
  return with_value(e.args[0], [&](const Value& value) {
    std::string buffer;
    std::string_view wanted = view(value, buffer);
    auto from = program_.literals.begin() + static_cast<std::ptrdiff_t>(e.a);
    return std::find(from, from + static_cast<std::ptrdiff_t>(e.b), wanted) !=
           from + static_cast<std::ptrdiff_t>(e.b);
  });
}

bool Run::compare(const Expression& e) {
  return with_value(e.args[0], [&](const Value& left) {
    return with_value(e.args[1], [&](const Value& right) {
      std::string left_buffer, right_buffer;
      return compare_texts(e.comparison, view(left, left_buffer), view(right, right_buffer));
    });
  });
}

// A segment that a Slot names, found once an instance and remembered.
const Segment* Run::segment_at(std::uint32_t index) {
  Instance& instance = *now_;
  if (instance.slot_known[index]) {
    return instance.slots[index];
  }
  const Slot& slot = instance.rule->slots[index];
  const Instance::Level& level = instance.levels[slot.depth];
  const Segment* found = level.segment;
  if (level.group != nullptr) {
    const Group* group = level.group;
    for (const auto* schema : slot.down) {
      auto child = std::find_if(group->children.begin(), group->children.end(),
                                [&](const Group& g) { return g.schema == schema; });
      group = child == group->children.end() ? nullptr : &*child;
      if (group == nullptr) {
        break;
      }
    }
    found = group == nullptr ? nullptr : group->first(slot.segment);
  }
  instance.slots[index] = found;
  instance.slot_known[index] = true;
  return found;
}

Value Run::field_value(const Expression& e) {
  const Segment* segment = segment_at(e.a);
  Value out;
  if (segment == nullptr) {
    return out;
  }
  FieldRef ref{segment, e.field, e.repetition, e.component, e.subcomponent};
  if (e.predicate == kNone) {
    out.is = ref;
    return out;
  }
  Value::List kept;
  for (const FieldRef& repetition : repetitions(ref)) {
    if (passes(program_.predicates[e.predicate], repetition)) {
      FieldRef chosen = repetition;
      chosen.component = e.component;
      chosen.subcomponent = e.subcomponent;
      kept.emplace_back().is = chosen;
    }
  }
  if (kept.size() == 1) {
    return kept.front();
  }
  return kept.empty() ? out : list_value(std::move(kept));
}

bool Run::passes(const Predicate& test, const FieldRef& repetition) {
  return compare_texts(test.comparison, part(repetition, test.component), test.literal);
}

// where(.2 = 'PRN'): of the repetitions those whose component compares so; .1 of what is no field
// is its text.
Value Run::kept_where(const Expression& e) {
  const Predicate& test = program_.predicates[e.predicate];
  Value::List kept;
  for (Value& item : items(evaluate(e.args[0]))) {
    const FieldRef* ref = item.get<FieldRef>();
    bool good = ref != nullptr ? passes(test, *ref)
                               : test.component == 1 &&
                                     compare_texts(test.comparison, text(item), test.literal);
    if (good) {
      kept.push_back(std::move(item));
    }
  }
  if (kept.size() == 1) {
    return kept.front();
  }
  return kept.empty() ? Value() : list_value(std::move(kept));
}

// ordinal(ORC-4): the how many-th group of its kind this is, among those beside it that have the
// same in these fields.
Value Run::ordinal(const Expression& e) {
  const Rule& rule = *now_->rule;
  std::size_t depth = rule.groups.size() - 1;
  const Group* here = now_->levels[depth].group;
  std::size_t count = 0;
  auto value_in = [&](const Group& group, const Expression& path) {
    const Segment* segment = group.first(rule.slots[path.a].segment);
    return segment == nullptr ? std::string()
                              : part({segment, path.field, path.repetition, 0, 0}, path.component,
                                     path.subcomponent);
  };
  for (const Group& other : now_->levels[depth - 1].group->children) {
    if (other.schema != here->schema || ++steps_ > settings_.limits.steps) {
      continue;
    }
    bool same = std::all_of(e.args.begin(), e.args.end(), [&](std::uint32_t arg) {
      const Expression& path = program_.expressions[arg];
      return value_in(other, path) == value_in(*here, path);
    });
    count += same ? 1U : 0U;
    if (&other == here) {
      break;
    }
  }
  return text_value(std::to_string(count));
}

const Value* Run::variable_at(std::uint32_t index) {
  const Expression& e = program_.expressions[index];
  if (e.op != Op::kVar) {
    return nullptr;
  }
  if (!now_->variable_known[e.a]) {
    if (steps_ >= settings_.limits.steps || !exceeded_.empty()) {
      return nullptr;  // evaluate() says so
    }
    ++steps_;
  }
  return &variable(e.a);
}

const Value& Run::variable(std::uint32_t index) {
  if (!now_->variable_known[index]) {
    // How deep an expression is has a bound; that variables are within each other is counted.
    if (depth_ >= settings_.limits.depth) {
      exceed("depth");
      return now_->variables[index];
    }
    ++depth_;
    const Template& node = program_.templates[now_->rule->variables[index]];
    Value made;
    if (node.kind == TemplateKind::kExpression) {
      made = evaluate(node.expression);
      if (input_.trace != nullptr) {
        trace(node, to_json(made));
      }
    } else {
      Made object = make(now_->rule->variables[index]);
      made = json_value(std::move(object.value));
    }
    now_->variables[index] = std::move(made);
    now_->variable_known[index] = true;
    --depth_;
  }
  return now_->variables[index];
}

std::vector<FieldRef> Run::repetitions(const FieldRef& ref) {
  std::vector<FieldRef> out;
  if (ref.repetition != 0) {
    out.push_back(ref);
    return out;
  }
  std::size_t count = ref.segment->repetitions(ref.field);
  if (count > settings_.limits.repetitions) {
    exceed("repetitions");
    return out;
  }
  for (std::size_t i = 1; i <= count; ++i) {
    FieldRef one = ref;
    one.repetition = static_cast<std::uint16_t>(i);
    std::string_view raw = ref.segment->raw(ref.field, i);
    if (!raw.empty() && !connectors::hl7v2::is_null(raw)) {
      out.push_back(one);
    }
  }
  return out;
}

// One value is asked for: of several repetitions the first that says something, and an Issue.
FieldRef Run::single(FieldRef ref) {
  if (ref.repetition != 0 || ref.segment->repetitions(ref.field) <= 1) {
    ref.repetition = ref.repetition == 0 ? std::uint16_t{1} : ref.repetition;
    return ref;
  }
  std::vector<FieldRef> all = repetitions(ref);
  if (all.empty()) {
    ref.repetition = 1;
    return ref;
  }
  if (all.size() > 1) {
    last_read_ = ref;
    std::string field = std::string(ref.segment->name()) + "-" + std::to_string(ref.field);
    if (told_.insert("repeated " + field).second) {
      issue("value.repeated", "the field repeats and one value is wanted; the first is taken");
    }
  }
  return all.front();
}

std::string_view Run::raw(const FieldRef& asked) {
  if (asked.field == 0) {
    return asked.segment->name();
  }
  coverage_.read(*asked.segment, asked.field);
  FieldRef ref = single(asked);
  last_read_ = ref;
  std::string_view text;
  if (ref.component == 0) {
    text = ref.segment->raw(ref.field, ref.repetition);
    text = text.substr(0, text.find(input_.message.separators.component));
  } else if (ref.subcomponent == 0) {
    text = ref.segment->raw(ref.field, ref.repetition, ref.component);
  } else {
    return ref.segment->raw(ref.field, ref.repetition, ref.component, ref.subcomponent);
  }
  return text.substr(0, text.find(input_.message.separators.subcomponent));
}

std::string_view Run::view(const Value& value, std::string& buffer) {
  if (const FieldRef* ref = value.get<FieldRef>()) {
    std::string_view text = raw(*ref);
    if (connectors::hl7v2::is_null(text)) {
      return {};
    }
    if (text.find('\\') == std::string_view::npos &&
        text.find(input_.message.separators.escape) == std::string_view::npos) {
      return text;
    }
    buffer = connectors::hl7v2::unescape(text, input_.message.separators);
    return buffer;
  }
  if (const std::string* text = value.get<std::string>()) {
    return *text;
  }
  if (const fhir::Number* number = value.get<fhir::Number>()) {
    return number->text;
  }
  if (const bool* truth = value.get<bool>()) {
    return *truth ? "true" : "false";
  }
  if (const auto* mapped = value.get<const MappedCode*>()) {
    return (*mapped)->code;
  }
  if (const fhir::Json* json = value.get<fhir::Json>()) {
    if (const std::string* text = json->get<std::string>()) {
      return *text;
    }
    if (const fhir::Number* number = json->get<fhir::Number>()) {
      return number->text;
    }
    if (json->get<fhir::Json::Array>() == nullptr) {
      return {};
    }
  }
  Value::List list = items(value);
  if (list.empty()) {
    return {};
  }
  if (list.size() > 1 && told_.insert("list").second) {
    issue("value.repeated", "several values and one is wanted; the first is taken");
  }
  std::string inner;
  buffer = std::string(view(list.front(), inner));
  return buffer;
}

std::string Run::text(const Value& value) {
  std::string buffer;
  std::string_view seen = view(value, buffer);
  return std::string(seen);
}

std::string Run::part(const FieldRef& ref, std::uint16_t component, std::uint16_t subcomponent) {
  Value value;
  FieldRef one = ref;
  one.component = component;
  one.subcomponent = subcomponent;
  value.is = one;
  return text(value);
}

bool Run::exists(const Value& value) {
  if (value.empty() || value.get<Null>() != nullptr) {
    return false;
  }
  if (const FieldRef* ref = value.get<FieldRef>()) {
    if (ref->field == 0) {
      return true;
    }
    coverage_.read(*ref->segment, ref->field);
    last_read_ = *ref;
    std::size_t last =
        ref->repetition != 0 ? ref->repetition : ref->segment->repetitions(ref->field);
    for (std::size_t i = ref->repetition != 0 ? ref->repetition : 1; i <= last; ++i) {
      std::string_view raw = ref->component == 0 ? ref->segment->raw(ref->field, i)
                                                 : ref->segment->raw(ref->field, i, ref->component);
      if (!is_blank(raw) && !connectors::hl7v2::is_null(raw)) {
        return true;
      }
    }
    return false;
  }
  if (const Value::List* list = value.get<Value::List>()) {
    return std::any_of(list->begin(), list->end(), [&](const Value& v) { return exists(v); });
  }
  if (const fhir::Json* json = value.get<fhir::Json>()) {
    return !json->is_null();
  }
  std::string buffer;
  return !is_blank(view(value, buffer));
}

bool Run::truth(const Value& value) {
  const bool* truth = value.get<bool>();
  return truth != nullptr ? *truth : exists(value);
}

Value::List Run::items(const Value& value) {
  if (const Value::List* list = value.get<Value::List>()) {
    return *list;
  }
  Value::List out;
  if (const FieldRef* ref = value.get<FieldRef>()) {
    if (ref->field != 0) {
      coverage_.read(*ref->segment, ref->field);
    }
    for (const FieldRef& one : repetitions(*ref)) {
      out.emplace_back().is = one;
    }
    return out;
  }
  if (const fhir::Json* json = value.get<fhir::Json>()) {
    if (const auto* array = json->get<fhir::Json::Array>()) {
      for (const fhir::Json& item : *array) {
        out.push_back(json_value(item));
      }
      return out;
    }
  }
  if (exists(value)) {
    out.push_back(value);
  }
  return out;
}

}  // namespace sekisho::mappings
