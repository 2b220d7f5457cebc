// Every text is a configuration or an Error(kConfig) that names the file.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/config.h"
#include "fhir/check.h"
#include "fhir/error.h"

using namespace sekisho;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const config::Places places{"/c/sekisho.json", "/s", "/r"};
  fhir::check(config::default_places("/h", "").state_dir == "/h/state" &&
                  !config::default_places("", "").config_file.empty(),
              "there is always a place");
  try {
    const config::Config config = config::parse_config(text, places.config_file, places);
    fhir::check(config.state_dir.empty() || config.state_dir[0] == '/', "paths are absolute");
    fhir::check(config.hub.page_size <= config.hub.max_page_size, "pages are bounded");
  } catch (const fhir::Error& e) {
    fhir::check(e.code() == fhir::ErrorCode::kConfig, "a bad configuration is a kConfig");
    fhir::check(e.text().starts_with("/c/sekisho.json:"), "its error names the file");
  }
  return 0;
}
