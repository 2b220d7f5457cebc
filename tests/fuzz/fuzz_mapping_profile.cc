// A profile, whatever it says, compiles or is refused with a place; nothing else happens.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/check.h"
#include "fhir/error.h"
#include "mappings/engine.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    mappings::Profile::compile(text, "f.map.json", [](const std::string&) {
      return std::string(R"({"resourceType": "ConceptMap", "group": [{"element": []}]})");
    });
  } catch (const fhir::Error& e) {
    fhir::check(e.code() == fhir::ErrorCode::kConfig, "a profile is the hospital's file");
    fhir::check(e.text().starts_with("f.map.json"), "the complaint names the file");
  }
  return 0;
}
