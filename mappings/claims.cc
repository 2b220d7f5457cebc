#include "mappings/claims.h"

#include <algorithm>

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

}  // namespace

std::string claim_of(const Rule& rule, const Json& body, const std::vector<bool>& holds,
                     const std::string& label, const std::string& place, fhir::Issues& issues) {
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
    if (lacking == nullptr && holds[i]) {
      return claim.url;
    }
    fhir::Issue found;
    found.severity = fhir::Issue::Severity::kInformation;
    found.code = "profile.downgraded";
    found.expression = rule.type + (lacking == nullptr ? "" : "." + lacking->path);
    bool named = lacking != nullptr && !lacking->source.empty();
    found.source = named ? label + " " + lacking->source : place;
    found.diagnostics =
        claim.url + " is not claimed: " +
        (lacking == nullptr ? "its condition does not hold" : "the element is missing or repeats");
    issues.push_back(std::move(found));
  }
  return {};
}

void hold_to_category(fhir::CategorySet stated, const std::string& type, const std::string& place,
                      fhir::ReleaseSets& sets, fhir::Issues& issues) {
  if (sets.rule == fhir::SetRule::kNeeds && sets.needs == stated) {
    return;
  }
  sets.rule = fhir::SetRule::kNeeds;
  sets.needs = fhir::CategorySet::none();
  fhir::Issue found;
  found.code = "category.disagrees";
  found.expression = type;
  found.source = place;
  found.diagnostics =
      "the rule states another data category than the resource has; it is never released like this";
  issues.push_back(std::move(found));
}

}  // namespace sekisho::mappings
