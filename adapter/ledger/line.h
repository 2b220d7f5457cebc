#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/digest.h"
#include "fhir/instant.h"

namespace sekisho::ledger {

// One line of the ledger (docs/formats/ledger.md):
//   {"seq":N,"prev":"<SHA-256 of the line before>","time":"...","kind":"...",...,"sum":"<16 hex>"}
// `prev` chains it to the line before; `sum`, the first 8 bytes of the SHA-256 of what stands
// before it, shows a changed byte in the line itself, also in the last one.

// The members of a line that vary with its kind, each with its comma before it.
struct LineHead {
  std::uint64_t sequence = 0;
  fhir::Digest previous{};
  fhir::Instant time;
};

// Appends the line with its LF; gives the digest that the next line states.
fhir::Digest write_line(const LineHead& head, std::string_view members, std::string& out);

struct ParsedLine {
  std::uint64_t sequence = 0;
  std::string_view previous;  // 64 hex
  std::string_view time;
  std::string_view kind;
};

// Why a line does not hold: the byte in it, counted from 0, and what is wrong there.
struct LineFault {
  std::size_t byte = 0;
  std::string what;
};

// Reads the fixed members of a line (without its LF) after checking its sum.
std::optional<ParsedLine> parse_line(std::string_view text, LineFault& fault);

// Looks closer at a line that parse_line refused: where one changed byte explains it, that byte.
// Costs 255 digests for each byte of the line.
LineFault explain_line(std::string_view text, LineFault fault);

// The text of a member that this writer wrote as a plain string, without escapes in it.
std::string_view plain_member(std::string_view text, std::string_view name);

}  // namespace sekisho::ledger
