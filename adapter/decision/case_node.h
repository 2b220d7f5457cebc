#pragma once

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/error.h"
#include "fhir/json.h"

namespace sekisho::decision {

[[noreturn]] inline void refuse(const std::string& place, std::string_view why) {
  throw fhir::Error(fhir::ErrorCode::kInput, "case file: " + place + ": " + std::string(why));
}

// An object of the file with its place ("cases[3].env"); knows its keys and refuses all others.
// Whatever is refused is Error(kInput). The value must outlive it.
class Node {
 public:
  Node(const fhir::Json& value, std::string place, std::initializer_list<std::string_view> keys)
      : value_(value), place_(std::move(place)) {
    const auto* members = value.get<fhir::Json::Object>();
    if (members == nullptr) {
      refuse(place_, "is no object");
    }
    for (const fhir::Json::Member& member : *members) {
      if (std::find(keys.begin(), keys.end(), member.name) == keys.end()) {
        refuse(place_, "unknown key \"" + member.name + "\"; nothing of the file was decided");
      }
    }
  }

  const fhir::Json* find(std::string_view key) const { return value_.find(key); }
  std::string at(std::string_view key) const { return place_ + "." + std::string(key); }

  bool flag(std::string_view key, bool absent) const {
    const fhir::Json* value = value_.find(key);
    if (value == nullptr) {
      return absent;
    }
    const bool* read = value->get<bool>();
    if (read == nullptr) {
      refuse(at(key), "is neither true nor false");
    }
    return *read;
  }

  std::string text(std::string_view key) const {
    const fhir::Json* value = value_.find(key);
    if (value == nullptr) {
      return {};
    }
    const std::string* read = value->get<std::string>();
    if (read == nullptr) {
      refuse(at(key), "is no text");
    }
    return *read;
  }

  std::optional<double> number(std::string_view key) const {
    const fhir::Json* value = value_.find(key);
    if (value == nullptr) {
      return std::nullopt;
    }
    const auto* read = value->get<fhir::Number>();
    if (read == nullptr) {
      refuse(at(key), "is no number");
    }
    // Out of range for what follows would be undefined; a bound of 300,000 years serves.
    return std::clamp(std::strtod(read->text.c_str(), nullptr), -9e12, 9e12);
  }

  std::vector<std::string> texts(std::string_view key) const {
    const fhir::Json* value = value_.find(key);
    return value == nullptr ? std::vector<std::string>{} : texts_of(*value, at(key));
  }

  static std::vector<std::string> texts_of(const fhir::Json& value, const std::string& place) {
    const auto* items = value.get<fhir::Json::Array>();
    if (items == nullptr) {
      refuse(place, "is no list");
    }
    std::vector<std::string> result;
    for (const fhir::Json& item : *items) {
      const std::string* text = item.get<std::string>();
      if (text == nullptr) {
        refuse(place, "holds something that is no text");
      }
      result.push_back(*text);
    }
    return result;
  }

 private:
  const fhir::Json& value_;
  std::string place_;
};

}  // namespace sekisho::decision
