#include "adapter/agent/finding.h"

#include <algorithm>

namespace sekisho::agent {

void Findings::ok(const char* code, const Phrase& what,
                  std::initializer_list<std::string_view> arguments) {
  all_.push_back({Finding::Severity::kFine, code, say(language_, what, arguments), {}});
}

void Findings::warn(const char* code, const Phrase& what, const Phrase& fix,
                    std::initializer_list<std::string_view> arguments) {
  all_.push_back({Finding::Severity::kWarning, code, say(language_, what, arguments),
                  say(language_, fix, arguments)});
}

void Findings::fail(const char* code, const Phrase& what, const Phrase& fix,
                    std::initializer_list<std::string_view> arguments) {
  all_.push_back({Finding::Severity::kError, code, say(language_, what, arguments),
                  say(language_, fix, arguments)});
}

void Findings::thrown(const char* code, const std::string& text, const Phrase& fix) {
  all_.push_back({Finding::Severity::kError, code, text, say(language_, fix)});
}

bool Findings::healthy() const {
  return std::none_of(all_.begin(), all_.end(), [](const Finding& finding) {
    return finding.severity == Finding::Severity::kError;
  });
}

}  // namespace sekisho::agent
