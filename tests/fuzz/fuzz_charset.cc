#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/charset.h"
#include "fhir/check.h"

// Any bytes in any encoding: UTF-8 comes out, offsets lie inside, rise, and match the U+FFFD
// written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sekisho::connectors;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const Encoding encoding : {Encoding::kIso2022Jp, Encoding::kCp932, Encoding::kEucJp,
                                  Encoding::kUtf8, Encoding::kLatin1, detect(bytes)}) {
    sekisho::fhir::check(!name_of(encoding).empty(), "an encoding has a name");
    std::string text = "before";
    DecodeFindings findings;
    decode(bytes, encoding, text, findings);
    sekisho::fhir::check(text.substr(0, 6) == "before", "decoding appends");
    sekisho::fhir::check(fit(text, Encoding::kUtf8).bad == 0, "decoded text is UTF-8");
    for (std::size_t i = 0; i < findings.undecodable.size(); ++i) {
      sekisho::fhir::check(findings.undecodable[i] < size, "an offset lies inside the input");
      sekisho::fhir::check(i == 0 || findings.undecodable[i - 1] < findings.undecodable[i],
                           "offsets rise");
    }
    sekisho::fhir::check(needs_decoding(bytes) || text == "before" + std::string(bytes),
                         "plain ASCII stays as it is");
  }
  encoding_of_label(bytes, '~');
  return 0;
}
