#include "fhir/json.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <unordered_set>

#include "fhir/check.h"

namespace sekisho::fhir {

// The constructors stand here since clang 14 wants Member complete where the variant is built.
Json::Json(bool value) : value_(value) {}
Json::Json(Number value) : value_(std::move(value)) {}
Json::Json(std::string value) : value_(std::move(value)) {}
Json::Json(std::string_view value) : value_(std::string(value)) {}
Json::Json(const char* value) : value_(std::string(value)) {}
Json::Json(Array value) : value_(std::move(value)) {}
Json::Json(Object value) : value_(std::move(value)) {}

Json Json::integer(long long value) { return Json(Number{std::to_string(value)}); }

Json Json::object(std::initializer_list<Member> members) { return Json(Object(members)); }

const Json* Json::find(std::string_view name) const {
  if (const Object* members = get<Object>()) {
    for (const Member& member : *members) {
      if (member.name == name) {
        return &member.value;
      }
    }
  }
  return nullptr;
}

Json* Json::find(std::string_view name) {
  return const_cast<Json*>(static_cast<const Json*>(this)->find(name));
}

std::string_view Json::text(std::string_view name) const {
  const Json* value = find(name);
  const std::string* text = value == nullptr ? nullptr : value->get<std::string>();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

const Json::Array& Json::items(std::string_view name) const {
  static const Array kNone;
  const Json* value = find(name);
  const Array* array = value == nullptr ? nullptr : value->get<Array>();
  return array == nullptr ? kNone : *array;
}

Json& Json::set(std::string_view name, Json value) {
  if (is_null()) {
    value_ = Object();
  }
  Object* members = get<Object>();
  check(members != nullptr, "Json::set on a value that is no object");
  if (Json* old = find(name)) {
    *old = std::move(value);
  } else {
    members->push_back(Member{std::string(name), std::move(value)});
  }
  return *this;
}

Json& Json::push(Json value) {
  if (is_null()) {
    value_ = Array();
  }
  Array* items = get<Array>();
  check(items != nullptr, "Json::push on a value that is no array");
  items->push_back(std::move(value));
  return *this;
}

bool Json::erase(std::string_view name) {
  Object* members = get<Object>();
  if (members == nullptr) {
    return false;
  }
  const auto at = std::find_if(members->begin(), members->end(),
                               [&](const Member& member) { return member.name == name; });
  if (at == members->end()) {
    return false;
  }
  members->erase(at);
  return true;
}

// Not defaulted: clang 14 crashes on the recursion.
bool Json::operator==(const Json& other) const { return value_ == other.value_; }

JsonError::JsonError(std::size_t offset, std::string reason)
    : Error(ErrorCode::kInput, "byte " + std::to_string(offset) + ": " + reason),
      offset_(offset),
      reason_(std::move(reason)) {}

namespace {

// A member name as it may stand in an error text: cut at a character border.
std::string shown(std::string_view name) {
  constexpr std::size_t kMost = 64;
  if (name.size() <= kMost) {
    return std::string(name);
  }
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) {
    --end;
  }
  return std::string(name.substr(0, end)) + "...";
}

// Builds the value from RapidJSON's events. Values that are not yet part of an array or object
// wait on one stack, so that each array and object is allocated once, in its final size.
class Builder {
 public:
  explicit Builder(std::size_t max_depth) : max_depth_(max_depth) { stack_.reserve(32); }

  const std::string& refusal() const { return refusal_; }
  Json result() { return std::move(stack_.front().value); }

  // NOLINTBEGIN: the names are RapidJSON's.
  bool Null() { return put(Json()); }
  bool Bool(bool value) { return put(Json(value)); }
  // Numbers come as text (kParseNumbersAsStringsFlag).
  bool RawNumber(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    return put(Json(Number{std::string(text, size)}));
  }
  bool Int(int) { return refuse("number that is no text"); }
  bool Uint(unsigned) { return refuse("number that is no text"); }
  bool Int64(std::int64_t) { return refuse("number that is no text"); }
  bool Uint64(std::uint64_t) { return refuse("number that is no text"); }
  bool Double(double) { return refuse("number that is no text"); }
  bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    return acceptable(text, size) && put(Json(std::string(text, size)));
  }
  bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    if (!acceptable(text, size)) {
      return false;
    }
    const std::string_view name(text, size);
    if (is_taken(name)) {
      return refuse("\"" + shown(name) + "\" is given twice");
    }
    stack_.push_back(Json::Member{std::string(name), Json()});
    return true;
  }
  bool StartObject() { return open(true); }
  bool StartArray() { return open(false); }
  bool EndObject(rapidjson::SizeType) {
    const auto first = first_of_open();
    Json::Object members(std::make_move_iterator(first), std::make_move_iterator(stack_.end()));
    return close(Json(std::move(members)));
  }
  bool EndArray(rapidjson::SizeType) {
    const auto first = first_of_open();
    Json::Array items;
    items.reserve(static_cast<std::size_t>(stack_.end() - first));
    for (auto at = first; at != stack_.end(); ++at) {
      items.push_back(std::move(at->value));
    }
    return close(Json(std::move(items)));
  }
  // NOLINTEND

