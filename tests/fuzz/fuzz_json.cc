// Whatever the parser accepts comes back the same from both writers, and every value has a place.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fhir/check.h"
#include "fhir/json.h"
#include "fhir/ndjson.h"
#include "fhir/resource.h"
#include "fhir/search_parameter.h"
#include "fhir/text.h"

using namespace sekisho::fhir;

namespace {

std::size_t values_in(const Json& json) {
  std::size_t count = 1;
  if (const auto* items = json.get<Json::Array>()) {
    for (const Json& item : *items) {
      count += values_in(item);
    }
  } else if (const auto* members = json.get<Json::Object>()) {
    for (const Json::Member& member : *members) {
      count += values_in(member.value);
    }
  }
  return count;
}

// The same value, made by the calls that code makes values with.
Json rebuilt(const Json& json) {
  if (const auto* items = json.get<Json::Array>()) {
    Json made;
    for (const Json& item : *items) {
      made.push(rebuilt(item));
    }
    return items->empty() ? json : made;
  }
  if (const auto* members = json.get<Json::Object>()) {
    Json made = Json::object({});
    for (const Json::Member& member : *members) {
      made.set(member.name, Json::integer(1));
      made.set(member.name, rebuilt(member.value));
    }
    if (made.find("set and erased") == nullptr) {
      made.set("set and erased", false);
      check(made.erase("set and erased"), "what was set is erased");
    }
    return made;
  }
  Json made = json;
  check(!made.erase("a member"), "only an object has members");
  return made;
}

void try_text(std::string_view text, JsonLimits limits) {
  try {
    const Json json = parse_json(text, limits);
    const std::string written = write_json(json);
    check(is_valid_utf8(written), "the writer gives UTF-8");
    check(parse_json(written) == json, "what is written reads as the same value");
    check(parse_json(write_json_pretty(json)) == json, "so does the layout for people");
    check(write_json(parse_json(written)) == written, "writing is stable");
    check(rebuilt(json) == json, "a value is made of its members");
    check(json_positions(text, limits).size() == values_in(json), "each value has one place");
    references_of(json);
    index_entries(json);
    prune_references(json, [](const Reference& to) { return to.id.size() % 2 == 0; });
  } catch (const JsonError& e) {
    check(e.offset() <= text.size(), "an error's place lies in the text");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  JsonLimits limits;
  try_text(text, limits);
  limits.comments = true;
  limits.max_depth = 8;
  try_text(text, limits);
  try {
    for_each_ndjson(text, [](std::size_t, const Json&) {});
  } catch (const JsonError& e) {
    check(e.offset() <= text.size(), "an error's place lies in the text");
  }
  return 0;
}
