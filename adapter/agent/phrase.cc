#include "adapter/agent/phrase.h"

#include "fhir/check.h"

namespace sekisho::agent {

std::string say(Language language, const Phrase& phrase,
                std::initializer_list<std::string_view> arguments) {
  const std::string_view text = language == Language::kJapanese ? phrase.ja : phrase.en;
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}' && text[i + 1] >= '0' &&
        text[i + 1] <= '9') {
      const auto number = static_cast<std::size_t>(text[i + 1] - '0');
      fhir::check(number < arguments.size(), "a phrase names an argument that was not given");
      result += *(arguments.begin() + number);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace sekisho::agent
