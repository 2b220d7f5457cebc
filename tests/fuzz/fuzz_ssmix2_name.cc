#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/ssmix2/name.h"
#include "fhir/check.h"

// A name that fits can be written back from its parts, and its key is a part of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho::connectors::ssmix2;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto name = parse_name(text)) {
    const std::string stem = match_key(*name) + "_" + name->datetime + "_";
    const bool written_back = text == stem + name->department + "_" + name->flag ||
                              (name->department.empty() && text == stem + name->flag);
    sekisho::fhir::check(written_back, "a name is the sum of its parts");
  }
  if (const auto place = parse_place(text)) {
    sekisho::fhir::check(place->patient.find('/') == std::string::npos && !place->file.empty(),
                         "a place has one name a level");
  }
  return 0;
}
