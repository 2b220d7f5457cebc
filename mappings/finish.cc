#include <algorithm>

#include "mappings/claims.h"
#include "mappings/release_sets.h"
#include "mappings/required.h"
#include "mappings/run.h"
#include "mappings/settings.h"

namespace sekisho::mappings {
namespace {

using fhir::Json;

Json test_label() {
  return Json::object(
      {{"system", "http://terminology.hl7.org/CodeSystem/v3-ActReason"}, {"code", "HTEST"}});
}

}  // namespace

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
  const SourceKind source = source_kind(settings_, input_.data_type);
  if (const connectors::hl7v2::Segment* msh = input_.message.first("MSH")) {
    coverage_.read(*msh, 11);
  }
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    const Rule& rule = program_.rules[pending_[i].rule];
    if (rule.merges ||
        (!settings_.merged_types.empty() && settings_.merged_types.count(rule.type) != 0)) {
      result_.resources.push_back(contribute(i, source));
      continue;
    }
    MappedResource made;
    made.rule = rule.name;
    made.type = rule.type;
    made.id = pending_[i].id;
    made.deleted = pending_[i].deleted;
    if (made.deleted) {
      result_.resources.push_back(std::move(made));
      continue;
    }
    Json body(std::move(pending_[i].body));
    pending_[i].profile =
        claim_of(rule, body, pending_[i].claims, input_.label, pending_[i].place, result_.issues);
    pending_[i].body = std::move(*body.get<Json::Object>());
    add_meta(i);
    body = Json(std::move(pending_[i].body));
    if (std::string missing = missing_element(rule.type, body); !missing.empty()) {
      reject(rule, "required", pending_[i].place, missing + " is missing and base R4 requires it");
      continue;
    }
    made.sets = release_sets(body, source);
    if (!rule.categories.empty()) {
      hold_to_category(rule.categories.front(), rule.type, pending_[i].place, made.sets,
                       result_.issues);
    }
    made.body = std::move(body);
    result_.resources.push_back(std::move(made));
  }
}

}  // namespace sekisho::mappings
