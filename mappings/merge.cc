#include "mappings/merge.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "fhir/resource.h"
#include "mappings/claims.h"
#include "mappings/clears.h"
#include "mappings/release_sets.h"
#include "mappings/required.h"
#include "mappings/settings.h"

namespace sekisho::mappings {
namespace {

using fhir::CategorySet;
using fhir::Json;
using fhir::SetRule;

// The members of a resource on its way, without resourceType, id and meta.
class Body {
 public:
  void clear(std::string_view name);
  void take(const Json::Member& member);
  const Json& so_far() const { return members_; }
  Json::Object finished() &&;

 private:
  void drop(std::string_view name);
  void drop_unreferenced();

  Json members_ = Json(Json::Object());
};

// A primitive's extensions go with it.
void Body::drop(std::string_view name) {
  members_.erase(name);
  members_.erase("_" + std::string(name));
}

void Body::clear(std::string_view name) {
  if (const std::size_t dot = name.find('.'); dot != std::string_view::npos) {
    Json* period = members_.find(name.substr(0, dot));
    if (period != nullptr && is_period(*period)) {
      period->erase(name.substr(dot + 1));
      if (period->get<Json::Object>()->empty()) {
        drop(name.substr(0, dot));
      }
    }
    return;
  }
  if (!name.ends_with("[x]")) {
    drop(name);
    return;
  }
  name.remove_suffix(3);
  std::vector<std::string> gone;
  for (const Json::Member& m : *members_.get<Json::Object>()) {
    if (is_choice_of(m.name, name)) {
      gone.push_back(m.name);
    }
  }
  for (const std::string& one : gone) {
    drop(one);
  }
}

void Body::take(const Json::Member& member) {
  Json* there = members_.find(member.name);
  if (there != nullptr && is_period(*there) && is_period(member.value)) {
    for (const Json::Member& end : *member.value.get<Json::Object>()) {
      there->set(end.name, end.value);
    }
    return;
  }
  auto* list = there == nullptr ? nullptr : there->get<Json::Array>();
  const auto* given = member.value.get<Json::Array>();
  if (member.name == "contained" && list != nullptr && given != nullptr) {
    for (const Json& inner : *given) {
      std::erase_if(*list, [&](const Json& old) { return old.text("id") == inner.text("id"); });
      list->push_back(inner);
    }
    return;
  }
  std::vector<std::string> gone;
  for (const Json::Member& m : *members_.get<Json::Object>()) {
    if (same_choice(m.name, member.name)) {
      gone.push_back(m.name);
    }
  }
  for (const std::string& one : gone) {
    drop(one);
  }
  if (!member.name.starts_with('_')) {
    members_.erase("_" + member.name);
  }
  members_.set(member.name, member.value);
}

// What only a replaced element referred to is not part of the resource (dom-3).
void Body::drop_unreferenced() {
  Json* list = members_.find("contained");
  if (list == nullptr || list->get<Json::Array>() == nullptr) {
    return;
  }
  std::map<std::string, int> references;
  for (const fhir::FoundReference& found : fhir::references_of(members_)) {
    if (found.local) {
      ++references[std::string(found.object->text("reference"))];
    }
  }
  auto& items = *list->get<Json::Array>();
  std::erase_if(items, [&](const Json& inner) {
    return references.count("#" + std::string(inner.text("id"))) == 0;
  });
  if (items.empty()) {
    members_.erase("contained");
  }
}

Json::Object Body::finished() && {
  drop_unreferenced();
  return std::move(*members_.get<Json::Object>());
}

std::string_view kind_of(const Json& part) { return part.text("kind"); }

// The parts that have a say: behind the last one that deletes, from the last that replaces on.
std::vector<const Json*> in_effect(const std::vector<Json>& parts) {
  std::vector<const Json*> out;
  for (const Json& part : parts) {
    if (kind_of(part) != "merge") {
      out.clear();
    }
    if (kind_of(part) != "delete") {
      out.push_back(&part);
    }
  }
  return out;
}

void add_members(const Json& part, Body& body) {
  for (const Json& name : part.items("clears")) {
    const auto* text = name.get<std::string>();
    body.clear(text == nullptr ? "" : *text);
  }
  const Json* said = part.find("body");
  const auto* members = said == nullptr ? nullptr : said->get<Json::Object>();
  if (members == nullptr) {
    return;
  }
  for (const bool extensions : {false, true}) {  // a value takes the place of earlier extensions
    for (const Json::Member& m : *members) {
      if (m.name.starts_with('_') == extensions && m.name != "resourceType" && m.name != "id" &&
          m.name != "meta") {
        body.take(m);
      }
    }
  }
}

Json::Object members_of(const std::vector<const Json*>& parts) {
  Body body;
  for (const Json* part : parts) {
    add_members(*part, body);
  }
  return std::move(body).finished();
}

// The newest source, and the labels of all.
Json meta_of(const std::vector<const Json*>& parts, const std::string& claimed) {
  Json meta = Json(Json::Object());
  std::map<std::string, Json> labels;
  for (const Json* part : parts) {
    const Json* body = part->find("body");
    const Json* own = body == nullptr ? nullptr : body->find("meta");
    if (own == nullptr) {
      continue;
    }
    if (const Json* source = own->find("source")) {
      meta.set("source", *source);
    }
    for (const char* name : {"security", "tag"}) {
      for (const Json& label : own->items(name)) {
        const auto& known = labels[name];
        const auto* list = known.get<Json::Array>();
        if (list == nullptr || std::find(list->begin(), list->end(), label) == list->end()) {
          labels[name].push(label);
        }
      }
    }
  }
  if (!claimed.empty()) {
    meta.set("profile", Json(Json::Array{Json(claimed)}));
  }
  for (auto& [name, list] : labels) {
    if (!list.is_null()) {
      meta.set(name, std::move(list));
    }
  }
  return meta;
}

Json whole_of(std::string_view type, std::string_view id, const Json& meta,
              const Json::Object& members) {
  Json whole;
  whole.set("resourceType", std::string(type));
  whole.set("id", std::string(id));
  if (!meta.get<Json::Object>()->empty()) {
    whole.set("meta", meta);
  }
  for (const Json::Member& m : members) {
    whole.set(m.name, m.value);
  }
  return whole;
}

void add_subjects_of(const std::vector<std::string>& more, std::vector<std::string>& subjects) {
  for (const std::string& one : more) {
    if (!one.empty() && std::find(subjects.begin(), subjects.end(), one) == subjects.end()) {
      subjects.push_back(one);
    }
  }
}

// Subjects and flags of what one part says. A part need not name its patient: that is the
// message's.
void add_of_part(const Json& part, const SourceKind& source, fhir::ReleaseSets& sets) {
  const Json* said = part.find("body");
  Json body = said == nullptr ? Json(Json::Object()) : *said;
  const std::string patient(part.text("patient"));
  if (body.find("subject") == nullptr && !patient.empty()) {
    body.set("subject", Json::object({{"reference", "Patient/" + patient}}));
  }
  fhir::ReleaseSets own = release_sets(body, source);
  if (own.subjects.empty() && patient.empty()) {
    own.flags &= ~fhir::data_flag::kSubjectUnresolved;  // nothing is said of a subject
  }
  add_subjects_of(own.subjects, sets.subjects);
  add_subjects_of({patient}, sets.subjects);
  sets.flags |= own.flags;
}

void never_release(fhir::ReleaseSets& sets) {
  sets.rule = SetRule::kNeeds;
  sets.needs = CategorySet::none();
}

// Adds what the resource needed when an earlier part was the last: content that came with it may
// stay where what decided (a category, a code, the list of results) was replaced. A `none` of then
// says as a rule that something was still lacking, so the whole decides. False: sets of these two
// kinds do not add up.
bool add_earlier(const fhir::ReleaseSets& earlier, fhir::ReleaseSets& sets) {
  const bool unknown = earlier.rule == SetRule::kNeeds && earlier.needs.has_none();
  if (earlier.rule != sets.rule) {
    return (sets.rule == SetRule::kNeeds && sets.needs.has_none()) ||
           (sets.rule == SetRule::kUnionOfTargets && unknown);
  }
  if (!earlier.needs.has_none()) {
    sets.needs |= earlier.needs;
  }
  for (const std::string& target : earlier.union_of) {
    if (std::find(sets.union_of.begin(), sets.union_of.end(), target) == sets.union_of.end()) {
      sets.union_of.push_back(target);
    }
  }
  return true;
}

// False where one of them was of another kind.
bool add_all_earlier(const std::vector<const Json*>& parts, const std::string& type,
                     const Settings& settings, fhir::ReleaseSets& sets) {
  Body body;
  bool alike = true;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    add_members(*parts[i], body);
    Json stage = body.so_far();
    stage.set("resourceType", type);
    const SourceKind source = source_kind(settings, parts[i]->text("type"));
    alike = add_earlier(release_sets(stage, source), sets) && alike;
  }
  return alike;
}

// The set is `none` for it.
void close(const char* code, const char* why, const Json& whole, const std::string& place,
           fhir::ReleaseSets& sets, fhir::Issues& issues) {
  never_release(sets);
  fhir::Issue found;
  found.code = code;
  found.expression = whole.text("resourceType");
  found.source = place;
  found.diagnostics = std::string(why) + ". It is never released like this";
  issues.push_back(std::move(found));
}

fhir::ReleaseSets sets_of(const Json& whole, const std::vector<const Json*>& parts,
                          const Settings& settings, const std::string& place,
                          fhir::Issues& issues) {
  fhir::ReleaseSets sets = release_sets(whole, source_kind(settings, parts.front()->text("type")));
  const SetRule rule = sets.rule;
  bool alike = true;
  for (const Json* part : parts) {
    const fhir::ReleaseSets other = release_sets(whole, source_kind(settings, part->text("type")));
    if (other.rule != rule) {
      alike = false;
      never_release(sets);
    }
    sets.needs |= other.needs;
    sets.flags |= other.flags;
  }
  fhir::ReleaseSets summed = sets;
  alike =
      add_all_earlier(parts, std::string(whole.text("resourceType")), settings, summed) && alike;
  if (alike && (sets.rule == SetRule::kNoSubjectNeeded || sets.rule == SetRule::kNeverReleased)) {
    return sets;
  }
  std::string patient;
  bool two = false;
  for (const Json* part : parts) {
    add_of_part(*part, source_kind(settings, part->text("type")), sets);
    const std::string_view other = part->text("patient");
    two = two || (!patient.empty() && !other.empty() && other != patient);
    patient = other.empty() ? patient : std::string(other);
  }
  const std::size_t found = issues.size();
  for (const Json* part : parts) {
    if (issues.size() > found) {
      break;  // one that disagrees is enough
    }
    const Json* needs = part->find("needs");
    const auto* bits = needs == nullptr ? nullptr : needs->get<fhir::Number>();
    if (bits != nullptr) {
      CategorySet stated;
      std::from_chars(bits->text.data(), bits->text.data() + bits->text.size(), stated.bits);
      hold_to_category(stated, std::string(whole.text("resourceType")), place, sets, issues);
    }
  }
  sets.needs |= summed.needs;
  sets.union_of = std::move(summed.union_of);
  if (!alike) {
    close("merge.kinds-differ",
          "by its messages or their types the resource has sets of different kinds (needs of its "
          "own, "
          "those of results, those of what refers to it), which do not add up",
          whole, place, sets, issues);
  }
  if (two) {
    close("merge.two-patients",
          "messages of two patients make one resource: the rule's key must hold the patient number",
          whole, place, sets, issues);
  }
  return sets;
}

// By the rule of the newest part.
std::string claimed(const Json& part, const Json& body, const FindProfile& find,
                    const std::string& place, fhir::Issues& issues) {
  const Profile* profile = find(part.text("profile"));
  if (profile == nullptr) {
    return {};
  }
  std::vector<bool> holds;
  for (const char one : part.text("holds")) {
    holds.push_back(one == '1');
  }
  return profile->claim(part.text("rule"), body, holds, place, issues);
}

}  // namespace

