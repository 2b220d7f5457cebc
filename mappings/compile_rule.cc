#include <algorithm>

#include "fhir/data_category.h"
#include "mappings/compiler.h"

namespace sekisho::mappings {
namespace {

using connectors::hl7v2::GroupSchema;

bool holds(const GroupSchema& group, const std::string& segment) {
  return std::find(group.holds.begin(), group.holds.end(), segment) != group.holds.end();
}

// A group that exists at most once below an enclosing one is as good as enclosing: PID in PATIENT.
bool find_single(const GroupSchema& group, const std::string& segment,
                 std::vector<const GroupSchema*>& down) {
  for (const GroupSchema& child : group.children) {
    if (child.max != 1) {
      continue;
    }
    down.push_back(&child);
    if (holds(child, segment) || find_single(child, segment, down)) {
      return true;
    }
    down.pop_back();
  }
  return false;
}

}  // namespace

std::uint32_t Compiler::slot_for(const std::string& segment, Rule& rule, const Scope& scope) {
  Slot slot;
  slot.segment = segment;
  bool found = false;
  for (std::size_t depth = scope.levels.size(); !found && depth > 0; --depth) {
    const Scope::Level& level = scope.levels[depth - 1];
    slot.depth = static_cast<std::uint32_t>(depth - 1);
    if (level.group == nullptr) {
      found = level.segment == segment;
    } else {
      found = holds(*level.group, segment) || find_single(*level.group, segment, slot.down);
    }
  }
  if (!found) {
    fail(segment + " is not in scope: neither the group that this rule walks nor one around it " +
         "holds it");
  }
  for (std::size_t i = 0; i < rule.slots.size(); ++i) {
    const Slot& known = rule.slots[i];
    if (known.depth == slot.depth && known.down == slot.down && known.segment == segment) {
      return static_cast<std::uint32_t>(i);
    }
  }
  rule.slots.push_back(std::move(slot));
  return static_cast<std::uint32_t>(rule.slots.size() - 1);
}

void Compiler::enter_for_each(Rule& rule, const std::string& path) {
  const GroupSchema* group = program_.groups.get();
  std::size_t from = 0;
  while (!path.empty() && from <= path.size()) {
    std::size_t dot = std::min(path.find('.', from), path.size());
    std::string name = path.substr(from, dot - from);
    from = dot + 1;
    const GroupSchema* next = nullptr;
    for (const GroupSchema& child : group->children) {
      next = child.name == name ? &child : next;
    }
    if (next == nullptr && from > path.size() && holds(*group, name)) {
      rule.segment = name;
      rule_scope_.levels.push_back({nullptr, name});
      return;
    }
    if (next == nullptr) {
      fail("\"" + name + "\" is no group or segment of " + group->name);
    }
    group = next;
    rule.groups.push_back(group);
    rule_scope_.levels.push_back({group, ""});
  }
}

void Compiler::compile_rule(const fhir::Json& json) {
  only_keys(json, {"name", "forEach", "when", "create", "into", "after", "key", "profile", "body",
                   "onDelete", "dataCategory", "updates"});
  Rule rule;
  rule.name = text_member(json, "name", true);
  rule_vars_.clear();
  rule_scope_ = {};
  rule.groups.push_back(program_.groups.get());
  rule_scope_.levels.push_back({program_.groups.get(), ""});
  {
    PointerStep step(*this, "forEach");
    enter_for_each(rule, text_member(json, "forEach", false));
  }
  compile_target(json, rule);
  if (const fhir::Json* when = json.find("when")) {
    PointerStep step(*this, "when");
    rule.when = condition(*when, rule, rule_scope_);
  }
  const fhir::Json* body = member(json, "body");
  {
    PointerStep step(*this, "body");
    rule.body = compile_template(*body, rule, rule_scope_, rule.type);
  }
  if (const fhir::Json* profile = json.find("profile")) {
    PointerStep step(*this, "profile");
    compile_profiles(*profile, rule);
  }
  if (const fhir::Json* stated = json.find("onDelete"); stated != nullptr) {
    PointerStep step(*this, "onDelete");
    compile_delete(*stated, rule);
  } else if (const fhir::Json* general = root_.find("onDelete"); general != nullptr) {
    PointerJump jump(*this, "/onDelete");
    compile_delete(*general, rule);
  }
  if (const fhir::Json* category = json.find("dataCategory")) {
    PointerStep step(*this, "dataCategory");
    compile_category(*category, rule);
  }
  compile_updates(text_member(json, "updates", false), rule);
  program_.rules.push_back(std::move(rule));
}

void Compiler::compile_target(const fhir::Json& json, Rule& rule) {
  for (const Rule& other : program_.rules) {
    if (other.name == rule.name) {
      PointerStep step(*this, "name");
      fail("there is a rule \"" + rule.name + "\" already");
    }
  }
  auto earlier = [&](const std::string& name) {
    for (std::size_t i = 0; i < program_.rules.size(); ++i) {
      if (program_.rules[i].name == name) {
        return static_cast<std::uint32_t>(i);
      }
    }
    return kNone;
  };
  if (std::string after = text_member(json, "after", false);
      !after.empty() && earlier(after) == kNone) {
    PointerStep step(*this, "after");
    fail("no rule \"" + after + "\" stands before this one");
  }
  rule.type = text_member(json, "create", false);
  std::string into = text_member(json, "into", false);
  if (rule.type.empty() == into.empty()) {
    fail("a rule has either \"create\" or \"into\"");
  }
  if (!into.empty()) {
    PointerStep step(*this, "into");
    rule.into = earlier(into);
    if (rule.into == kNone || program_.rules[rule.into].into != kNone) {
      fail("no rule \"" + into + "\" that creates a resource stands before this one");
    }
    rule.type = program_.rules[rule.into].type;
    return;
  }
  if (rule.type.front() < 'A' || rule.type.front() > 'Z') {
    PointerStep step(*this, "create");
    fail("\"create\" names a FHIR resource type, such as \"Observation\"");
  }
  const auto* key = member(json, "key")->get<fhir::Json::Array>();
  PointerStep step(*this, "key");
  if (key == nullptr || key->empty()) {
    fail("\"key\" is a list of at least one expression");
  }
  for (std::size_t i = 0; i < key->size(); ++i) {
    PointerStep item(*this, i);
    rule.key.push_back(condition((*key)[i], rule, rule_scope_));
  }
}

void Compiler::compile_profiles(const fhir::Json& list, Rule& rule) {
  const auto* items = list.get<fhir::Json::Array>();
  if (items == nullptr || items->empty()) {
    fail("\"profile\" is a list of URLs or {\"url\", \"needs\"}, the best first");
  }
  for (std::size_t i = 0; i < items->size(); ++i) {
    PointerStep step(*this, i);
    const fhir::Json& item = (*items)[i];
    ProfileClaim claim;
    if (const auto* url = item.get<std::string>()) {
      claim.url = *url;
      rule.profiles.push_back(std::move(claim));
      continue;
    }
    only_keys(item, {"url", "needs", "when"});
    claim.url = text_member(item, "url", true);
    if (const fhir::Json* when = item.find("when")) {
      PointerStep at(*this, "when");
      claim.when = condition(*when, rule, rule_scope_);
    }
    PointerStep at(*this, "needs");
    const fhir::Json::Array& needs = item.items("needs");
    for (std::size_t n = 0; n < needs.size(); ++n) {
      PointerStep need(*this, n);
      claim.needs.push_back(compile_need(needs[n]));
    }
    rule.profiles.push_back(std::move(claim));
  }
}

// "identifier[system='http://x'].value", or {"element": .., "from": "IN1-3", "max": 1}
Need Compiler::compile_need(const fhir::Json& json) const {
  Need need;
  if (const auto* path = json.get<std::string>()) {
    need.path = *path;
  } else {
    only_keys(json, {"element", "from", "max"});
    need.path = text_member(json, "element", true);
    need.source = text_member(json, "from", false);
    if (const fhir::Json* max = json.find("max")) {
      const auto* number = max->get<fhir::Number>();
      if (number == nullptr || number->text.size() != 1 || number->text[0] < '1') {
        fail("\"max\" is a number from 1 to 9");
      }
      need.max = static_cast<std::size_t>(number->text[0] - '0');
    }
  }
  std::string_view rest = need.path;
  while (!rest.empty()) {
    NeedStep step;
    std::size_t end = std::min(rest.find_first_of(".["), rest.size());
    step.name = rest.substr(0, end);
    rest.remove_prefix(end);
    if (rest.starts_with('[')) {
      std::size_t equal = rest.find("='");
      std::size_t close = rest.find("']");
      if (equal == std::string_view::npos || close == std::string_view::npos || close < equal) {
        fail("an element path is expected: \"identifier[system='http://x'].value\"");
      }
      step.where_name = rest.substr(1, equal - 1);
      step.where_value = rest.substr(equal + 2, close - equal - 2);
      rest.remove_prefix(close + 2);
    }
    if (step.name.empty() || (!rest.empty() && rest.front() != '.')) {
      fail("an element path is expected: \"name.given\"");
    }
    rest.remove_prefix(rest.empty() ? 0 : 1);
    need.steps.push_back(std::move(step));
  }
  if (need.steps.empty()) {
    fail("an element path is expected: \"name.given\"");
  }
  return need;
}

// A declaration for the whole profile is compiled in each rule's scope, so it may only name
// segments that every rule sees; one that differs stands in the rule.
void Compiler::compile_delete(const fhir::Json& json, Rule& rule) {
  only_keys(json, {"when", "action"});
  const fhir::Json* when = member(json, "when");
  {
    PointerStep step(*this, "when");
    rule.delete_when = condition(*when, rule, rule_scope_);
  }
  std::string action = text_member(json, "action", false);
  if (action.empty() || action == "delete") {
    rule.delete_action = DeleteAction::kDelete;
  } else if (action == "entered-in-error") {
    rule.delete_action = DeleteAction::kEnteredInError;
  } else {
    PointerStep step(*this, "action");
    fail("\"action\" is \"delete\" or \"entered-in-error\"");
  }
}

void Compiler::compile_updates(const std::string& updates, Rule& rule) {
  PointerStep step(*this, "updates");
  if (!updates.empty() && rule.into != kNone) {
    fail("the rule that creates the resource says how it is updated");
  }
  if (!updates.empty() && updates != "replace" && updates != "merge") {
    fail("\"updates\" is \"replace\" or \"merge\"");
  }
  rule.merges = updates == "merge";
  // The registry matches refusals with the insured person's numbers as one message has them whole.
  if (rule.merges && rule.type == "Coverage") {
    fail("a Coverage is matched with refusals, so one message says all of it: \"replace\"");
  }
}

void Compiler::compile_category(const fhir::Json& json, Rule& rule) const {
  fhir::Json::Array single{json};
  const auto* list = json.get<fhir::Json::Array>();
  fhir::CategorySet set;
  for (const fhir::Json& item : list == nullptr ? single : *list) {
    const auto* code = item.get<std::string>();
    auto found = code == nullptr ? std::nullopt : fhir::CategoryVocabulary().of(*code);
    if (!found) {
      fail("\"dataCategory\" is a code of the closed list, such as \"I5\", or a list of codes");
    }
    set |= *found;
  }
  rule.categories.push_back(set);
}

}  // namespace sekisho::mappings
