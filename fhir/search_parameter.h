#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/instant.h"
#include "fhir/json.h"

namespace sekisho::fhir {

enum class SearchKind { kToken, kReference, kDate };

// One search parameter of one type, as R4 defines it. `number` is persisted in the search index and
// never changes its meaning; a new parameter takes a new number.
struct SearchParameter {
  std::uint16_t number;
  std::string_view type;  // "Observation"
  std::string_view name;  // "code"
  SearchKind kind;
  std::string_view definition;              // canonical URL, for the CapabilityStatement
  std::span<const std::string_view> paths;  // elements below the resource: "reaction.substance"
  // Token over an element of type code: the system that its binding implies; else empty.
  std::string_view code_system = {};
};

// The parameters that are served for a type, besides _id and _lastUpdated. The CapabilityStatement,
// the index and the query are all made from this table. `patient` and `subject` are kReference.
std::span<const SearchParameter> search_parameters(std::string_view type);
const SearchParameter* find_search_parameter(std::string_view type, std::string_view name);
// The types that the table knows; a type outside it is not served.
std::span<const std::string_view> served_types();

// What the index holds of one resource for one parameter.
struct IndexEntry {
  std::uint16_t parameter = 0;
  SearchKind kind = SearchKind::kToken;
  std::string system;  // token: "" where the coding has none
  std::string code;    // token: the code or identifier value
  std::string target;  // reference: "Type/id"
  Instant begin, end;  // date: the range [begin, end)

  auto operator<=>(const IndexEntry&) const = default;
};

// Every entry of the resource, sorted and without repeats. A value that cannot be indexed is left
// out (a search does not find it; the resource is stored all the same).
std::vector<IndexEntry> index_entries(const Json& resource);

}  // namespace sekisho::fhir
