// A profile, whatever it says, compiles or is refused with a place; one that compiles maps a
// message within its limits, and nothing else happens; what it says is a part of a resource is
// merged.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "connectors/hl7v2/message.h"
#include "fhir/check.h"
#include "fhir/error.h"
#include "mappings/engine.h"
#include "mappings/merge.h"
#include "mappings/settings.h"

using namespace sekisho;

namespace {

constexpr std::string_view kMessage =
    "MSH|^~\\&|H|S|G|R|20261120093000||OUL^R22|1|P|2.5\r"
    "PID|1||0042^^^^PI||Kanji^Taro^^^^^L^I~Kana^Tarou^^^^^L^P||19700101|M|||||tel1~tel2\r"
    "SPM|1|S1||023|||||||||||||20261119\r"
    "OBR|1|O1\r"
    "ORC|NW|O1||1\r"
    "OBX|1|NM|A^Name^99L^B^Other^LN^^^Words||1.70|g||H~L|\"\"||F\r"
    "NTE|1|L|note\r"
    "OBX|2|ST|A^^LN||S64.01.07||||||P\r";

mappings::Settings small_settings() {
  mappings::Settings settings = mappings::settings_for(
      fhir::IdKey(std::string(32, 'k'), "1318814790"), "1318814790", "x", {}, "fuzz");
  settings.limits.steps = 100'000;
  settings.limits.text = 1u << 20;
  return settings;
}

std::string concept_map(const std::string& path) {
  if (path.ends_with("bad.json")) {
    return R"({"resourceType": "Patient"})";
  }
  if (path.ends_with("no.json")) {
    return "{\n ]";
  }
  if (path.ends_with("on.json")) {
    return R"({"resourceType": "ConceptMap", "url": "http://on", "group": [{"element": [],
               "unmapped": {"mode": "other-map", "url": "http://plain"}}]})";
  }
  return R"({"resourceType": "ConceptMap", "url": "http://plain", "group": [{"target": "http://x",
             "element": [{"code": "A", "target": [{"code": "a"}]}]}]})";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const mappings::Settings settings = small_settings();
  static const connectors::hl7v2::Parsed parsed =
      connectors::hl7v2::parse(kMessage, connectors::Encoding::kUtf8);
  std::string_view text(reinterpret_cast<const char*>(data), size);
  bool compiled = false;
  try {
    mappings::Profile profile = mappings::Profile::compile(text, "f.map.json", concept_map);
    compiled = true;
    mappings::Result result =
        profile.run({parsed.messages.front(), "OML-11", nullptr, "fuzz", ""}, settings);
    mappings::Result again =
        profile.run({parsed.messages.front(), "OML-11", nullptr, "fuzz", "2"}, settings);
    for (mappings::MappedResource& made : again.resources) {
      if (!made.part.empty()) {
        result.resources.push_back(std::move(made));
      }
    }
    mappings::merge_parts(
        result, [&](std::string_view) { return &profile; }, settings);
    for (const mappings::MappedResource& made : result.resources) {
      fhir::check(made.deleted || fhir::parse_json(fhir::write_json(made.body)) == made.body,
                  "what is made is JSON that reads back");
    }
  } catch (const fhir::Error& e) {
    fhir::check(e.code() == fhir::ErrorCode::kConfig, "a profile is the hospital's file");
    bool named = e.text().starts_with("f.map.json") || e.text().starts_with("profiles/");
    fhir::check(compiled || named, "the complaint names the file");
  }
  return 0;
}
