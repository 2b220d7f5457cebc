#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"

namespace sekisho::fhir {

// A literal reference "Type/id" as read from Reference.reference.
struct Reference {
  std::string type;
  std::string id;
  auto operator<=>(const Reference&) const = default;
};

bool is_logical_id(std::string_view text);  // [A-Za-z0-9\-.]{1,64}
// "Patient/x", "http(s)://host/base/Patient/x", each with or without /_history/v; nothing for "#x",
// urn: and anything else.
std::optional<Reference> parse_reference(std::string_view text);

// One Reference object found in a resource, contained resources and extensions included.
struct FoundReference {
  std::string path;              // "Observation.subject", "Observation.contained[0].individual"
  const Json* object = nullptr;  // the Reference object; good while the resource stands
  std::optional<Reference> literal;
  bool local = false;           // "#id"
  bool has_identifier = false;  // a logical reference (Reference.identifier)
};
std::vector<FoundReference> references_of(const Json& resource);

// Writes the resource with each Reference removed for which `drop` says so, and whatever becomes
// empty with it. `mandatory_lost` is set where base R4 requires the removed element (min 1): the
// caller withholds the resource then.
struct Pruned {
  Json resource;
  bool mandatory_lost = false;
};
Pruned prune_references(const Json& resource, const std::function<bool(const Reference&)>& drop);

}  // namespace sekisho::fhir
