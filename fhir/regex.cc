#include "fhir/regex.h"

#include <re2/re2.h>

#include "fhir/error.h"

namespace sekisho::fhir {

namespace {

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct Regex::State {
  explicit State(std::string_view pattern) : re(piece(pattern), quiet()) {}
  RE2 re;
};

Regex::Regex(std::string_view pattern) : state_(std::make_unique<State>(pattern)) {
  if (!state_->re.ok()) {
    throw Error(ErrorCode::kConfig,
                "regular expression \"" + std::string(pattern) + "\": " + state_->re.error());
  }
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

bool Regex::matches(std::string_view text) const { return RE2::FullMatch(piece(text), state_->re); }

std::optional<std::string> Regex::extract(std::string_view text) const {
  re2::StringPiece found[2];
  const int wanted = state_->re.NumberOfCapturingGroups() > 0 ? 1 : 0;
  if (!state_->re.Match(piece(text), 0, text.size(), RE2::UNANCHORED, found, wanted + 1)) {
    return std::nullopt;
  }
  const re2::StringPiece& hit = found[wanted];
  if (hit.data() == nullptr) {  // the group took no part in the match
    return std::nullopt;
  }
  return std::string(hit.data(), hit.size());
}

}  // namespace sekisho::fhir
