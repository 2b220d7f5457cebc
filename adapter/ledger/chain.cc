#include "adapter/ledger/chain.h"

#include <algorithm>

#include "adapter/ledger/record.h"
#include "fhir/digest.h"

namespace sekisho::ledger {
namespace {

constexpr std::string_view kSignatureOpens = ",\"signature\":\"";
constexpr std::size_t kSignatureDigits = 128;

}  // namespace

std::string checkpoint_members(const ChainEnd& end, fhir::Instant now,
                               const crypto::SigningKey& key) {
  const std::string members = ",\"kind\":\"checkpoint\"";
  std::string line;
  write_line({end.sequence + 1, end.digest, now}, members, line);
  const std::string_view signed_text = std::string_view(line).substr(0, line.rfind(",\"sum\":\""));
  return members + std::string(kSignatureOpens) + fhir::to_hex(key.sign(signed_text)) + '"';
}

bool checkpoint_verifies(std::string_view line, const crypto::VerifyKey& key) {
  const std::size_t at = line.find(kSignatureOpens);
  if (at == std::string_view::npos) {
    return false;
  }
  const std::string_view digits = line.substr(at + kSignatureOpens.size(), kSignatureDigits);
  return key.verify(line.substr(0, at), fhir::from_hex(digits).value_or(std::string()));
}

bool ChainWalk::follow(std::string_view text, ParsedLine& line, LineFault& fault) {
  const auto parsed = parse_line(text, fault);
  if (!parsed) {
    return false;
  }
  line = *parsed;
  const bool first = end_.sequence == 0 && first_ != 0;
  const std::uint64_t expected = first ? first_ : end_.sequence + 1;
  if (line.sequence != expected) {
    fault = {0, "sequence " + std::to_string(line.sequence) + " stands where " +
                    std::to_string(expected) + " is expected"};
    return false;
  }
  if (!first && line.previous != fhir::to_hex(end_.digest)) {
    fault = {0, "the line does not continue the line before it"};
    return false;
  }
  const auto time = fhir::parse_instant(line.time);
  if (!time) {
    fault = {0, "the line states no time"};
    return false;
  }
  end_.sequence = line.sequence;
  end_.digest = fhir::sha256(text);
  end_.time = std::max(end_.time, *time);
  ++end_.since_checkpoint;
  if (line.kind == "checkpoint") {
    end_.since_checkpoint = 0;
    end_.checkpoint_time = *time;
  }
  return true;
}

}  // namespace sekisho::ledger
