#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::fhir {

// A searchset Bundle written from resource texts as they are. It carries no id and no timestamp, so
// that equal content gives equal bytes (docs/architecture.md, Visibility). Every entry is a match.
struct SearchsetEntry {
  std::string full_url;
  std::string_view resource;  // serialized; must outlive the call
};
struct Searchset {
  std::optional<std::size_t> total;  // left out where it is not known
  std::string self_link;
  std::string next_link;  // empty: last page
  std::vector<SearchsetEntry> entries;
};
std::string write_searchset(const Searchset& searchset);

}  // namespace sekisho::fhir
