#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "adapter/agent/phrase.h"

namespace sekisho::agent {

// What doctor found: a stable code, what it is and what to do, in the language of the report.
struct Finding {
  enum class Severity { kFine, kWarning, kError };
  Severity severity = Severity::kFine;
  std::string code;  // "CERT_EXPIRED"; the list stands in docs/operations.md
  std::string what;
  std::string fix;
};

// The findings of one run, in the order of the checks.
class Findings {
 public:
  explicit Findings(Language language) : language_(language) {}
  void ok(const char* code, const Phrase& what,
          std::initializer_list<std::string_view> arguments = {});
  void warn(const char* code, const Phrase& what, const Phrase& fix,
            std::initializer_list<std::string_view> arguments = {});
  void fail(const char* code, const Phrase& what, const Phrase& fix,
            std::initializer_list<std::string_view> arguments = {});
  // A check that was stopped by something that was thrown.
  void thrown(const char* code, const std::string& text, const Phrase& fix);

  const std::vector<Finding>& all() const { return all_; }
  bool healthy() const;  // no error

 private:
  Language language_;
  std::vector<Finding> all_;
};

}  // namespace sekisho::agent
