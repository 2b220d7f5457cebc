#include "fhir/bundle.h"

#include "fhir/json.h"

namespace sekisho::fhir {

std::string write_searchset(const Searchset& searchset) {
  std::string out = R"({"resourceType":"Bundle","type":"searchset")";
  if (searchset.total) {
    out += R"(,"total":)" + std::to_string(*searchset.total);
  }
  const char* before = R"(,"link":[{"relation":")";
  const auto link = [&](std::string_view relation, std::string_view url) {
    if (!url.empty()) {
      out += before;
      out += relation;
      out += R"(","url":)";
      write_json_string(url, out);
      out += '}';
      before = R"(,{"relation":")";
    }
  };
  link("self", searchset.self_link);
  link("next", searchset.next_link);
  if (!searchset.self_link.empty() || !searchset.next_link.empty()) {
    out += ']';
  }
  const char* between = R"(,"entry":[)";
  for (const SearchsetEntry& entry : searchset.entries) {
    out += between;
    between = ",";
    out += R"({"fullUrl":)";
    write_json_string(entry.full_url, out);
    out += R"(,"resource":)";
    out += entry.resource;
    out += R"(,"search":{"mode":"match"}})";
  }
  out += searchset.entries.empty() ? "}" : "]}";
  return out;
}

}  // namespace sekisho::fhir
