#include "adapter/agent/arguments.h"

#include <algorithm>

#include "fhir/error.h"

namespace sekisho::agent {
namespace {

fhir::Error usage(std::string text) {
  return fhir::Error(fhir::ErrorCode::kUsage, std::move(text));
}

const OptionSpec& spec_of(std::string_view name, std::span<const OptionSpec> specs) {
  const auto found = std::find_if(specs.begin(), specs.end(),
                                  [&](const OptionSpec& spec) { return spec.name == name; });
  if (found == specs.end()) {
    throw usage(std::string(name) + ": no such option; add --help to see what the command takes");
  }
  return *found;
}

}  // namespace

Arguments Arguments::parse(const std::vector<std::string>& words,
                           std::span<const OptionSpec> specs) {
  Arguments result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      result.operands_.insert(result.operands_.end(),
                              words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    }
    if (word.size() < 3 || !word.starts_with("--")) {
      result.operands_.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const OptionSpec& spec = spec_of(name, specs);
    if (spec.value.empty()) {
      if (equals != std::string::npos) {
        throw usage(name + ": takes no value");
      }
      result.options_.emplace_back(name, "");
    } else if (equals != std::string::npos) {
      result.options_.emplace_back(name, word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      result.options_.emplace_back(name, words[++i]);
    } else {
      throw usage(name + ": needs a value: " + name + " " + std::string(spec.value));
    }
  }
  return result;
}

bool Arguments::has(std::string_view name) const {
  return std::any_of(options_.begin(), options_.end(),
                     [&](const auto& option) { return option.first == name; });
}

std::vector<std::string> Arguments::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [given, value] : options_) {
    if (given == name) {
      values.push_back(value);
    }
  }
  return values;
}

std::string Arguments::one(std::string_view name, std::string_view otherwise) const {
  const std::vector<std::string> values = all(name);
  if (values.size() > 1) {
    throw usage(std::string(name) + ": given more than once");
  }
  return values.empty() ? std::string(otherwise) : values.front();
}

std::string Arguments::required(std::string_view name) const {
  if (!has(name)) {
    throw usage(std::string(name) + ": is required; add --help to see what the command takes");
  }
  return one(name);
}

void Arguments::expect_operands(std::size_t least, std::size_t most, std::string_view what) const {
  if (operands_.size() < least) {
    throw usage(std::string(what) + ": is missing; add --help to see what the command takes");
  }
  if (operands_.size() > most) {
    throw usage(operands_[most] + ": one word too many; add --help to see what the command takes");
  }
}

}  // namespace sekisho::agent
