#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json.h"
#include "mappings/value.h"

namespace sekisho::mappings {

// What a lookup does with a code that the map does not have (mapping-format 6.1).
enum class Unmapped { kError, kOmit, kKeep, kFixed };

// A FHIR R4 ConceptMap made ready for look-ups: by source system first, then groups without one.
// A code that comes without a system is looked for in every group.
class ConceptMap {
 public:
  // Throws Error(kConfig) naming what is wrong with the resource.
  static ConceptMap from(const fhir::Json& resource);

  // Null if the map has no such code.
  const MappedCode* find(std::string_view system, std::string_view code) const;
  bool states_unmapped() const { return stated_; }

  Unmapped unmapped = Unmapped::kError;
  MappedCode fixed;

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
  };
  void read_unmapped(const fhir::Json& group);

  std::vector<Group> groups_;
  bool stated_ = false;
};

}  // namespace sekisho::mappings
