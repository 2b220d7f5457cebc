#include <algorithm>

#include "mappings/compiler.h"
#include "mappings/engine.h"
#include "mappings/run.h"

namespace sekisho::mappings {

struct Profile::Compiled {
  Program program;
};

Profile::Profile(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Profile::~Profile() = default;
Profile::Profile(Profile&&) noexcept = default;
Profile& Profile::operator=(Profile&&) noexcept = default;

Profile Profile::compile(std::string_view text, const std::string& file, const Open& open) {
  auto compiled = std::make_shared<Compiled>();
  compiled->program = Compiler(text, file, open).compile();
  return Profile(std::move(compiled));
}

const std::string& Profile::id() const { return compiled_->program.id; }
const std::string& Profile::version() const { return compiled_->program.version; }

const std::string& Profile::digest() const { return compiled_->program.digest; }

std::vector<std::string> Profile::rule_names() const {
  std::vector<std::string> names;
  for (const Rule& rule : compiled_->program.rules) {
    names.push_back(rule.name);
  }
  return names;
}

bool Profile::accepts(std::string_view message_type, std::string_view data_type) const {
  const auto& accepts = compiled_->program.accepts;
  return std::any_of(accepts.begin(), accepts.end(), [&](const Accepts& one) {
    return (one.message_type.empty() || one.message_type == message_type) &&
           (one.data_type.empty() || one.data_type == data_type);
  });
}

Result Profile::run(const Input& input, const Settings& settings) const {
  Result result;
  Run(compiled_->program, input, settings, result).all();
  return result;
}

}  // namespace sekisho::mappings
