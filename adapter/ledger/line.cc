#include "adapter/ledger/line.h"

#include <algorithm>
#include <charconv>

namespace sekisho::ledger {
namespace {

constexpr std::string_view kSumOpens = ",\"sum\":\"";
constexpr std::string_view kSumCloses = "\"}";
constexpr std::size_t kSumDigits = 16;
constexpr std::size_t kTail = kSumOpens.size() + kSumDigits + kSumCloses.size();
constexpr const char* kChanged = "this byte was changed";
constexpr const char* kWrongSum = "the line does not have the checksum that it states";
// Above this size a changed byte is not searched for: 255 digests for each byte of the line.
constexpr std::size_t kSearchLimit = 4096;

std::string sum_of(std::string_view content) {
  return fhir::to_hex(fhir::sha256(content)).substr(0, kSumDigits);
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool take(std::string_view& rest, std::string_view literal) {
  if (rest.substr(0, literal.size()) != literal) {
    return false;
  }
  rest.remove_prefix(literal.size());
  return true;
}

std::optional<std::string_view> take_quoted(std::string_view& rest) {
  const std::size_t end = rest.find('"');
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view value = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return value;
}

// Where `text` differs from `wanted`, which is as long, in one place only.
std::optional<std::size_t> only_difference(std::string_view text, std::string_view wanted) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (text[i] != wanted[i]) {
      if (found) {
        return std::nullopt;
      }
      found = i;
    }
  }
  return found;
}

// The byte of `content` whose change makes the sum right again.
std::optional<std::size_t> byte_that_explains(std::string_view content, std::string_view sum) {
  if (content.size() > kSearchLimit) {
    return std::nullopt;
  }
  std::string attempt(content);
  for (std::size_t i = 0; i < attempt.size(); ++i) {
    const char kept = attempt[i];
    for (int change = 1; change < 256; ++change) {
      attempt[i] = static_cast<char>(kept ^ change);
      if (sum_of(attempt) == sum) {
        return i;
      }
    }
    attempt[i] = kept;
  }
  return std::nullopt;
}

LineFault explain_tail(std::string_view text) {
  if (text.size() < kTail) {
    return {text.size(), "the line ends too early"};
  }
  const std::size_t at = text.size() - kTail;
  if (const auto byte = only_difference(text.substr(at), kSumOpens)) {
    return {at + *byte, kChanged};
  }
  const std::size_t closes = text.size() - kSumCloses.size();
  const bool opened = text.substr(at, kSumOpens.size()) == kSumOpens;
  if (const auto byte = only_difference(text.substr(closes), kSumCloses); opened && byte) {
    return {closes + *byte, kChanged};
  }
  return {text.size(), "the line ends where no line may end"};
}

LineFault explain_sum(std::string_view text, std::string_view content, std::string_view sum) {
  const std::string computed = sum_of(content);
  if (const auto byte = only_difference(sum, computed)) {
    return {content.size() + kSumOpens.size() + *byte, kChanged};
  }
  const std::size_t inner = text.find(kSumOpens);
  if (inner < content.size()) {
    return {inner + kTail, "this byte was changed: the line should end here"};
  }
  return {0, kWrongSum};
}

}  // namespace

fhir::Digest write_line(const LineHead& head, std::string_view members, std::string& out) {
  const std::size_t begin = out.size();
  out += "{\"seq\":";
  out += std::to_string(head.sequence);
  out += ",\"prev\":\"";
  out += fhir::to_hex(head.previous);
  out += "\",\"time\":\"";
  out += fhir::to_text(head.time);
  out += '"';
  out += members;
  const std::string sum = sum_of(std::string_view(out).substr(begin));
  out += kSumOpens;
  out += sum;
  out += kSumCloses;
  const fhir::Digest digest = fhir::sha256(std::string_view(out).substr(begin));
  out += '\n';
  return digest;
}

std::optional<ParsedLine> parse_line(std::string_view text, LineFault& fault) {
  if (text.size() < kTail || text.substr(text.size() - kTail, kSumOpens.size()) != kSumOpens ||
      text.substr(text.size() - kSumCloses.size()) != kSumCloses) {
    fault = explain_tail(text);
    return std::nullopt;
  }
  const std::string_view content = text.substr(0, text.size() - kTail);
  const std::string_view sum = text.substr(content.size() + kSumOpens.size(), kSumDigits);
  if (sum != sum_of(content)) {
    fault = explain_sum(text, content, sum);
    return std::nullopt;
  }
  ParsedLine line;
  std::string_view rest = content;
  const char* const end = rest.data() + rest.size();
  bool holds = take(rest, "{\"seq\":");
  if (holds) {
    const auto [stop, error] = std::from_chars(rest.data(), end, line.sequence);
    holds = error == std::errc();
    rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
  }
  for (const auto& [name, value] :
       {std::pair{",\"prev\":\"", &line.previous}, std::pair{",\"time\":\"", &line.time},
        std::pair{",\"kind\":\"", &line.kind}}) {
    holds = holds && take(rest, name);
    if (const auto quoted = holds ? take_quoted(rest) : std::nullopt) {
      *value = *quoted;
    } else {
      holds = false;
    }
  }
  if (!holds || line.previous.size() != 64 || !is_hex(line.previous)) {
    fault = {text.size() - kTail - rest.size(), "this is no line of a ledger"};
    return std::nullopt;
  }
  return line;
}

LineFault explain_line(std::string_view text, LineFault fault) {
  if (fault.what == kWrongSum) {
    const std::string_view content = text.substr(0, text.size() - kTail);
    const std::string_view sum = text.substr(content.size() + kSumOpens.size(), kSumDigits);
    if (const auto byte = byte_that_explains(content, sum)) {
      return {*byte, kChanged};
    }
  }
  return fault;
}

std::string_view plain_member(std::string_view text, std::string_view name) {
  const std::string opens = ",\"" + std::string(name) + "\":\"";
  const std::size_t at = text.find(opens);
  if (at == std::string_view::npos) {
    return {};
  }
  std::string_view rest = text.substr(at + opens.size());
  return take_quoted(rest).value_or(std::string_view());
}

}  // namespace sekisho::ledger
