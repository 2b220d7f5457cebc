// Any bytes as a ledger: the walk says where they break and never reads past them, and no
// checkpoint of another key verifies; a line that the writer makes always reads back.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/crypto/keys.h"
#include "adapter/ledger/chain.h"
#include "adapter/ledger/ledger.h"
#include "adapter/ledger/record.h"
#include "fhir/check.h"
#include "fhir/error.h"

using namespace sekisho;

namespace {

// Explaining costs 255 digests a byte.
constexpr std::size_t kSearched = 64;

const crypto::SigningKey& signing_key() {
  static const crypto::SigningKey key = crypto::SigningKey::generate();
  return key;
}

const crypto::VerifyKey& verify_key() {
  static const crypto::VerifyKey key = signing_key().verify_key();
  return key;
}

void walk(std::string_view text) {
  ledger::ChainWalk chain;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ledger::ParsedLine parsed;
    ledger::LineFault fault;
    fhir::check(!ledger::checkpoint_verifies(line, verify_key()), "nobody else signs");
    ledger::foreign_format(line);
    if (!chain.follow(line, parsed, fault)) {
      fhir::check(fault.byte <= line.size() && !fault.what.empty(), "a fault has a place");
      if (line.size() <= kSearched) {
        fault = ledger::explain_line(line, fault);
        fhir::check(fault.byte <= line.size() && !fault.what.empty(), "an explained one too");
      }
      return;
    }
  }
}

void check_line(std::string_view members) {
  std::string line;
  ledger::write_line({1, {}, {}}, members, line);
  line.pop_back();
  ledger::ParsedLine parsed;
  ledger::LineFault fault;
  ledger::ChainWalk chain;
  fhir::check(chain.follow(line, parsed, fault), "what is written follows");
  fhir::check(line.find('\n') == std::string::npos, "a record is one line");
}

void write_and_read(std::string_view text) {
  ledger::Record record;
  record.request_id = std::to_string(text.size());
  record.client = text.substr(text.size() / 2);
  record.permit = text;
  record.categories = {std::string(text.substr(0, text.size() / 2)), record.client};
  record.counts = {{"Patient", text.size()}};
  record.patients = {{"a", "I5"}, {std::to_string(text.size()), ""}};
  const std::string key(32, 'k');
  const std::string members = ledger::request_members(record, key);
  check_line(members);
  fhir::check(ledger::patients_of('{' + members.substr(1) + '}', key) == record.patients,
              "sealed patients open");
  if (text.size() % 64 == 0) {  // a signature costs as much as all the rest
    std::string line;
    ledger::write_line({1, {}, {}}, ledger::checkpoint_members({}, {}, signing_key()), line);
    fhir::check(ledger::checkpoint_verifies(line, verify_key()), "what is signed verifies");
  }
  ledger::Ledger::Options options;
  options.host = text;
  check_line(ledger::start_members(options, text.size()));
  check_line(ledger::genesis_members(std::string(text)));
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
