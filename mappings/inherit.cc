#include "mappings/inherit.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "mappings/compiler.h"

namespace sekisho::mappings {
namespace {

using fhir::Json;

constexpr std::size_t kMaxParents = 8;

// Members whose own members are replaced or added one by one.
constexpr std::array<std::string_view, 4> kByName = {"source", "lookups", "vars", "fragments"};
constexpr std::array<std::string_view, 5> kWhole = {"kind", "format", "id", "version", "onDelete"};
// What decides between or repeats templates is replaced as a whole.
constexpr std::array<std::string_view, 5> kControls = {"$each", "$if", "$switch", "$first", "$use"};

Json parse(const ProfileText& text) {
  try {
    return fhir::parse_json(text.text, kProfileJson);
  } catch (const fhir::JsonError& e) {
    std::string_view before = std::string_view(text.text).substr(0, e.offset());
    auto line = std::count(before.begin(), before.end(), '\n') + 1;
    std::size_t newline = before.rfind('\n');
    std::size_t column =
        newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
    throw fhir::Error(fhir::ErrorCode::kConfig, text.file + ":" + std::to_string(line) + ":" +
                                                    std::to_string(column) + " " + e.reason());
  }
}

bool is_plain(const Json& json) {
  return json.get<Json::Object>() != nullptr &&
         std::none_of(kControls.begin(), kControls.end(),
                      [&](std::string_view key) { return json.find(key) != nullptr; });
}

// "1.12.0" to {1, 12, 0}; false for anything else.
bool read_version(std::string_view text, std::vector<long>& out) {
  while (!text.empty()) {
    std::string_view part = text.substr(0, text.find('.'));
    long number = 0;
    auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc() || end != part.data() + part.size() || number < 0) {
      return false;
    }
    out.push_back(number);
    if (part.size() + 1 == text.size()) {
      return false;
    }
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  return !out.empty();
}

// "^1.2": from 1.2 on with the same first number; "1.2.0": that one.
bool fits(std::string_view wanted, const std::string& version) {
  if (!wanted.starts_with('^')) {
    return wanted == version;
  }
  std::vector<long> least, has;
  if (!read_version(wanted.substr(1), least) || !read_version(version, has)) {
    return false;
  }
  return has.front() == least.front() &&
         !std::lexicographical_compare(has.begin(), has.end(), least.begin(), least.end());
}

// Works the members of one profile into its parent's.
class Merge {
 public:
  Merge(Inherited& out, const Json& child) : out_(out), child_(child) {}

  void all() {
    for (const Json::Member& m : *child_.get<Json::Object>()) {
      std::string at = "/" + pointer_step(m.name);
      if (is_annotation(m.name) || m.name == "extends") {
        continue;
      }
      if (std::find(kWhole.begin(), kWhole.end(), m.name) != kWhole.end()) {
        replace(out_.root, m.name, "", m.value, at);
      } else if (std::find(kByName.begin(), kByName.end(), m.name) != kByName.end()) {
        merge_by_name(m, at);
      } else if (m.name == "rules" || m.name == "ignored") {
        append(m, at);
      } else if (m.name == "override") {
        override_rules(m.value);
      } else if (m.name == "disable") {
        disable(m.value);
      } else {
        fail(at, "\"" + m.name + "\" is not known here (a key of your own begins with \"x-\")");
      }
    }
  }

 private:
  [[noreturn]] void fail(const std::string& pointer, const std::string& what) const {
    complain(out_.texts.front(), pointer, what);
  }

  // Everything known of the places below `pointer` goes to below `to`, or is forgotten.
  template <class Map>
  void rename(Map& map, const std::string& pointer, const std::string& to) {
    std::string below = pointer + "/";
    for (auto at = map.lower_bound(below); at != map.end() && at->first.starts_with(below);) {
      if (!to.empty()) {
        map.emplace(to + at->first.substr(pointer.size()), at->second);
      }
      at = map.erase(at);
    }
    if (auto at = map.find(pointer); at != map.end()) {
      if (!to.empty()) {
        map.emplace(to, at->second);
      }
      map.erase(at);
    }
  }

  // Keeps what stands at `pointer` as the `base` of what comes there.
  void keep_base(const std::string& pointer, Json old) {
    std::string kept = base_pointer(out_.overridden.size());
    out_.origins.emplace(kept, out_.origin_of(pointer));
    rename(out_.origins, pointer, kept);
    rename(out_.base, pointer, kept);
    out_.base.emplace(pointer, out_.overridden.size());
    out_.overridden.push_back(std::move(old));
  }

  void replace(Json& parent, const std::string& name, const std::string& parent_at,
               const Json& value, const std::string& from) {
    std::string at = parent_at + "/" + pointer_step(name);
    if (const Json* old = parent.find(name)) {
      keep_base(at, *old);
    }
    parent.set(name, value);
    out_.origins[at] = {0, from};
  }

