#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/crypto/keys.h"
#include "adapter/ledger/line.h"
#include "adapter/ledger/segments.h"
#include "fhir/digest.h"
#include "fhir/instant.h"

namespace sekisho::ledger {

// Where a chain ends: what the next line continues.
struct ChainEnd {
  std::uint64_t sequence = 0;
  fhir::Digest digest{};
  fhir::Instant time;                  // the latest of all lines
  std::uint64_t since_checkpoint = 0;  // lines
  fhir::Instant checkpoint_time;
};

// Members of a checkpoint that follows `end`, signed over the line up to the signature.
std::string checkpoint_members(const ChainEnd& end, fhir::Instant now,
                               const crypto::SigningKey& key);
bool checkpoint_verifies(std::string_view line, const crypto::VerifyKey& key);

// Follows a chain line by line and says where it breaks.
class ChainWalk {
 public:
  // From the first line, or from the line that `head` is (the text of a checkpoint) on.
  ChainWalk() = default;
  explicit ChainWalk(std::uint64_t sequence) : first_(sequence) {}

  // False with `fault` where the line does not follow the lines before it.
  bool follow(std::string_view text, ParsedLine& line, LineFault& fault);
  const ChainEnd& end() const { return end_; }

 private:
  std::uint64_t first_ = 0;  // the first line given is taken as it is
  ChainEnd end_;
};

}  // namespace sekisho::ledger
