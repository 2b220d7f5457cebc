#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace sekisho::agent {

enum class Language { kJapanese, kEnglish };

// A text for the hospital in both languages. "{0}" is the first argument.
struct Phrase {
  std::string_view ja;
  std::string_view en;
};

std::string say(Language language, const Phrase& phrase,
                std::initializer_list<std::string_view> arguments = {});

}  // namespace sekisho::agent
