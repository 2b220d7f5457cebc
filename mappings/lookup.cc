#include "mappings/lookup.h"

#include <algorithm>
#include <functional>

#include "fhir/error.h"

namespace sekisho::mappings {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw fhir::Error(fhir::ErrorCode::kConfig, what);
}

ConceptMap::Rest read_unmapped(const fhir::Json& group) {
  ConceptMap::Rest rest;
  const fhir::Json* stated = group.find("unmapped");
  if (stated == nullptr) {
    return rest;
  }
  std::string_view mode = stated->text("mode");
  if (mode == "provided") {
    rest.unmapped = Unmapped::kKeep;
  } else if (mode == "fixed" && !stated->text("code").empty()) {
    rest.unmapped = Unmapped::kFixed;
    rest.fixed = {std::string(group.text("target")), std::string(stated->text("code")),
                  std::string(stated->text("display"))};
  } else if (mode == "other-map" && !stated->text("url").empty()) {
    rest.unmapped = Unmapped::kOtherMap;
    rest.other = stated->text("url");
  } else {
    refuse(
        "the ConceptMap's unmapped must be \"provided\", \"fixed\" with a code, or \"other-map\" "
        "with a url");
  }
  return rest;
}

}  // namespace

ConceptMap ConceptMap::from(const fhir::Json& resource) {
  if (resource.text("resourceType") != "ConceptMap") {
    refuse("this is no FHIR ConceptMap; a lookup needs one");
  }
  ConceptMap map;
  map.url_ = resource.text("url");
  for (const fhir::Json& group : resource.items("group")) {
    Group& made = map.groups_.emplace_back();
    made.source = group.text("source");
    std::string target(group.text("target"));
    for (const fhir::Json& element : group.items("element")) {
      std::string code(element.text("code"));
      const fhir::Json::Array& targets = element.items("target");
      if (code.empty()) {
        refuse("an element of the ConceptMap has no code");
      }
      if (targets.empty() || targets.front().text("code").empty()) {
        continue;  // stated as not mappable: the `unmapped` rule applies
      }
      const fhir::Json& to = targets.front();
      MappedCode mapped{target, std::string(to.text("code")), std::string(to.text("display"))};
      if (!made.codes.emplace(code, std::move(mapped)).second) {
        refuse("the ConceptMap holds the code \"" + code + "\" twice in one group");
      }
    }
    made.rest = read_unmapped(group);
  }
  if (map.groups_.empty()) {
    refuse("the ConceptMap has no group");
  }
  return map;
}

const MappedCode* ConceptMap::find(std::string_view system, std::string_view code) const {
  auto among = [&](auto&& suits) -> const MappedCode* {
    for (const Group& group : groups_) {
      if (auto found = group.codes.find(code); suits(group) && found != group.codes.end()) {
        return &found->second;
      }
    }
    return nullptr;
  };
  const MappedCode* found = nullptr;
  if (!system.empty()) {
    found = among([&](const Group& group) { return group.source == system; });
  }
  if (found == nullptr) {
    found = among([](const Group& group) { return group.source.empty(); });
  }
  if (found == nullptr && system.empty()) {
    found = among([](const Group&) { return true; });
  }
  return found;
}

const ConceptMap::Rest& ConceptMap::rest(std::string_view system) const {
  const Group* best = nullptr;
  for (const Group& group : groups_) {
    bool same = !system.empty() && group.source == system;
    if (same) {
      return group.rest;
    }
    bool better = best == nullptr || (group.source.empty() && !best->source.empty()) ||
                  best->rest.unmapped == Unmapped::kNotStated;
    best = better ? &group : best;
  }
  return best->rest;
}

bool ConceptMap::states_unmapped() const {
  return std::all_of(groups_.begin(), groups_.end(), [](const Group& group) {
    return group.rest.unmapped != Unmapped::kNotStated;
  });
}

bool ConceptMap::state(Unmapped unmapped) {
  for (Group& group : groups_) {
    if (unmapped == Unmapped::kFixed && group.rest.fixed.code.empty()) {
      return false;
    }
    group.rest.unmapped = unmapped;
  }
  return true;
}

}  // namespace sekisho::mappings
