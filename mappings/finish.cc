#include <algorithm>

#include "mappings/patient.h"
#include "mappings/release_sets.h"
#include "mappings/required.h"
#include "mappings/run.h"

namespace sekisho::mappings {
namespace {

using fhir::Json;

bool matches(const Json& item, const NeedStep& step) {
  return step.where_name.empty() || item.text(step.where_name) == step.where_value;
}

// Is the element there? Through a list every item must have it, or with a condition in brackets
// at least one item that meets the condition.
bool present(const Json& node, const std::vector<NeedStep>& steps, std::size_t at) {
  if (at == steps.size()) {
    return true;
  }
  const NeedStep& step = steps[at];
  const Json* child = node.find(step.name);
  if (child == nullptr) {
    return false;
  }
  const auto* items = child->get<Json::Array>();
  if (items == nullptr) {
    return matches(*child, step) && present(*child, steps, at + 1);
  }
  auto good = [&](const Json& item) { return matches(item, step) && present(item, steps, at + 1); };
  return step.where_name.empty() ? std::all_of(items->begin(), items->end(), good)
                                 : std::any_of(items->begin(), items->end(), good);
}

// How many items the first list on the way holds that meet its condition.
std::size_t items_of(const Json& body, const Need& need) {
  const auto& list = body.items(need.steps.front().name);
  return static_cast<std::size_t>(std::count_if(list.begin(), list.end(), [&](const Json& item) {
    return matches(item, need.steps.front());
  }));
}

Json test_label() {
  return Json::object(
      {{"system", "http://terminology.hl7.org/CodeSystem/v3-ActReason"}, {"code", "HTEST"}});
}

}  // namespace

void Run::mark_entered_in_error(Json& body) {
  Json error(std::string("entered-in-error"));
  for (std::string_view type : {"condition", "allergyintolerance"}) {
    const std::string& made = now_->rule->type;
    if ((type == "condition" && made == "Condition") ||
        (type == "allergyintolerance" && made == "AllergyIntolerance")) {
      std::string system = "http://terminology.hl7.org/CodeSystem/" + std::string(type) +
                           (made == "Condition" ? "-ver-status" : "-verification");
      Json coding = Json::object({{"system", system}, {"code", "entered-in-error"}});
      Json list{Json::Array{std::move(coding)}};
      body.set("verificationStatus", Json::object({{"coding", std::move(list)}}));
      body.erase("clinicalStatus");
      return;
    }
  }
  body.set("status", std::move(error));
}

// The first profile whose needs are all there is claimed; each better one that is passed over is
// an Issue that names the element and the field it comes from (mapping-format 6.2).
void Run::claim_profile(std::size_t index) {
  Pending& pending = pending_[index];
  const Rule& rule = program_.rules[pending.rule];
  Json body(std::move(pending.body));
  for (std::size_t i = 0; i < rule.profiles.size(); ++i) {
    const ProfileClaim& claim = rule.profiles[i];
    const Need* lacking = nullptr;
    for (const Need& need : claim.needs) {
      bool too_many = need.max != 0 && items_of(body, need) > need.max;
      if (too_many || !present(body, need.steps, 0)) {
        lacking = &need;
        break;
      }
    }
    if (lacking == nullptr && pending.claims[i]) {
      pending.profile = claim.url;
      break;
    }
    fhir::Issue found;
    found.severity = fhir::Issue::Severity::kInformation;
    found.code = "profile.downgraded";
    found.expression = rule.type + (lacking == nullptr ? "" : "." + lacking->path);
    bool named = lacking != nullptr && !lacking->source.empty();
    found.source = named ? input_.label + " " + lacking->source : pending.place;
    found.diagnostics =
        claim.url + " is not claimed: " +
        (lacking == nullptr ? "its condition does not hold" : "the element is missing or repeats");
    result_.issues.push_back(std::move(found));
  }
  pending.body = std::move(*body.get<Json::Object>());
}

void Run::add_meta(std::size_t index) {
  Pending& pending = pending_[index];
  Json::Object meta;
  if (!settings_.feed.empty()) {
    std::string source = "urn:sekisho:feed:" + settings_.feed;
    meta.push_back({"source", Json(source + (input_.opaque.empty() ? "" : "#") + input_.opaque)});
  }
  if (!pending.profile.empty()) {
    meta.push_back({"profile", Json(Json::Array{Json(pending.profile)})});
  }
  const connectors::hl7v2::Segment* msh = input_.message.first("MSH");
  std::string_view mode = msh == nullptr ? "" : msh->raw(11, 1, 1);
  Json own;
  auto stated = std::find_if(pending.body.begin(), pending.body.end(),
                             [](const Json::Member& m) { return m.name == "meta"; });
  if (stated != pending.body.end()) {
    own = std::move(stated->value);
    pending.body.erase(stated);
  }
  if (mode == "T" || mode == "D") {
    Json* security = own.find("security");
    if (security == nullptr) {
      own.set("security", Json(Json::Array{test_label()}));
    } else {
      security->push(test_label());
    }
  }
  for (std::string_view name : {"security", "tag"}) {
    if (Json* list = own.find(name)) {
      meta.push_back({std::string(name), std::move(*list)});
    }
  }
  const Rule& rule = program_.rules[pending.rule];
  Json::Object whole;
  whole.reserve(pending.body.size() + 3);
  whole.push_back({"resourceType", Json(rule.type)});
  whole.push_back({"id", Json(pending.id)});
  if (!meta.empty()) {
    whole.push_back({"meta", Json(std::move(meta))});
  }
  std::move(pending.body.begin(), pending.body.end(), std::back_inserter(whole));
  pending.body = std::move(whole);
}

void Run::finish() {
  SourceKind source;
  source.data_type = input_.data_type;
  auto patients = settings_.config.find("patientIdSystem");
  source.patient_of_identifier = [&](std::string_view system,
                                     std::string_view value) -> std::optional<std::string> {
    if (patients == settings_.config.end() || system != patients->second) {
      return std::nullopt;
    }
    std::string number = normal_patient_number(value);
    return settings_.ids.logical_id("Patient", &number, 1);
  };
  if (const connectors::hl7v2::Segment* msh = input_.message.first("MSH")) {
    coverage_.read(*msh, 11);
  }
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    const Rule& rule = program_.rules[pending_[i].rule];
    MappedResource made;
    made.rule = rule.name;
    made.type = rule.type;
    made.id = pending_[i].id;
    made.deleted = pending_[i].deleted;
    if (made.deleted) {
      result_.resources.push_back(std::move(made));
      continue;
    }
    claim_profile(i);
    add_meta(i);
    Json body(std::move(pending_[i].body));
    if (std::string missing = missing_element(rule.type, body); !missing.empty()) {
      reject(rule, "required", pending_[i].place, missing + " is missing and base R4 requires it");
      continue;
    }
    made.sets = release_sets(body, source);
    if (!rule.categories.empty() && (made.sets.rule != fhir::SetRule::kNeeds ||
                                     !(made.sets.needs == rule.categories.front()))) {
      made.sets.rule = fhir::SetRule::kNeeds;
      made.sets.needs = fhir::CategorySet::none();
      fhir::Issue found;
      found.code = "category.disagrees";
      found.expression = rule.type;
      found.source = pending_[i].place;
      found.diagnostics =
          "the rule states another data category than the resource has; it is "
          "never released like this";
      result_.issues.push_back(std::move(found));
    }
    made.body = std::move(body);
    result_.resources.push_back(std::move(made));
  }
}

}  // namespace sekisho::mappings
