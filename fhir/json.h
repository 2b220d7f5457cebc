#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fhir/error.h"

namespace sekisho::fhir {

// A JSON number as it was written: 1.50 stays 1.50. `text` is always a valid JSON number.
struct Number {
  std::string text;
  bool operator==(const Number&) const = default;
};

// A JSON value with value semantics; objects keep the order of their members and never hold a name
// twice. Not thread-safe for writing; concurrent reading is fine.
class Json {
 public:
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;

  Json() = default;  // null
  Json(bool value);
  Json(Number value);
  Json(std::string value);
  Json(std::string_view value);
  Json(const char* value);
  Json(Array value);
  Json(Object value);
  static Json integer(long long value);
  static Json object(std::initializer_list<Member> members);

  // The value as T (std::monostate, bool, Number, std::string, Array or Object), null if it is of
  // another type. The pointer is good until this value changes.
  template <class T>
  const T* get() const {
    return std::get_if<T>(&value_);
  }
  template <class T>
  T* get() {
    return std::get_if<T>(&value_);
  }
  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }

  // The member of that name, null if there is none or this is no object.
  const Json* find(std::string_view name) const;
  Json* find(std::string_view name);
  // The text of a string member, or an empty view. The view is good until this value changes.
  std::string_view text(std::string_view name) const;
  // The items of an array member, or an empty array.
  const Array& items(std::string_view name) const;

  // Sets or replaces a member; null becomes an empty object first. Checked: this is an object.
  Json& set(std::string_view name, Json value);
  // Appends to an array; null becomes an empty array first. Checked: this is an array.
  Json& push(Json value);
  // Removes a member if it is there; true if it was.
  bool erase(std::string_view name);

  bool operator==(const Json&) const;

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

struct Json::Member {
  std::string name;
  Json value;
  bool operator==(const Member&) const = default;
};

struct JsonLimits {
  std::size_t max_depth = 64;
  bool comments = false;  // accept // and /* */ (configuration and mapping profiles only)
};

// Thrown by parse_json: ErrorCode::kInput, with the byte offset; its text names offset and reason
// and repeats no content but member names.
class JsonError : public Error {
 public:
  JsonError(std::size_t offset, std::string reason);
  std::size_t offset() const { return offset_; }
  const std::string& reason() const { return reason_; }

 private:
  std::size_t offset_;
  std::string reason_;
};

// Strict RFC 8259 in UTF-8: refuses a byte order mark, invalid or overlong UTF-8, lone surrogates,
// NUL, duplicate members, depth over the limit, anything after the value, and 2 GiB or more.
Json parse_json(std::string_view text, JsonLimits limits = {});

// Where each value of a text starts, by JSON pointer ("/rules/2/body"), 1-based, columns in
// characters. For errors about files that people write. Throws what parse_json throws.
struct JsonPosition {
  std::string pointer;
  std::size_t line = 0;
  std::size_t column = 0;
};
std::vector<JsonPosition> json_positions(std::string_view text, JsonLimits limits = {});

// Compact text, members in order, minimal escapes, UTF-8 kept as it is.
std::string write_json(const Json& value);
void write_json(const Json& value, std::string& out);  // appends
// Two-space indentation, for people.
std::string write_json_pretty(const Json& value);
// Appends `text` as a JSON string with quotes.
void write_json_string(std::string_view text, std::string& out);

}  // namespace sekisho::fhir
