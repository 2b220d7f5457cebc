#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json.h"
#include "mappings/value.h"

namespace sekisho::mappings {

// What a lookup does with a code that the map does not have (mapping-format 6.1, 6.6).
enum class Unmapped { kNotStated, kError, kOmit, kKeep, kFixed, kOtherMap };

// A FHIR R4 ConceptMap made ready for look-ups: by source system first, then groups without one.
// A code that comes without a system is looked for in every group.
class ConceptMap {
 public:
  // What the map says of a code that it does not have, each group for itself.
  struct Rest {
    Unmapped unmapped = Unmapped::kNotStated;
    MappedCode fixed;
    std::string other;                // the URL of another map
    const ConceptMap* map = nullptr;  // that map, once it is known
  };

  // Throws Error(kConfig) naming what is wrong with the resource.
  static ConceptMap from(const fhir::Json& resource);

  // Null if the map has no such code.
  const MappedCode* find(std::string_view system, std::string_view code) const;
  // Of the group for that system, else of a group without one, else of any that states something.
  const Rest& rest(std::string_view system) const;
  const std::string& url() const { return url_; }
  // Does every group say what happens to other codes?
  bool states_unmapped() const;
  // Says it for every group, whatever the map says. False: `unmapped` is kFixed and a group has no
  // code for it.
  bool state(Unmapped unmapped);
  // Calls `each` with the Rest of every group that goes to another map.
  template <class F>
  void for_other_maps(F&& each) {
    for (Group& group : groups_) {
      if (group.rest.unmapped == Unmapped::kOtherMap) {
        each(group.rest);
      }
    }
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  struct Group {
    std::string source;
    std::unordered_map<std::string, MappedCode, Hash, std::equal_to<>> codes;
    Rest rest;
  };

  std::string url_;
  std::vector<Group> groups_;
};

}  // namespace sekisho::mappings