  void merge_by_name(const Json::Member& m, const std::string& at) {
    const auto* members = m.value.get<Json::Object>();
    Json* target = out_.root.find(m.name);
    if (members == nullptr || (target != nullptr && target->get<Json::Object>() == nullptr)) {
      fail(at, "an object is expected");
    }
    if (target == nullptr) {
      out_.root.set(m.name, Json(Json::Object{}));
      out_.origins[at] = {0, at};
      target = out_.root.find(m.name);
    }
    for (const Json::Member& one : *members) {
      if (!is_annotation(one.name)) {
        replace(*target, one.name, at, one.value, at + "/" + pointer_step(one.name));
      }
    }
  }

  void append(const Json::Member& m, const std::string& at) {
    const auto* items = m.value.get<Json::Array>();
    Json* target = out_.root.find(m.name);
    if (items == nullptr || (target != nullptr && target->get<Json::Array>() == nullptr)) {
      fail(at, "a list is expected");
    }
    if (target == nullptr) {
      out_.root.set(m.name, Json(Json::Array{}));
      out_.origins[at] = {0, at};
      target = out_.root.find(m.name);
    }
    for (std::size_t i = 0; i < items->size(); ++i) {
      std::size_t number = target->get<Json::Array>()->size();
      if (m.name == "rules") {
        out_.order.push_back(number);
      }
      out_.origins[at + "/" + std::to_string(number)] = {0, at + "/" + std::to_string(i)};
      target->push((*items)[i]);
    }
  }

  // The parent's rule of that name; one that is disabled counts as none.
  std::size_t rule_named(const std::string& name, const std::string& at) const {
    const Json::Array& rules = out_.root.items("rules");
    for (std::size_t number : out_.order) {
      if (rules[number].text("name") == name &&
          out_.origin_of("/rules/" + std::to_string(number)).text != 0) {
        return number;
      }
    }
    fail(at, "the profile that this one extends has no rule \"" + name + "\"");
  }

  void override_rules(const Json& json) {
    const auto* members = json.get<Json::Object>();
    if (members == nullptr) {
      fail("/override", "an object is expected: rule name to {\"when\", \"body\"}");
    }
    for (const Json::Member& m : *members) {
      if (is_annotation(m.name)) {
        continue;
      }
      std::string from = "/override/" + pointer_step(m.name);
      std::size_t number = rule_named(m.name, from);
      Json& rule = (*out_.root.find("rules")->get<Json::Array>())[number];
      std::string at = "/rules/" + std::to_string(number);
      const auto* parts = m.value.get<Json::Object>();
      if (parts == nullptr) {
        fail(from, "an object with \"when\" or \"body\" is expected");
      }
      for (const Json::Member& part : *parts) {
        std::string here = from + "/" + pointer_step(part.name);
        if (part.name == "when") {
          if (rule.find("when") == nullptr) {
            rule.set("when", "'true'");  // what `base` is where the parent has no condition
          }
          replace(rule, part.name, at, part.value, here);
        } else if (part.name == "body" && rule.find("body") != nullptr) {
          merge_template(rule, "body", at, part.value, here);
        } else if (!is_annotation(part.name)) {
          fail(here,
               "an override has \"when\" and \"body\"; for anything else disable the rule "
               "and write your own");
        }
      }
    }
  }

  // Property by property; null removes; what is no plain object on both sides is replaced.
  void merge_template(Json& parent, const std::string& name, const std::string& parent_at,
                      const Json& value, const std::string& from) {
    std::string at = parent_at + "/" + pointer_step(name);
    Json* target = parent.find(name);
    if (value.is_null()) {
      parent.erase(name);
      rename(out_.origins, at, "");
      rename(out_.base, at, "");
      return;
    }
    if (target == nullptr || !is_plain(*target) || !is_plain(value)) {
      replace(parent, name, parent_at, value, from);
      return;
    }
    for (const Json::Member& m : *value.get<Json::Object>()) {
      if (!is_annotation(m.name)) {
        merge_template(*target, m.name, at, m.value, from + "/" + pointer_step(m.name));
      }
    }
  }

  void disable(const Json& json) {
    const auto* names = json.get<Json::Array>();
    if (names == nullptr) {
      fail("/disable", "a list of rule names is expected");
    }
    for (std::size_t i = 0; i < names->size(); ++i) {
      std::string at = "/disable/" + std::to_string(i);
      const auto* name = (*names)[i].get<std::string>();
      if (name == nullptr) {
        fail(at, "a rule name is expected");
      }
      std::size_t number = rule_named(*name, at);
      out_.order.erase(std::find(out_.order.begin(), out_.order.end(), number));
    }
  }

