#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "connectors/hl7v2/message.h"
#include "fhir/json.h"

namespace sekisho::mappings {

// A place in a message, not yet read. 0 stands for "all repetitions" or "the whole field".
struct FieldRef {
  const connectors::hl7v2::Segment* segment = nullptr;
  std::uint16_t field = 0;
  std::uint16_t repetition = 0;
  std::uint16_t component = 0;
  std::uint16_t subcomponent = 0;
};

// A code that a ConceptMap gave: as text it is the code, as `coding` or `concept` the whole Coding.
struct MappedCode {
  std::string system;
  std::string code;
  std::string display;
};

struct Null {};  // the explicit null of HL7, two double quotes

// What an expression yields. Message fields stay references until their text is needed, so that a
// function may still ask for components and an Issue can name the place.
struct Value {
  using List = std::vector<Value>;
  std::variant<std::monostate, Null, std::string, fhir::Number, bool, FieldRef, const MappedCode*,
               fhir::Json, List>
      is;

  template <class T>
  const T* get() const {
    return std::get_if<T>(&is);
  }
  bool empty() const { return std::holds_alternative<std::monostate>(is); }
};

inline Value empty_value() { return {}; }
inline Value text_value(std::string text) {
  Value value;
  if (!text.empty()) {
    value.is = std::move(text);
  }
  return value;
}
inline Value bool_value(bool truth) {
  Value value;
  value.is = truth;
  return value;
}
inline Value json_value(fhir::Json json) {
  Value value;
  if (!json.is_null()) {
    value.is = std::move(json);
  }
  return value;
}
inline Value list_value(Value::List items) {
  Value value;
  value.is = std::move(items);
  return value;
}

// White space of ASCII and U+3000 at both ends.
std::string_view trimmed(std::string_view text);
bool is_blank(std::string_view text);
// The text with white space (U+3000 too) at its ends and control characters gone: what FHIR takes
// as a code or a display.
std::string clean(std::string_view text);

}  // namespace sekisho::mappings
