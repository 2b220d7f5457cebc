#include <algorithm>

#include "mappings/coding_systems.h"
#include "mappings/laboratory.h"
#include "mappings/run.h"

namespace sekisho::mappings {
namespace {

fhir::Json coding_json(std::string_view system, std::string_view code, std::string_view display) {
  fhir::Json::Object out;
  out.reserve(3);
  if (!system.empty()) {
    out.push_back({"system", system});
  }
  if (!code.empty()) {
    out.push_back({"code", code});
  }
  if (!display.empty()) {
    out.push_back({"display", display});
  }
  return fhir::Json(std::move(out));
}

fhir::Json reference_json(const std::string& type, const std::string& id) {
  std::string text;
  text.reserve(type.size() + 1 + id.size());
  text += type;
  text += '/';
  text += id;
  fhir::Json::Object out;
  out.push_back({"reference", std::move(text)});
  return fhir::Json(std::move(out));
}

}  // namespace

Value Run::call_term(const Expression& e) {
  switch (e.function) {
    case Function::kLookup:
      return looked_up(e);
    case Function::kAddCoding:
      return added_coding(e);
    case Function::kRef:
      return reference(e);
    case Function::kRefKey:
      return key_reference(e);
    case Function::kHash:
      return hashed(e);
    default:
      break;
  }
  Value value = evaluate(e.args[0]);
  const auto* mapped = value.get<const MappedCode*>();
  switch (e.function) {
    case Function::kConcept:
      return concept_of(value);
    case Function::kCoding:
      return json_value(coding(value, e.args.size() == 2 && text_at(e.args[1]) == "4" ? 4 : 1));
    case Function::kSystem: {
      if (mapped != nullptr) {
        return text_value((*mapped)->system);
      }
      std::string name = clean(text(value));
      return name.empty() ? Value() : text_value(system_uri(name, "", value.get<FieldRef>()));
    }
    case Function::kDisplay:
      return mapped != nullptr ? text_value((*mapped)->display) : Value();
    case Function::kClinsLab: {
      const LaboratoryCode* known = find_laboratory_code(clean(text(value)));
      Value out;
      if (known != nullptr) {
        out.is = &known->coding;
      }
      return out;
    }
    default:
      return {};
  }
}

// The URI of a coding system by the name that messages give it. A name that nobody has registered
// gets a URI of this facility, and an Issue once a run.
std::string Run::system_uri(const std::string& name, const std::string& code, const FieldRef* at) {
  std::string_view known = known_coding_system(name, code);
  if (!known.empty()) {
    return std::string(known);
  }
  if (told_.insert("system " + name).second) {
    last_read_ = at != nullptr ? *at : last_read_;
    issue("system.local-unmapped",
          "a coding system without a registered URI; a URI of this facility is written");
  }
  return facility_system(name);
}

std::string Run::facility_system(const std::string& name) const {
  auto base = settings_.config.find("localSystemBase");
  return (base == settings_.config.end() ? "urn:sekisho:local:" : base->second) + name;
}

// One Coding from the components first, first+1, first+2 (code, name, system) of a CWE.
fhir::Json Run::coding(const Value& value, std::uint16_t first) {
  if (const auto* mapped = value.get<const MappedCode*>()) {
    return coding_json((*mapped)->system, (*mapped)->code, (*mapped)->display);
  }
  const FieldRef* whole = value.get<FieldRef>();
  if (whole == nullptr || whole->field == 0) {
    std::string code = clean(text(value));
    return code.empty() ? fhir::Json() : coding_json("", code, "");
  }
  FieldRef ref = single(*whole);
  ref.component = 0;
  std::string code = clean(part(ref, first));
  if (code.empty()) {
    return {};
  }
  std::string name = clean(part(ref, static_cast<std::uint16_t>(first + 1)));
  std::string system = clean(part(ref, static_cast<std::uint16_t>(first + 2)));
  return coding_json(system.empty() ? "" : system_uri(system, code, &ref), code, name);
}

// A CodeableConcept of a CWE: up to two codings, and the text (CWE.9, else a name).
Value Run::concept_of(const Value& value) {
  if (const fhir::Json* json = value.get<fhir::Json>()) {
    if (json->find("coding") != nullptr || json->find("text") != nullptr) {
      return value;
    }
  }
  fhir::Json::Array codings;
  codings.reserve(2);
  for (std::uint16_t first : {std::uint16_t{1}, std::uint16_t{4}}) {
    const FieldRef* ref = value.get<FieldRef>();
    if (first == 4 && (ref == nullptr || ref->field == 0)) {
      break;
    }
    if (fhir::Json made = coding(value, first); !made.is_null()) {
      codings.push_back(std::move(made));
    }
  }
  std::string words;
  if (const FieldRef* whole = value.get<FieldRef>(); whole != nullptr && whole->field != 0) {
    FieldRef ref = single(*whole);
    ref.component = 0;
    for (std::uint16_t component : {std::uint16_t{9}, std::uint16_t{2}, std::uint16_t{5}}) {
      words = words.empty() ? clean(part(ref, component)) : words;
    }
  } else if (const auto* mapped = value.get<const MappedCode*>()) {
    words = (*mapped)->display;
  }
  fhir::Json::Object out;
  out.reserve(2);
  if (!codings.empty()) {
    out.push_back({"coding", fhir::Json(std::move(codings))});
  }
  if (!words.empty()) {
    out.push_back({"text", std::move(words)});
  }
  return out.empty() ? Value() : json_value(fhir::Json(std::move(out)));
}

Value Run::looked_up(const Expression& e) {
  const NamedLookup& lookup = program_.lookups[e.a];
  Value value = evaluate(e.args[e.b]);
  std::string code = clean(text(value));
  if (code.empty()) {
    return {};
  }
  FieldRef at = last_read_;
  std::string system;
  if (const FieldRef* ref = value.get<FieldRef>(); ref != nullptr && ref->component == 0) {
    if (std::string name = clean(part(single(*ref), 3)); !name.empty()) {
      system = known_coding_system(name, code);
      system = system.empty() ? facility_system(name) : system;
    }
  }
  Value out;
  // A map may send what it does not know to another one; a circle of maps ends with its length.
  const ConceptMap* map = &lookup.map;
  const ConceptMap::Rest* rest = nullptr;
  for (std::size_t maps = 0; maps <= program_.lookups.size(); ++maps) {
    if (const MappedCode* found = map->find(system, code)) {
      out.is = found;
      return out;
    }
    rest = &map->rest(system);
    if (rest->unmapped != Unmapped::kOtherMap) {
      break;
    }
    map = rest->map;
  }
  unmapped(lookup.name, code);
  switch (rest->unmapped) {
    case Unmapped::kOmit:
      return {};
    case Unmapped::kKeep:
      return text_value(std::move(code));
    case Unmapped::kFixed:
      out.is = &rest->fixed;
      return out;
    default:
      last_read_ = at;
      issue("code.unmapped", "the lookup \"" + lookup.name + "\" does not have this code",
            fhir::Issue::Severity::kError);
      return {};
  }
}

// concept | addCoding(coding): one coding more, unless it is there already.
Value Run::added_coding(const Expression& e) {
  Value base = concept_of(evaluate(e.args[0]));
  fhir::Json more = coding(evaluate(e.args[1]), 1);
  if (more.is_null()) {
    return base;
  }
  const fhir::Json* held = base.get<fhir::Json>();
  fhir::Json out = held == nullptr ? fhir::Json(fhir::Json::Object{}) : *held;
  for (const fhir::Json& old : out.items("coding")) {
    if (old.text("system") == more.text("system") && old.text("code") == more.text("code")) {
      return base;
    }
  }
  if (fhir::Json* codings = out.find("coding")) {
    codings->push(std::move(more));
  } else {
    out.set("coding", fhir::Json(fhir::Json::Array{std::move(more)}));
  }
  return json_value(std::move(out));
}

// ref('rule'): the resource that the rule made in the nearest common scope.
Value Run::reference(const Expression& e) {
  const Rule& target = program_.rules[e.a];
  const Rule& here = *now_->rule;
  std::size_t common = 0;
  while (common < here.groups.size() && common < target.groups.size() &&
         here.groups[common] == target.groups[common]) {
    ++common;
  }
  Value::List found;
  for (std::size_t made : made_by_[e.a]) {
    const Pending& pending = pending_[made];
    if (!pending.deleted && pending.groups[common - 1] == now_->levels[common - 1].group) {
      found.push_back(json_value(reference_json(target.type, pending.id)));
    }
  }
  if (found.empty()) {
    last_read_ = {};
    issue("reference.none", "the rule \"" + target.name +
                                "\" made nothing here to refer to; the element is left out");
    return {};
  }
  return found.size() == 1 ? std::move(found.front()) : list_value(std::move(found));
}

// refKey('Patient', parts..): a resource that another message makes with the same key.
Value Run::key_reference(const Expression& e) {
  std::string type = text_at(e.args[0]);
  std::vector<std::string> parts;
  for (std::size_t i = 1; i < e.args.size(); ++i) {
    parts.push_back(clean(text_at(e.args[i])));
    if (parts.back().empty()) {
      return {};
    }
  }
  std::string id = settings_.ids.logical_id(type, parts.data(), parts.size());
  return json_value(reference_json(type, id));
}

Value Run::hashed(const Expression& e) {
  std::string joined;
  for (std::uint32_t arg : e.args) {
    joined += (joined.empty() ? "" : "\x1F") + text_at(arg);
  }
  return is_blank(joined) ? Value() : text_value(settings_.ids.opaque("hash", joined));
}

}  // namespace sekisho::mappings
