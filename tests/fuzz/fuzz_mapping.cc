// A message, whatever it says, is mapped by the base profiles of its type, and one of no type by
// all, without a throw; what comes out is FHIR-shaped JSON, names no two resources alike, and each
// issue stands at a place.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "connectors/hl7v2/message.h"
#include "fhir/check.h"
#include "fhir/json.h"
#include "fhir/text.h"
#include "mappings/engine.h"
#include "mappings/settings.h"

using namespace sekisho;

namespace {

void check_shape(const fhir::Json& json) {
  fhir::check(!json.is_null(), "no null");
  if (const auto* text = json.get<std::string>()) {
    fhir::check(!text->empty(), "no empty text");
  } else if (const auto* items = json.get<fhir::Json::Array>()) {
    fhir::check(!items->empty(), "no empty list");
    for (const fhir::Json& item : *items) {
      check_shape(item);
    }
  } else if (const auto* members = json.get<fhir::Json::Object>()) {
    fhir::check(!members->empty(), "no empty object");
    std::set<std::string_view> names;
    for (const fhir::Json::Member& member : *members) {
      fhir::check(names.insert(member.name).second, "no member twice");
      check_shape(member.value);
    }
  }
}

void map(const mappings::Profile& profile, const mappings::Settings& settings,
         const connectors::hl7v2::Message& message) {
  mappings::Result result = profile.run({message, "OML-11", nullptr, "fuzz", "x"}, settings);
  std::set<std::string> ids;
  for (const mappings::MappedResource& made : result.resources) {
    fhir::check(ids.insert(made.type + "/" + made.id).second, "no resource twice");
    if (!made.deleted) {
      check_shape(made.body);
      fhir::check(fhir::parse_json(fhir::write_json(made.body)) == made.body, "it reads back");
      fhir::check(made.body.text("id") == made.id, "it has its id");
    }
  }
  for (const fhir::Issue& issue : result.issues) {
    fhir::check(!issue.code.empty() && !issue.source.empty(), "an issue has code and place");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const mappings::Pack pack = mappings::Pack::base();
  static const mappings::Settings settings = mappings::settings_for(
      fhir::IdKey(std::string(32, 'k'), "1318814790"), "1318814790", "x", {}, "fuzz");
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  connectors::hl7v2::Parsed parsed = connectors::hl7v2::parse(bytes);
  for (const connectors::hl7v2::Message& message : parsed.messages) {
    const auto takes = [type = message.type()](const mappings::Profile& profile) {
      return profile.data_type_of(type).has_value();
    };
    const bool known = std::any_of(pack.profiles().begin(), pack.profiles().end(), takes);
    for (const mappings::Profile& profile : pack.profiles()) {
      if (!known || takes(profile)) {
        map(profile, settings, message);
      }
    }
  }
  return 0;
}