  Inherited& out_;
  const Json& child_;
};

Inherited alone(ProfileText text, Json root) {
  Inherited out;
  out.ids.emplace_back(root.text("id"));
  out.origins[""] = {0, ""};
  std::size_t rules = root.items("rules").size();
  for (std::size_t i = 0; i < rules; ++i) {
    out.order.push_back(i);
  }
  out.root = std::move(root);
  out.texts.push_back(std::move(text));
  return out;
}

Inherited read(ProfileText text, const FindParent& find, std::vector<std::string> children) {
  Json root = parse(text);
  const Json* extends = root.find("extends");
  if (extends == nullptr) {
    for (const char* key : {"override", "disable"}) {
      if (root.find(key) != nullptr) {
        complain(text, std::string("/") + key, "there is nothing to change without \"extends\"");
      }
    }
    return alone(std::move(text), std::move(root));
  }
  const auto* wanted = extends->get<std::string>();
  if (wanted == nullptr || wanted->empty()) {
    complain(text, "/extends", "a profile and its versions are expected: \"base.x@^1\"");
  }
  std::string id = wanted->substr(0, wanted->find('@'));
  std::string range = id.size() == wanted->size() ? "" : wanted->substr(id.size() + 1);
  children.emplace_back(root.text("id"));
  if (std::find(children.begin(), children.end(), id) != children.end()) {
    complain(text, "/extends", "the profile \"" + id + "\" extends itself");
  }
  if (children.size() > kMaxParents) {
    complain(text, "/extends", "more than " + std::to_string(kMaxParents) + " profiles in a row");
  }
  auto parent = find ? find(id) : std::nullopt;
  if (!parent) {
    complain(text, "/extends", "there is no profile \"" + id + "\" in this pack or the base pack");
  }
  Inherited out = read(std::move(*parent), find, children);
  std::string version(out.root.text("version"));
  if (!range.empty() && !fits(range, version)) {
    complain(text, "/extends", "the profile \"" + id + "\" has version " + version);
  }
  for (auto& [pointer, origin] : out.origins) {
    ++origin.text;
  }
  out.ids.insert(out.ids.begin(), std::string(root.text("id")));
  out.texts.insert(out.texts.begin(), std::move(text));
  for (const char* own : {"kind", "format", "id", "version"}) {
    if (root.find(own) == nullptr) {
      complain(out.texts.front(), "", std::string("\"") + own + "\" is missing");
    }
  }
  Merge(out, root).all();
  return out;
}

// A rule that stands before the one that it is to follow goes right behind it.
void order_rules(Inherited& profile) {
  const Json::Array& rules = profile.root.items("rules");
  std::size_t moves = 0;
  for (std::size_t i = 0; i < profile.order.size();) {
    std::size_t number = profile.order[i];
    std::string after(rules[number].text("after"));
    auto target = std::find_if(profile.order.begin(), profile.order.end(), [&](std::size_t n) {
      return !after.empty() && rules[n].text("name") == after;
    });
    auto here = profile.order.begin() + static_cast<std::ptrdiff_t>(i);
    if (target == profile.order.end() || target < here) {
      ++i;  // that there is no such rule is found when the rule is compiled
      continue;
    }
    if (target == here || ++moves > profile.order.size()) {
      Origin at = profile.origin_of("/rules/" + std::to_string(number) + "/after");
      complain(profile.texts[at.text], at.pointer, "the rules follow each other in a circle");
    }
    std::rotate(here, here + 1, target + 1);
  }
}

}  // namespace

std::string pointer_step(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string base_pointer(std::size_t number) { return "/$base/" + std::to_string(number); }

Origin Inherited::origin_of(const std::string& pointer) const {
  for (std::string known = pointer;; known.resize(known.rfind('/'))) {
    if (auto found = origins.find(known); found != origins.end()) {
      return {found->second.text, found->second.pointer + pointer.substr(known.size())};
    }
    if (known.empty()) {
      return {0, pointer};
    }
  }
}

const std::pair<const std::string, std::size_t>* Inherited::base_of(
    const std::string& pointer) const {
  for (std::string known = pointer; !known.empty(); known.resize(known.rfind('/'))) {
    if (auto found = base.find(known); found != base.end()) {
      return &*found;
    }
  }
  return nullptr;
}

void complain(const ProfileText& text, const std::string& pointer, const std::string& what) {
  std::string place = text.file;
  std::vector<fhir::JsonPosition> positions = fhir::json_positions(text.text, kProfileJson);
  // What is missing has no place of its own: then the object that lacks it is shown.
  for (std::string shown = pointer;; shown.resize(shown.rfind('/'))) {
    auto found = std::find_if(positions.begin(), positions.end(),
                              [&](const fhir::JsonPosition& p) { return p.pointer == shown; });
    if (found != positions.end()) {
      place += ":" + std::to_string(found->line) + ":" + std::to_string(found->column);
      break;
    }
    if (shown.empty()) {
      break;
    }
  }
  throw fhir::Error(fhir::ErrorCode::kConfig,
                    place + " " + (pointer.empty() ? "/" : pointer) + ": " + what);
}

Inherited inherit(ProfileText text, const FindParent& find) {
  Inherited out = read(std::move(text), find, {});
  order_rules(out);
  return out;
}

}  // namespace sekisho::mappings
