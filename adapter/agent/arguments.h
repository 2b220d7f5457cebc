#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sekisho::agent {

// An option that a command takes.
struct OptionSpec {
  std::string_view name;   // "--by"
  std::string_view value;  // "NAME"; empty: a switch without a value
  std::string_view help;
};

// The words after a command's name, read against the options that it takes.
class Arguments {
 public:
  Arguments() = default;
  // Throws Error(kUsage) for an option that is not in `specs` or lacks its value. "--" ends the
  // options; "--name=value" is the same as "--name value".
  static Arguments parse(const std::vector<std::string>& words, std::span<const OptionSpec> specs);

  const std::vector<std::string>& operands() const { return operands_; }
  bool has(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  // The value of an option given once, or `otherwise`. Throws Error(kUsage) where it is repeated.
  std::string one(std::string_view name, std::string_view otherwise = {}) const;
  std::string required(std::string_view name) const;  // throws Error(kUsage) where it is missing
  // Throws Error(kUsage) unless there are between `least` and `most` operands.
  void expect_operands(std::size_t least, std::size_t most, std::string_view what) const;

 private:
  std::vector<std::string> operands_;
  std::vector<std::pair<std::string, std::string>> options_;
};

}  // namespace sekisho::agent
