// Any bytes as a ledger: the walk says where they break and never reads past them; a line that the
// writer makes always reads back.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/ledger/chain.h"
#include "adapter/ledger/ledger.h"
#include "adapter/ledger/record.h"
#include "fhir/check.h"
#include "fhir/error.h"

using namespace sekisho;

namespace {

void walk(std::string_view text) {
  ledger::ChainWalk chain;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ledger::ParsedLine parsed;
    ledger::LineFault fault;
    if (!chain.follow(line, parsed, fault)) {
      fhir::check(fault.byte <= line.size() && !fault.what.empty(), "a fault has a place");
      return;
    }
  }
}

void write_and_read(std::string_view text) {
  ledger::Record record;
  record.request_id = text.substr(0, text.size() / 2);
  record.client = text.substr(text.size() / 2);
  const std::string key(32, 'k');
  std::string line;
  ledger::write_line({1, {}, {}}, ledger::request_members(record, key), line);
  line.pop_back();
  ledger::ParsedLine parsed;
  ledger::LineFault fault;
  ledger::ChainWalk chain;
  fhir::check(chain.follow(line, parsed, fault), "what is written follows");
  fhir::check(line.find('\n') == std::string::npos, "a record is one line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  walk(text);
  write_and_read(text);
  try {
    ledger::patients_of(text, std::string(32, 'k'));
  } catch (const fhir::Error&) {
  }
  return 0;
}
