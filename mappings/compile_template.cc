#include <algorithm>

#include "mappings/compiler.h"

namespace sekisho::mappings {
namespace {

constexpr std::size_t kMaxTemplates = 100'000;

bool is_control(const fhir::Json& json, std::string_view key) { return json.find(key) != nullptr; }

// "value[x]" merges the chosen valueXxx; a FHIR name is letters and digits, "_" before primitives.
bool is_element_name(std::string_view name) {
  if (name.ends_with("[x]")) {
    name.remove_suffix(3);
  }
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool has_expression(const fhir::Json& json) {
  if (const auto* text = json.get<std::string>()) {
    return text->starts_with('=');
  }
  if (const auto* items = json.get<fhir::Json::Array>()) {
    return std::any_of(items->begin(), items->end(), has_expression);
  }
  if (const auto* members = json.get<fhir::Json::Object>()) {
    return std::any_of(members->begin(), members->end(), [](const fhir::Json::Member& m) {
      return m.name.starts_with('$') || m.name.ends_with("[x]") || m.name.starts_with("x-") ||
             has_expression(m.value);
    });
  }
  return false;
}

}  // namespace

std::uint32_t Compiler::add(Template node) {
  // Fragments that use fragments twice each grow beyond all measure.
  if (program_.templates.size() >= kMaxTemplates) {
    fail("the profile is larger than " + std::to_string(kMaxTemplates) +
         " templates with its fragments worked in");
  }
  program_.templates.push_back(std::move(node));
  program_.written.push_back(profile_.origin_of(pointer_));
  return static_cast<std::uint32_t>(program_.templates.size() - 1);
}

std::uint32_t Compiler::compile_template(const fhir::Json& json, Rule& rule, Scope& scope,
                                         const std::string& element) {
  Template node;
  node.element = element;
  element_ = element;
  if (const auto* text = json.get<std::string>()) {
    if (text->starts_with("==")) {
      node.literal = fhir::Json(text->substr(1));
    } else if (text->starts_with('=')) {
      node.kind = TemplateKind::kExpression;
      node.expression = compile_expression(std::string_view(*text).substr(1), rule, scope);
    } else {
      node.literal = json;
    }
    return add(std::move(node));
  }
  if (const auto* items = json.get<fhir::Json::Array>()) {
    if (has_expression(json)) {
      node.kind = TemplateKind::kArray;
      for (std::size_t i = 0; i < items->size(); ++i) {
        PointerStep step(*this, i);
        node.items.push_back(compile_template((*items)[i], rule, scope, element));
      }
      return add(std::move(node));
    }
  } else if (json.get<fhir::Json::Object>() != nullptr) {
    return compile_object(json, rule, scope, element);
  }
  check_literal(json);
  node.literal = json;
  return add(std::move(node));
}

// What has no expression is still FHIR: no empty lists, no nulls, element names only.
void Compiler::check_literal(const fhir::Json& json) {
  if (json.is_null()) {
    fail("null has no meaning here; leave the element out");
  }
  if (const auto* items = json.get<fhir::Json::Array>()) {
    if (items->empty()) {
      fail("an array may not be empty: FHIR has no empty lists");
    }
    for (std::size_t i = 0; i < items->size(); ++i) {
      PointerStep step(*this, i);
      check_literal((*items)[i]);
    }
  } else if (const auto* members = json.get<fhir::Json::Object>()) {
    for (const fhir::Json::Member& m : *members) {
      PointerStep step(*this, m.name);
      if (!is_element_name(m.name)) {
        fail("\"" + m.name + "\" is no FHIR element name");
      }
      check_literal(m.value);
    }
  }
}

std::uint32_t Compiler::compile_object(const fhir::Json& json, Rule& rule, Scope& scope,
                                       const std::string& element) {
  if (is_control(json, "$each")) {
    return compile_each(json, rule, scope, element);
  }
  if (is_control(json, "$if")) {
    return compile_if(json, rule, scope, element);
  }
  if (is_control(json, "$switch")) {
    return compile_switch(json, rule, scope, element);
  }
  if (is_control(json, "$first")) {
    return compile_first(json, rule, scope, element);
  }
  if (is_control(json, "$use")) {
    return compile_use(json, rule, scope, element);
  }
  Template node;
  node.element = element;
  if (!has_expression(json)) {
    check_literal(json);
    node.literal = json;
    return add(std::move(node));
  }
  node.kind = TemplateKind::kObject;
  compile_members(json, node, rule, scope, element);
  return add(std::move(node));
}

void Compiler::compile_members(const fhir::Json& json, Template& node, Rule& rule, Scope& scope,
                               const std::string& element) {
  for (const fhir::Json::Member& m : *json.get<fhir::Json::Object>()) {
    PointerStep step(*this, m.name);
    if (is_annotation(m.name)) {
      continue;
    }
    if (m.name == "$when") {
      node.when = condition(m.value, rule, scope);
    } else if (m.name == "$issue") {
      compile_issue(m.value, node, rule, scope);
    } else if (m.name == "$merge") {
      const auto* list = m.value.get<fhir::Json::Array>();
      if (list == nullptr) {
        fail("$merge takes a list of objects");
      }
      for (std::size_t i = 0; i < list->size(); ++i) {
        PointerStep item(*this, i);
        node.members.push_back({"", compile_template((*list)[i], rule, scope, element)});
      }
    } else if (m.name.starts_with('$')) {
      fail("\"" + m.name + "\" is not known here");
    } else if (!is_element_name(m.name)) {
      fail("\"" + m.name + "\" is no FHIR element name");
    } else {
      bool merged = m.name.ends_with("[x]");
      std::string inner = element + "." + m.name;
      node.members.push_back({merged ? "" : m.name,
                              compile_template(m.value, rule, scope, merged ? element : inner),
                              merged ? m.name : ""});
    }
  }
}

// "$issue": "value.type.unsupported", or {"code": .., "at": "OBX-5"}.
void Compiler::compile_issue(const fhir::Json& json, Template& node, Rule& rule, Scope& scope) {
  if (const auto* code = json.get<std::string>(); code != nullptr && !code->empty()) {
    node.issue = *code;
    return;
  }
  only_keys(json, {"code", "at"});
  node.issue = text_member(json, "code", true);
  const fhir::Json* at = member(json, "at");
  PointerStep step(*this, "at");
  node.issue_at = condition(*at, rule, scope);
}

std::uint32_t Compiler::compile_each(const fhir::Json& json, Rule& rule, Scope& scope,
                                     const std::string& element) {
  only_keys(json, {"$each", "$as", "$do", "$when"});
  Template node;
  node.kind = TemplateKind::kEach;
  node.element = element;
  std::string list = text_member(json, "$each", true);
  Scope inner = scope;
  {
    PointerStep step(*this, "$each");
    if (list.starts_with('=')) {
      node.expression = compile_expression(std::string_view(list).substr(1), rule, scope);
    } else {
      enter_each_groups(node, list, inner);
    }
  }
  if (std::string name = text_member(json, "$as", false); !name.empty()) {
    if (is_segment_name(name) || find_function(name) != nullptr) {
      PointerStep step(*this, "$as");
      fail("\"" + name + "\" is the name of a segment or function; choose another");
    }
    node.alias = rule.aliases++;
    inner.aliases.emplace_back(name, node.alias);
  }
  if (const fhir::Json* when = json.find("$when")) {
    PointerStep step(*this, "$when");
    node.when = condition(*when, rule, inner);
  }
  const fhir::Json* body = member(json, "$do");
  PointerStep step(*this, "$do");
  node.items.push_back(compile_template(*body, rule, inner, element));
  return add(std::move(node));
}

// "$each": "INSURANCE" walks the groups of that name below the innermost scope that has them; the
// last name may be a segment.
void Compiler::enter_each_groups(Template& node, const std::string& path, Scope& inner) const {
  std::size_t from = 0;
  const connectors::hl7v2::GroupSchema* group = nullptr;
  while (from <= path.size()) {
    std::size_t dot = std::min(path.find('.', from), path.size());
    std::string name = path.substr(from, dot - from);
    from = dot + 1;
    const connectors::hl7v2::GroupSchema* next = nullptr;
    for (std::size_t depth = inner.levels.size(); next == nullptr && depth > 0; --depth) {
      const auto* level = group != nullptr ? group : inner.levels[depth - 1].group;
      if (level == nullptr) {
        continue;
      }
      for (const auto& child : level->children) {
        next = child.name == name ? &child : next;
      }
      bool held = std::find(level->holds.begin(), level->holds.end(), name) != level->holds.end();
      if (next == nullptr && held && from > path.size()) {
        node.each_depth =
            group == nullptr ? static_cast<std::uint32_t>(depth - 1) : node.each_depth;
        node.each_segment = name;
        inner.levels.push_back({nullptr, name});
        return;
      }
      if (next != nullptr && group == nullptr) {
        node.each_depth = static_cast<std::uint32_t>(depth - 1);
      }
      if (group != nullptr) {
        break;
      }
    }
    if (next == nullptr) {
      fail("no group or segment \"" + name + "\" is in scope to walk over");
    }
    group = next;
    node.each_groups.push_back(next);
    inner.levels.push_back({next, ""});
  }
}

std::uint32_t Compiler::compile_if(const fhir::Json& json, Rule& rule, Scope& scope,
                                   const std::string& element) {
  only_keys(json, {"$if", "$then", "$else"});
  Template node;
  node.kind = TemplateKind::kIf;
  node.element = element;
  {
    PointerStep step(*this, "$if");
    node.expression = condition(*json.find("$if"), rule, scope);
  }
  const fhir::Json* then = member(json, "$then");
  {
    PointerStep step(*this, "$then");
    node.items.push_back(compile_template(*then, rule, scope, element));
  }
  if (const fhir::Json* otherwise = json.find("$else")) {
    PointerStep step(*this, "$else");
    node.items.push_back(compile_template(*otherwise, rule, scope, element));
  }
  return add(std::move(node));
}

std::uint32_t Compiler::compile_switch(const fhir::Json& json, Rule& rule, Scope& scope,
                                       const std::string& element) {
  Template node;
  node.kind = TemplateKind::kSwitch;
  node.element = element;
  {
    PointerStep step(*this, "$switch");
    node.expression = condition(*json.find("$switch"), rule, scope);
  }
  for (const fhir::Json::Member& m : *json.get<fhir::Json::Object>()) {
    if (m.name == "$switch" || m.name == "$default" || is_annotation(m.name)) {
      continue;
    }
    PointerStep step(*this, m.name);
    if (m.name.starts_with('$')) {
      fail("\"" + m.name + "\" is not known in a $switch");
    }
    node.cases.push_back(m.name);
    node.items.push_back(compile_template(m.value, rule, scope, element));
  }
  if (const fhir::Json* otherwise = json.find("$default")) {
    PointerStep step(*this, "$default");
    node.has_default = true;
    node.items.push_back(compile_template(*otherwise, rule, scope, element));
  }
  return add(std::move(node));
}

std::uint32_t Compiler::compile_first(const fhir::Json& json, Rule& rule, Scope& scope,
                                      const std::string& element) {
  only_keys(json, {"$first"});
  PointerStep step(*this, "$first");
  const auto* list = json.find("$first")->get<fhir::Json::Array>();
  if (list == nullptr || list->empty()) {
    fail("$first takes a list of choices");
  }
  Template node;
  node.kind = TemplateKind::kFirst;
  node.element = element;
  for (std::size_t i = 0; i < list->size(); ++i) {
    PointerStep item(*this, i);
    node.items.push_back(compile_template((*list)[i], rule, scope, element));
  }
  return add(std::move(node));
}

// A fragment is compiled where it is used, so that its names mean what they mean there.
std::uint32_t Compiler::compile_use(const fhir::Json& json, Rule& rule, Scope& scope,
                                    const std::string& element) {
  std::string name = text_member(json, "$use", true);
  const fhir::Json* fragments = root_.find("fragments");
  const fhir::Json* fragment = fragments == nullptr ? nullptr : fragments->find(name);
  PointerStep step(*this, "$use");
  if (fragment == nullptr) {
    fail("there is no fragment \"" + name + "\" in /fragments");
  }
  std::uint32_t used = 0;
  {
    PointerJump jump(*this, "/fragments/" + pointer_step(name));
    open_name("use " + name, "the fragment \"" + name + "\"");
    used = compile_template(*fragment, rule, scope, element);
  }
  open_names_.erase("use " + name);
  if (json.get<fhir::Json::Object>()->size() == 1) {
    return used;
  }
  Template node;
  node.kind = TemplateKind::kObject;
  node.element = element;
  node.members.push_back({"", used});
  fhir::Json rest = json;
  rest.erase("$use");
  compile_members(rest, node, rule, scope, element);
  return add(std::move(node));
}

}  // namespace sekisho::mappings
