#include <algorithm>

#include "mappings/claims.h"
#include "mappings/compiler.h"
#include "mappings/embedded.h"
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

Profile Profile::compile(ProfileText text, const FindParent& find) {
  auto compiled = std::make_shared<Compiled>();
  compiled->program = Compiler(inherit(std::move(text), find)).compile();
  return Profile(std::move(compiled));
}

Profile Profile::compile(std::string_view text, const std::string& file, const Open& open) {
  return compile({std::string(text), file, open}, base_profile);
}

const std::string& Profile::id() const { return compiled_->program.id; }
const std::string& Profile::version() const { return compiled_->program.version; }

const std::string& Profile::file() const { return compiled_->program.files.front(); }

const std::vector<std::string>& Profile::parents() const { return compiled_->program.parents; }

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

std::optional<std::string> Profile::data_type_of(std::string_view message_type) const {
  for (const Accepts& one : compiled_->program.accepts) {
    if (one.message_type.empty() || one.message_type == message_type) {
      return one.data_type;
    }
  }
  return std::nullopt;
}

std::set<std::string> Profile::merged_types() const {
  std::set<std::string> types;
  for (const Rule& rule : compiled_->program.rules) {
    if (rule.merges) {
      types.insert(rule.type);
    }
  }
  return types;
}

std::string Profile::claim(std::string_view name, const fhir::Json& body,
                           const std::vector<bool>& holds, const std::string& place,
                           fhir::Issues& issues) const {
  for (const Rule& rule : compiled_->program.rules) {
    if (rule.name == name && holds.size() == rule.profiles.size()) {
      return claim_of(rule, body, holds, place, place, issues);
    }
  }
  return {};
}

bool Profile::overlaps(const Profile& other) const {
  auto meet = [](const std::string& a, const std::string& b) {
    return a.empty() || b.empty() || a == b;
  };
  for (const Accepts& mine : compiled_->program.accepts) {
    for (const Accepts& theirs : other.compiled_->program.accepts) {
      if (meet(mine.message_type, theirs.message_type) && meet(mine.data_type, theirs.data_type)) {
        return true;
      }
    }
  }
  return false;
}

Result Profile::run(const Input& input, const Settings& settings) const {
  Result result;
  Run(compiled_->program, input, settings, result).all();
  return result;
}

}  // namespace sekisho::mappings
