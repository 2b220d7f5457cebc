// A CSV file is read line by line whatever it holds, and its raw lines are pieces of the text;
// birth dates and cards in any writing are days and digests or nothing.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapter/registry/csv.h"
#include "adapter/registry/person_key.h"
#include "fhir/check.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  std::size_t number = 0;
  for (const registry::CsvLine& line : registry::read_csv(text)) {
    fhir::check(line.number > number, "lines count upwards");
    number = line.number;
    fhir::check(line.raw.data() >= text.data() &&
                    line.raw.data() + line.raw.size() <= text.data() + text.size(),
                "a raw line is a piece of the text");
    fhir::check(!line.fields.empty(), "a line has a field");
    registry::PersonKeys keys;
    keys.card = line.fields[0];
    keys.kana = line.fields.back();
    keys.birth = registry::read_birth_date(line.fields.back());
    registry::digests_of(keys, "0123456789abcdef0123456789abcdef");
  }
  return 0;
}
