#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "fhir/error.h"
#include "mappings/compiler.h"

namespace sekisho::mappings {
namespace {

using connectors::hl7v2::GroupSchema;

constexpr std::string_view kFormat = "1";

constexpr std::array<std::pair<std::string_view, Unmapped>, 4> kUnmapped = {{
    {"error", Unmapped::kError},
    {"omit", Unmapped::kOmit},
    {"keep", Unmapped::kKeep},
    {"fixed", Unmapped::kFixed},
}};

// "12" to 12; 0 for anything else.
std::size_t field_number(std::string_view text) {
  std::size_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : 0;
}

}  // namespace

void Compiler::compile_head() {
  only_keys(root_, {"kind", "format", "id", "version", "extends", "source", "lookups", "vars",
                    "fragments", "rules", "override", "disable", "onDelete", "ignored"});
  if (text_member(root_, "kind", true) != "mapping-profile") {
    PointerStep step(*this, "kind");
    fail("\"kind\" must be \"mapping-profile\"");
  }
  const auto* format = member(root_, "format")->get<fhir::Number>();
  if (format == nullptr || format->text != kFormat) {
    PointerStep step(*this, "format");
    fail("this program reads format 1; a higher number needs a newer program");
  }
  program_.id = text_member(root_, "id", true);
  program_.version = text_member(root_, "version", true);
}

void Compiler::compile_source(const fhir::Json& source) {
  only_keys(source, {"type", "accept", "groups", "onStray"});
  if (text_member(source, "type", true) != "hl7v2") {
    PointerStep step(*this, "type");
    fail("the only source type so far is \"hl7v2\"");
  }
  {
    const fhir::Json* accept = member(source, "accept");
    PointerStep step(*this, "accept");
    const auto* list = accept->get<fhir::Json::Array>();
    if (list == nullptr || list->empty()) {
      fail("\"accept\" lists what the profile maps: [{\"message\": .., \"ssmix2\": ..}]");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      PointerStep item(*this, i);
      const fhir::Json& one = (*list)[i];
      only_keys(one, {"message", "ssmix2"});
      Accepts accepts{text_member(one, "message", false), text_member(one, "ssmix2", false)};
      if (accepts.message_type.empty() && accepts.data_type.empty()) {
        fail("name a message, an SS-MIX2 data type, or both");
      }
      program_.accepts.push_back(std::move(accepts));
    }
  }
  std::string stray = text_member(source, "onStray", false);
  if (!stray.empty() && stray != "issue" && stray != "ignore") {
    PointerStep step(*this, "onStray");
    fail("\"onStray\" is \"issue\" or \"ignore\"");
  }
  program_.strays_are_issues = stray != "ignore";
  const fhir::Json* groups = member(source, "groups");
  PointerStep step(*this, "groups");
  compile_groups(*groups);
}

std::vector<std::string> Compiler::segment_names(const fhir::Json& list) const {
  const auto* items = list.get<fhir::Json::Array>();
  if (items == nullptr) {
    fail("a list of segment names is expected");
  }
  std::vector<std::string> names;
  for (const fhir::Json& item : *items) {
    const auto* name = item.get<std::string>();
    if (name == nullptr || !is_segment_name(*name)) {
      fail("a list of segment names such as \"OBX\" is expected");
    }
    names.push_back(*name);
  }
  return names;
}

// MESSAGE is the root; the other names beside it are its children.
void Compiler::compile_groups(const fhir::Json& groups) {
  const auto* members = groups.get<fhir::Json::Object>();
  if (members == nullptr || groups.find("MESSAGE") == nullptr) {
    fail("\"groups\" needs \"MESSAGE\", which holds the segments outside every group");
  }
  program_.groups = std::make_unique<GroupSchema>();
  program_.groups->name = "MESSAGE";
  for (const fhir::Json::Member& m : *members) {
    if (is_annotation(m.name)) {
      continue;
    }
    PointerStep step(*this, m.name);
    if (m.name == "MESSAGE") {
      only_keys(m.value, {"holds"});
      program_.groups->holds = segment_names(*member(m.value, "holds"));
      continue;
    }
    GroupSchema child;
    child.name = m.name;
    compile_group(child, m.value);
    program_.groups->children.push_back(std::move(child));
  }
}

void Compiler::compile_group(GroupSchema& group, const fhir::Json& json) {
  const auto* members = json.get<fhir::Json::Object>();
  if (members == nullptr) {
    fail("a group is an object with \"start\" and \"holds\"");
  }
  group.start = segment_names(*member(json, "start"));
  group.holds = segment_names(*member(json, "holds"));
  for (const fhir::Json::Member& m : *members) {
    if (m.name == "start" || m.name == "holds" || is_annotation(m.name)) {
      continue;
    }
    PointerStep step(*this, m.name);
    if (m.name == "max") {
      const auto* number = m.value.get<fhir::Number>();
      group.max = number == nullptr ? 0 : field_number(number->text);
      if (group.max == 0) {
        fail("\"max\" is a number from 1");
      }
      continue;
    }
    if (m.name != "$doc" && !std::all_of(m.name.begin(), m.name.end(), [](char c) {
          return (c >= 'A' && c <= 'Z') || c == '_';
        })) {
      fail("\"" + m.name + "\" is neither start, holds, max nor the name of a group in capitals");
    }
    GroupSchema child;
    child.name = m.name;
    compile_group(child, m.value);
    group.children.push_back(std::move(child));
  }
}

void Compiler::compile_lookups(const fhir::Json& lookups) {
  const auto* members = lookups.get<fhir::Json::Object>();
  if (members == nullptr) {
    fail("\"lookups\" is an object: name to {\"conceptMap\": file, \"unmapped\": what then}");
  }
  for (const fhir::Json::Member& m : *members) {
    PointerStep step(*this, m.name);
    only_keys(m.value, {"conceptMap", "unmapped"});
    std::string path = text_member(m.value, "conceptMap", true);
    if (!path.starts_with("concept_maps/") || path.find("..") != std::string::npos) {
      fail("a lookup names a file below concept_maps/ and may not leave it");
    }
    program_.lookups.push_back({m.name, read_concept_map(path)});
    ConceptMap& map = program_.lookups.back().map;
    std::string unmapped = text_member(m.value, "unmapped", false);
    if (unmapped.empty()) {
      if (!map.states_unmapped()) {
        fail(
            "say what happens to a code that the map does not have: \"unmapped\": error, omit, "
            "keep or fixed");
      }
      continue;
    }
    auto known = std::find_if(kUnmapped.begin(), kUnmapped.end(),
                              [&](const auto& one) { return one.first == unmapped; });
    if (known == kUnmapped.end()) {
      fail("\"unmapped\" is error, omit, keep or fixed");
    }
    if (!map.state(known->second)) {
      fail("\"fixed\" needs group.unmapped with mode \"fixed\" and a code in " + path);
    }
  }
  link_other_maps();
}

// Below `pointer_`, whose text says from which pack the file is.
ConceptMap Compiler::read_concept_map(const std::string& path) {
  std::string text;
  try {
    text = profile_.texts[profile_.origin_of(pointer_).text].open(path);
    digest_.update(text);
    return ConceptMap::from(fhir::parse_json(text, {64, true}));
  } catch (const fhir::JsonError& e) {
    auto line =
        std::count(text.begin(),
                   text.begin() + static_cast<std::ptrdiff_t>(std::min(e.offset(), text.size())),
                   '\n') +
        1;
    fail(path + ":" + std::to_string(line) + ": " + e.reason());
  } catch (const fhir::Error& e) {
    fail(path + ": " + e.text());
  }
}

// group.unmapped "other-map" names another lookup of the profile by the URL of its map.
void Compiler::link_other_maps() {
  for (NamedLookup& lookup : program_.lookups) {
    PointerStep step(*this, lookup.name);
    lookup.map.for_other_maps([&](ConceptMap::Rest& rest) {
      for (const NamedLookup& other : program_.lookups) {
        rest.map = other.map.url() == rest.other ? &other.map : rest.map;
      }
      if (rest.map == nullptr || rest.map == &lookup.map) {
        fail("its map sends unknown codes to " + rest.other + ", which no other lookup here names");
      }
    });
  }
}

// "OBX-1", "MSH-3..6", "PV1-*"
void Compiler::compile_ignored(const fhir::Json& ignored) {
  const auto* list = ignored.get<fhir::Json::Array>();
  if (list == nullptr) {
    fail("\"ignored\" is a list of fields: \"OBX-1\", \"MSH-3..6\", \"PV1-*\"");
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    PointerStep step(*this, i);
    const auto* text = (*list)[i].get<std::string>();
    if (text == nullptr || text->size() < 5 || (*text)[3] != '-' ||
        !is_segment_name(std::string_view(*text).substr(0, 3))) {
      fail("a field is expected: \"OBX-1\", \"MSH-3..6\" or \"PV1-*\"");
    }
    std::string segment = text->substr(0, 3);
    auto known = std::find_if(program_.ignored.begin(), program_.ignored.end(),
                              [&](const auto& entry) { return entry.first == segment; });
    if (known == program_.ignored.end()) {
      program_.ignored.emplace_back(segment, FieldSet());
      known = std::prev(program_.ignored.end());
    }
    std::string_view range = std::string_view(*text).substr(4);
    if (range == "*") {
      known->second.add_all();
      continue;
    }
    std::size_t dots = range.find("..");
    std::size_t from = field_number(range.substr(0, std::min(dots, range.size())));
    std::size_t to = dots == std::string_view::npos ? from : field_number(range.substr(dots + 2));
    if (from == 0 || to < from || to > 127) {
      fail("a field is expected: \"OBX-1\", \"MSH-3..6\" or \"PV1-*\"");
    }
    for (std::size_t field = from; field <= to; ++field) {
      known->second.add(field);
    }
  }
}

}  // namespace sekisho::mappings