std::set<std::string> merged_types(const std::vector<const Pack*>& packs) {
  std::set<std::string> types;
  for (const Pack* pack : packs) {
    for (const Profile& profile : pack->profiles()) {
      types.merge(profile.merged_types());
    }
  }
  return types;
}

Merged merge(std::string_view type, std::string_view id, const std::vector<Json>& parts,
             const FindProfile& find, const Settings& settings, const std::string& place) {
  Merged out;
  const std::vector<const Json*> said = in_effect(parts);
  if (said.empty()) {
    return out;
  }
  const Json& newest = *said.back();
  const Json::Object members = members_of(said);
  Json whole = whole_of(type, id, meta_of(said, {}), members);
  if (const std::string missing = missing_element(type, whole); !missing.empty()) {
    out.state = Merged::State::kIncomplete;
    out.missing.code = "merge.incomplete";
    out.missing.expression = missing;
    out.missing.source = place;
    out.missing.diagnostics =
        "base R4 requires the element and no message has brought it yet; the resource is made when "
        "one does";
    return out;
  }
  out.state = Merged::State::kComplete;
  const std::string url = claimed(newest, whole, find, place, out.issues);
  whole = whole_of(type, id, meta_of(said, url), members);
  out.resource.rule = newest.text("rule");
  out.resource.type = type;
  out.resource.id = id;
  out.resource.sets = sets_of(whole, said, settings, place, out.issues);
  out.resource.body = std::move(whole);
  for (const Json* part : said) {
    for (const Json& one : part->items("insurance")) {
      const auto* text = one.get<std::string>();
      add_subjects_of({text == nullptr ? "" : *text}, out.insurance_ids);
    }
  }
  return out;
}

