#include "mappings/run.h"

#include <algorithm>

#include "mappings/clears.h"
#include "mappings/patient.h"

namespace sekisho::mappings {
namespace {

using connectors::hl7v2::Group;
using connectors::hl7v2::Segment;

// What is wrong at the source stays, and says so.
void mark_entered_in_error(const std::string& type, fhir::Json& body) {
  bool condition = type == "Condition";
  if (!condition && type != "AllergyIntolerance") {
    body.set("status", fhir::Json("entered-in-error"));
    return;
  }
  std::string system = "http://terminology.hl7.org/CodeSystem/";
  system += condition ? "condition-ver-status" : "allergyintolerance-verification";
  fhir::Json coding = fhir::Json::object({{"system", system}, {"code", "entered-in-error"}});
  fhir::Json list{fhir::Json::Array{std::move(coding)}};
  body.set("verificationStatus", fhir::Json::object({{"coding", std::move(list)}}));
  body.erase("clinicalStatus");
}

}  // namespace

Run::Run(const Program& program, const Input& input, const Settings& settings, Result& result)
    : program_(program),
      input_(input),
      settings_(settings),
      result_(result),
      coverage_(input.message),
      zone_("+09:00"),
      made_by_(program.rules.size()) {
  for (const std::string& name : program_.config_names) {
    auto found = settings_.config.find(name);
    if (found == settings_.config.end()) {
      throw fhir::Error(fhir::ErrorCode::kConfig,
                        "mapping profile " + program_.id + ": config." + name +
                            " is not set; add it to mapping_values of the configuration");
    }
    config_.push_back(found->second);
  }
  if (auto zone = settings_.config.find("timezone");
      zone != settings_.config.end() && !zone->second.empty()) {
    zone_ = zone->second;
  }
}

void Run::all() {
  if (has_two_patients(input_.message)) {
    fhir::Issue found;
    found.code = "message.two-patients";
    found.source = input_.label + " PID-3";
    found.diagnostics = "the message names two patients; nothing of it is mapped";
    result_.rejected.push_back({"", "", std::move(found)});
    return;
  }
  if (input_.message.text->size() > settings_.limits.bytes) {
    exceed("bytes");
  } else if (input_.message.segments.size() > settings_.limits.segments) {
    exceed("segments");
  } else {
    map();
  }
  if (!exceeded_.empty()) {
    result_ = {};
    fhir::Issue found;
    found.code = "limit.exceeded";
    found.source = input_.label;
    found.diagnostics =
        "the message passes the limit of " + std::string(exceeded_) + "; nothing of it is mapped";
    result_.rejected.push_back({"", "", std::move(found)});
  }
}

void Run::map() {
  grouped_ = connectors::hl7v2::group(input_.message, *program_.groups);
  if (program_.strays_are_issues) {
    for (fhir::Issue& found : grouped_.issues) {
      found.source = input_.label + (found.source.empty() ? "" : " ") + found.source;
      result_.issues.push_back(std::move(found));
    }
  }
  for (std::uint32_t rule = 0; rule < program_.rules.size() && exceeded_.empty(); ++rule) {
    run_rule(rule);
  }
  if (!exceeded_.empty()) {
    return;
  }
  finish();
  bool all_deleted = std::all_of(pending_.begin(), pending_.end(),
                                 [](const Pending& made) { return made.deleted; });
  if (pending_.empty() || !all_deleted) {  // what deletes is not there to be read
    result_.unread = coverage_.unread(program_);
  }
}

void Run::run_rule(std::uint32_t number) {
  const Rule& rule = program_.rules[number];
  Instance instance;
  instance.rule = &rule;
  instance.slots.resize(rule.slots.size());
  instance.slot_known.resize(rule.slots.size());
  instance.variables.resize(rule.variables.size());
  instance.variable_known.resize(rule.variables.size());
  instance.aliases.resize(rule.aliases);
  instance.levels.push_back({&grouped_.root, nullptr});
  now_ = &instance;
  walk_groups(instance, 1);
  now_ = nullptr;
}

void Run::walk_groups(Instance& instance, std::size_t depth) {
  const Rule& rule = *instance.rule;
  const Group& group = *instance.levels.back().group;
  if (depth < rule.groups.size()) {
    for (const Group& child : group.children) {
      if (child.schema == rule.groups[depth]) {
        instance.levels.push_back({&child, nullptr});
        walk_groups(instance, depth + 1);
        instance.levels.pop_back();
      }
    }
    return;
  }
  if (rule.segment.empty()) {
    run_instance(instance);
    return;
  }
  for (const Segment* segment : group.segments) {
    if (segment->name() == rule.segment) {
      instance.levels.push_back({nullptr, segment});
      run_instance(instance);
      instance.levels.pop_back();
    }
  }
}

void Run::run_instance(Instance& instance) {
  const Rule& rule = *instance.rule;
  ++instance.index;
  std::fill(instance.slot_known.begin(), instance.slot_known.end(), false);
  std::fill(instance.variable_known.begin(), instance.variable_known.end(), false);
  instance.id.clear();
  instance.key.clear();
  required_missing_ = false;
  if (rule.when != kNone && !truth_of(rule.when)) {
    return;
  }
  if (rule.into != kNone) {
    complete(instance);
    return;
  }
  if (pending_.size() >= settings_.limits.resources) {
    exceed("resources");
  }
  if (!exceeded_.empty()) {
    return;
  }
  if (!make_key(instance)) {
    return;
  }
  bool deleted = (input_.name != nullptr && input_.name->flag == '0') ||
                 (rule.delete_when != kNone && truth_of(rule.delete_when));
  produce(instance, deleted);
}

bool Run::make_key(Instance& instance) {
  const Rule& rule = *instance.rule;
  std::vector<std::string> parts;
  for (std::uint32_t part : rule.key) {
    last_read_ = {};
    parts.push_back(clean(text_at(part)));
    if (required_missing_ || (parts.size() == 1 && parts.back().empty())) {
      reject(rule, "key.empty", place_of(last_read_),
             "a part of the resource's key is empty, so it has no identity");
      return false;
    }
  }
  for (std::size_t i = 0; rule.shows_key && i < parts.size(); ++i) {
    const std::string& part = parts[i];
    instance.key += (instance.key.empty() ? "" : "/") + part;
  }
  instance.id = settings_.ids.logical_id(rule.type, parts.data(), parts.size());
  return true;
}

void Run::produce(Instance& instance, bool deleted) {
  const Rule& rule = *instance.rule;
  Pending pending;
  pending.rule = static_cast<std::uint32_t>(&rule - program_.rules.data());
  pending.id = instance.id;
  for (const Instance::Level& level : instance.levels) {
    pending.groups.push_back(level.group);
  }
  pending.deleted = deleted && rule.delete_action == DeleteAction::kDelete;
  std::size_t index = pending_.size();
  if (!by_id_.emplace(rule.type + "/" + pending.id, index).second) {
    reject(rule, "resource.duplicate", place_of(last_read_),
           "two parts of the message make one resource: same type and key");
    return;
  }
  if (pending.deleted && rule.groups.size() > 1 && instance.levels.back().group != nullptr) {
    for (const Segment* segment : instance.levels.back().group->segments) {
      coverage_.pass_over(*segment);
    }
  }
  if (!pending.deleted) {
    Made body = make(rule.body);
    if (rule.merges && !required_missing_) {
      pending.clears = Clears(*this).of(rule.body, body.value);
      body.value = body.value.is_null() && !pending.clears.empty()
                       ? fhir::Json(fhir::Json::Object())
                       : std::move(body.value);
    }
    if (required_missing_ || body.value.get<fhir::Json::Object>() == nullptr) {
      by_id_.erase(rule.type + "/" + pending.id);
      reject(rule, required_missing_ ? "required" : "resource.empty", place_of(last_read_),
             required_missing_ ? "a value without which the profile makes no resource is empty"
                               : "the source has nothing of what the resource would say");
      return;
    }
    if (deleted) {
      mark_entered_in_error(rule.type, body.value);
      if (rule.merges && (rule.type == "Condition" || rule.type == "AllergyIntolerance")) {
        pending.clears.emplace_back("clinicalStatus");  // which an earlier message may have brought
      }
    }
    pending.body = std::move(*body.value.get<fhir::Json::Object>());
  }
  pending.place = place_of(last_read_);
  for (std::size_t claim = 0; claim < rule.profiles.size(); ++claim) {
    bool holds = rule.profiles[claim].when == kNone || truth_of(rule.profiles[claim].when);
    pending.claims.push_back(holds);
  }
  made_by_[pending.rule].push_back(pending_.size());
  pending_.push_back(std::move(pending));
}

// `into`: the body's members are added to the resources that the other rule made in the nearest
// common scope; lists grow, what is there stays.
void Run::complete(Instance& instance) {
  const Rule& rule = *instance.rule;
  const Rule& target = program_.rules[rule.into];
  Made body = make(rule.body);
  std::vector<std::string> clears;
  if (target.merges) {
    clears = Clears(*this).of(rule.body, body.value);
  }
  if (body.value.is_null() && !clears.empty()) {
    body.value = fhir::Json(fhir::Json::Object());
  }
  auto* members = body.value.get<fhir::Json::Object>();
  if (members == nullptr) {
    return;
  }
  std::size_t common = 0;
  while (common < rule.groups.size() && common < target.groups.size() &&
         rule.groups[common] == target.groups[common]) {
    ++common;
  }
  for (std::size_t made : made_by_[rule.into]) {
    Pending& pending = pending_[made];
    if (pending.deleted || pending.groups[common - 1] != instance.levels[common - 1].group) {
      continue;
    }
    pending.clears.insert(pending.clears.end(), clears.begin(), clears.end());
    for (const fhir::Json::Member& m : *members) {
      auto found = std::find_if(pending.body.begin(), pending.body.end(),
                                [&](const fhir::Json::Member& old) { return old.name == m.name; });
      if (found == pending.body.end()) {
        pending.body.push_back(m);
      } else if (found->value.get<fhir::Json::Array>() != nullptr &&
                 m.value.get<fhir::Json::Array>() != nullptr) {
        for (const fhir::Json& item : *m.value.get<fhir::Json::Array>()) {
          found->value.push(item);
        }
      }
    }
  }
}

// "OML-11 #4411 OBX[3]-6": the third OBX of the message.
std::string Run::place_of(const FieldRef& ref) const {
  if (ref.segment == nullptr) {
    return input_.label;
  }
  std::size_t ordinal = 0;
  for (const Segment& segment : input_.message.segments) {
    ordinal += segment.name() == ref.segment->name() ? 1U : 0U;
    if (&segment == ref.segment) {
      break;
    }
  }
  std::string out = input_.label + (input_.label.empty() ? "" : " ") +
                    std::string(ref.segment->name()) + "[" + std::to_string(ordinal) + "]";
  if (ref.field == 0) {
    return out;
  }
  out += "-" + std::to_string(ref.field);
  if (ref.component != 0) {
    out += "." + std::to_string(ref.component);
  }
  return ref.subcomponent == 0 ? out : out + "." + std::to_string(ref.subcomponent);
}

void Run::exceed(std::string_view what) { exceeded_ = exceeded_.empty() ? what : exceeded_; }

// False once functions have made more text than a message may.
bool Run::spend(std::size_t bytes) {
  made_text_ += bytes;
  if (made_text_ > settings_.limits.text) {
    exceed("text");
  }
  return exceeded_.empty();
}

void Run::trace(const Template& node, const fhir::Json& value) {
  const Origin& written =
      program_.written[static_cast<std::size_t>(&node - program_.templates.data())];
  input_.trace->push_back({now_->rule->name, now_->id, node.element,
                           program_.files[written.text] + " " + written.pointer,
                           last_read_.segment == nullptr ? "" : place_of(last_read_),
                           value.is_null() ? "" : fhir::write_json(value)});
}

void Run::issue(std::string code, std::string what, fhir::Issue::Severity severity) {
  fhir::Issue made;
  made.severity = severity;
  made.code = std::move(code);
  made.expression = element_ == nullptr ? "" : *element_;
  made.source = place_of(last_read_);
  made.diagnostics = std::move(what);
  result_.issues.push_back(std::move(made));
}

void Run::reject(const Rule& rule, std::string code, std::string source, std::string what) {
  fhir::Issue made;
  made.code = std::move(code);
  made.expression = rule.type;
  made.source = std::move(source);
  made.diagnostics = std::move(what);
  result_.rejected.push_back({rule.name, rule.type, std::move(made)});
}

void Run::unmapped(std::string lookup, std::string code) {
  result_.unmapped.push_back({std::move(lookup), std::move(code)});
}

}  // namespace sekisho::mappings
