#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/error.h"
#include "fhir/instant.h"

namespace sekisho::log {

// A text that stands in the program: a literal. Nothing that is made at run time becomes one.
class Word {
 public:
  constexpr Word() = default;
  template <std::size_t N>
  consteval Word(const char (&literal)[N]) : text_(literal, N - 1) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// The agent's own id of a request: 32 lower-case hexadecimal digits. Anything else leaves it empty.
class RequestId {
 public:
  explicit RequestId(std::string_view text);
  std::string_view text() const { return {digits_.data(), size_}; }

 private:
  std::array<char, 32> digits_{};
  std::size_t size_ = 0;
};

// The name of an operating-system user: [A-Za-z0-9._@-], at most 32. Anything else is "other".
class OsUser {
 public:
  explicit OsUser(std::string_view text);
  std::string_view text() const { return {name_.data(), size_}; }

 private:
  std::array<char, 32> name_{};
  std::size_t size_ = 0;
};

// What may stand in a log line. There is no way from a text of a record to one of these.
class Value {
 public:
  template <std::size_t N>
  consteval Value(const char (&literal)[N]) : word_(literal, N - 1) {}
  Value(Word word) : word_(word.text()) {}
  Value(fhir::ErrorCode code) : word_(fhir::name_of(code)) {}
  Value(RequestId id) { keep(id.text()); }
  Value(OsUser user) { keep(user.text()); }
  Value(fhir::Instant instant) { keep(fhir::to_text(instant)); }
  template <std::same_as<bool> Truth>
  Value(Truth truth) : kind_(Kind::kTruth), number_(truth ? 1 : 0) {}
  template <std::integral Number>
  requires(!std::same_as<Number, bool> && !std::same_as<Number, char>) Value(Number number)
      : kind_(Kind::kNumber), number_(static_cast<std::int64_t>(number)) {}

  void write(std::string& out) const;  // as JSON

 private:
  enum class Kind { kWord, kKept, kNumber, kTruth };
  void keep(std::string_view text);

  Kind kind_ = Kind::kWord;
  std::int64_t number_ = 0;
  std::string_view word_;        // of the program
  std::array<char, 32> kept_{};  // of the types above that check what they hold
  std::size_t kept_size_ = 0;
};

struct Field {
  Word name;
  Value value;
};

}  // namespace sekisho::log