void merge_parts(Result& result, const FindProfile& find, const Settings& settings) {
  std::map<std::string, std::vector<Part>> parts;  // by "Type/id"
  for (MappedResource& made : result.resources) {
    for (Part& part : made.part) {
      parts[made.type + "/" + made.id].push_back(std::move(part));
    }
  }
  std::vector<MappedResource> out;
  for (MappedResource& made : result.resources) {
    if (made.part.empty()) {
      out.push_back(std::move(made));
      continue;
    }
    const auto of = parts.find(made.type + "/" + made.id);
    if (of == parts.end()) {
      continue;  // made where its first part stood
    }
    std::stable_sort(of->second.begin(), of->second.end(),
                     [](const Part& a, const Part& b) { return a.order < b.order; });
    std::vector<Json> what;
    for (Part& part : of->second) {
      what.push_back(std::move(part.what));
    }
    parts.erase(of);
    Merged merged = merge(made.type, made.id, what, find, settings, made.type);
    result.issues.insert(result.issues.end(), merged.issues.begin(), merged.issues.end());
    if (merged.state == Merged::State::kIncomplete) {
      result.rejected.push_back({made.rule, made.type, std::move(merged.missing)});
      continue;
    }
    made.deleted = merged.state == Merged::State::kDeleted;
    made.part.clear();
    out.push_back(made.deleted ? std::move(made) : std::move(merged.resource));
  }
  result.resources = std::move(out);
}

}  // namespace sekisho::mappings
