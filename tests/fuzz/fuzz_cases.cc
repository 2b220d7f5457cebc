// A case file is decided or refused as a whole; no bytes make it crash, and what is decided has a
// reason and a line of JSON.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapter/decision/case_file.h"
#include "fhir/check.h"
#include "fhir/error.h"
#include "fhir/json.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  try {
    for (const decision::CaseResult& result : decision::decide_cases(text)) {
      const fhir::Json line = fhir::parse_json(decision::to_json_line(result));
      fhir::check(line.text("reason") == decision::name_of(result.reason),
                  "the line has the reason");
      fhir::check((line.text("outcome") == "PERMIT") == (result.reason == decision::Reason::kOk),
                  "only OK is a PERMIT");
    }
  } catch (const fhir::Error&) {
  }
  return 0;
}