 private:
  struct Open {
    std::size_t first;  // index of the first child in stack_
    bool is_object;
    // The names so far, once there are many: the scan over all of them is quadratic.
    std::unique_ptr<std::unordered_set<std::string>> names = nullptr;
  };
  static constexpr std::size_t kMany = 24;

  bool refuse(std::string why) {
    refusal_ = std::move(why);
    return false;
  }

  // RapidJSON lets \u0000 and a lone low surrogate through; the latter comes out as ED B0 80.
  bool acceptable(const char* text, std::size_t size) {
    if (std::memchr(text, 0, size) != nullptr) {
      return refuse("NUL in a string");
    }
    const char* const end = text + size;
    const void* hit = nullptr;
    while ((hit = std::memchr(text, 0xED, static_cast<std::size_t>(end - text))) != nullptr) {
      text = static_cast<const char*>(hit) + 1;
      if (text != end && static_cast<unsigned char>(*text) >= 0xA0) {
        return refuse("lone surrogate in a string");
      }
    }
    return true;
  }

  bool is_taken(std::string_view name) {
    Open& open = open_.back();
    const std::size_t count = stack_.size() - open.first;
    if (count < kMany) {
      return std::any_of(first_of_open(), stack_.end(),
                         [&](const Json::Member& member) { return member.name == name; });
    }
    if (open.names == nullptr) {
      open.names = std::make_unique<std::unordered_set<std::string>>();
      for (auto at = first_of_open(); at != stack_.end(); ++at) {
        open.names->insert(at->name);
      }
    }
    return !open.names->emplace(name).second;
  }

  std::vector<Json::Member>::iterator first_of_open() {
    return stack_.begin() + static_cast<std::ptrdiff_t>(open_.back().first);
  }

  bool put(Json value) {
    if (!open_.empty() && open_.back().is_object) {
      stack_.back().value = std::move(value);
    } else {
      stack_.push_back(Json::Member{std::string(), std::move(value)});
    }
    return true;
  }

  bool open(bool is_object) {
    if (open_.size() == max_depth_) {
      return refuse("deeper than " + std::to_string(max_depth_) + " levels");
    }
    open_.push_back(Open{stack_.size(), is_object});
    return true;
  }

  bool close(Json value) {
    stack_.resize(open_.back().first);
    open_.pop_back();
    return put(std::move(value));
  }

  std::size_t max_depth_;
  std::vector<Json::Member> stack_;
  std::vector<Open> open_;
  std::string refusal_;
};

// The counted stream and the iterative parser: the NUL-terminated stream reads past the end when it
// validates encoding, and the recursive parser overflows the machine's stack.
template <unsigned kMoreFlags>
rapidjson::ParseResult run(std::string_view text, Builder& builder) {
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag | kMoreFlags;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  return reader.Parse<kFlags>(stream, builder);
}

}  // namespace

Json parse_json(std::string_view text, JsonLimits limits) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 31;  // RapidJSON counts in 32 bits
  if (text.size() >= kMostBytes) {
    throw JsonError(0, "text of 2 GiB or more");
  }
  if (text.substr(0, 3) == "\xEF\xBB\xBF") {
    throw JsonError(0, "byte order mark; save the text as UTF-8 without one");
  }
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    throw JsonError(nul, "NUL");
  }
  Builder builder(limits.max_depth);
  const rapidjson::ParseResult result =
      limits.comments ? run<rapidjson::kParseCommentsFlag>(text, builder) : run<0>(text, builder);
  if (result.IsError()) {
    const bool refused = result.Code() == rapidjson::kParseErrorTermination;
    throw JsonError(result.Offset(),
                    refused ? builder.refusal() : rapidjson::GetParseError_En(result.Code()));
  }
  return builder.result();
}

}  // namespace sekisho::fhir
