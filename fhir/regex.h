#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::fhir {

// A regular expression that runs in linear time (RE2), in UTF-8. Immutable and thread-safe.
class Regex {
 public:
  // Throws Error(kConfig) with the pattern and what is wrong with it.
  explicit Regex(std::string_view pattern);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  bool matches(std::string_view text) const;  // the whole text
  // The first match (its first group, if the pattern has one).
  std::optional<std::string> extract(std::string_view text) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sekisho::fhir
