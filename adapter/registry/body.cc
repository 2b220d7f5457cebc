#include "adapter/registry/body.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "fhir/resource.h"

namespace sekisho::registry {

using fhir::CategorySet;
using fhir::Json;

Body::Body(const Json& body, std::string place, std::initializer_list<std::string_view> keys,
           fhir::Issues& issues)
    : body_(body), place_(std::move(place)), issues_(issues) {
  const auto* members = body.get<Json::Object>();
  if (members == nullptr) {
    refuse("", "structure", "it is no object");
    return;
  }
  std::string known;
  for (const std::string_view key : keys) {
    known += (known.empty() ? "" : ", ") + std::string(key);
  }
  for (const Json::Member& member : *members) {
    if (std::find(keys.begin(), keys.end(), member.name) == keys.end()) {
      refuse(member.name, "unknown-key", "unknown key (known: " + known + ")");
    }
  }
}

void Body::refuse(std::string_view key, std::string code, std::string diagnostics) const {
  fhir::Issue issue;
  issue.code = std::move(code);
  issue.expression = key.empty() ? place_ : place_ + "." + std::string(key);
  issue.diagnostics = std::move(diagnostics);
  issues_.push_back(std::move(issue));
}

std::string Body::text(std::string_view key) const {
  const Json* value = body_.find(key);
  if (value == nullptr) {
    return {};
  }
  const std::string* read = value->get<std::string>();
  if (read == nullptr) {
    refuse(key, "structure", "it is no text");
    return {};
  }
  return *read;
}

std::string Body::needed_text(std::string_view key) const {
  std::string value = text(key);
  if (value.empty()) {
    refuse(key, "required", "it is missing");
  }
  return value;
}

std::string Body::needed_name(std::string_view key) const {
  std::string value = needed_text(key);
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  };
  if (value.size() > 64 || !std::all_of(value.begin(), value.end(), allowed)) {
    refuse(key, "value", "it takes 1 to 64 of A-Z a-z 0-9 . _ -");
  }
  return value;
}

std::vector<std::string> Body::texts(std::string_view key) const {
  const Json* value = body_.find(key);
  std::vector<std::string> result;
  if (value == nullptr) {
    return result;
  }
  const auto* items = value->get<Json::Array>();
  if (items == nullptr) {
    refuse(key, "structure", "it is no list");
    return result;
  }
  for (const Json& item : *items) {
    const std::string* text = item.get<std::string>();
    if (text == nullptr || text->empty()) {
      refuse(key, "structure", "it holds something that is no text");
    } else {
      result.push_back(*text);
    }
  }
  return result;
}

std::vector<std::string> Body::logical_ids(std::string_view key) const {
  std::vector<std::string> ids = texts(key);
  for (const std::string& id : ids) {
    if (!fhir::is_logical_id(id)) {
      refuse(key, "value", "it holds something that is no id of a Patient resource");
    }
  }
  return ids;
}

bool Body::flag(std::string_view key, bool denying) const {
  const Json* value = body_.find(key);
  if (value == nullptr) {
    return denying;
  }
  const bool* read = value->get<bool>();
  if (read == nullptr) {
    refuse(key, "structure", "it is neither true nor false");
    return denying;
  }
  return *read;
}

std::optional<std::int64_t> Body::integer(std::string_view key) const {
  const Json* value = body_.find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  const auto* number = value->get<fhir::Number>();
  std::int64_t result = 0;
  if (number != nullptr) {
    const char* end = number->text.data() + number->text.size();
    const auto parsed = std::from_chars(number->text.data(), end, result);
    if (parsed.ec == std::errc() && parsed.ptr == end) {
      return result;
    }
  }
  refuse(key, "structure", "it is no whole number");
  return std::nullopt;
}

std::optional<fhir::CivilDate> Body::date(std::string_view key) const {
  const std::string value = text(key);
  const auto day = fhir::parse_civil_date(value);
  if (!value.empty() && !day) {
    refuse(key, "value", "it is no day (YYYY-MM-DD)");
  }
  return day;
}

std::optional<fhir::Instant> Body::instant(std::string_view key) const {
  const std::string value = text(key);
  const auto at = fhir::parse_instant(value);
  if (!value.empty() && !at) {
    refuse(key, "value", "it is no instant (YYYY-MM-DDThh:mm:ss and a zone)");
  }
  return at;
}

std::optional<Track> Body::track(std::string_view key) const {
  const auto found = word(key, {"anon", "pseudo"});
  return found ? std::optional(*found == 0 ? Track::kAnon : Track::kPseudo) : std::nullopt;
}

bool Body::tracks(std::string_view key, std::vector<Track>& out) const {
  bool all_known = true;
  for (const std::string& text : texts(key)) {
    if (text == "anon" || text == "pseudo") {
      out.push_back(text == "anon" ? Track::kAnon : Track::kPseudo);
    } else {
      refuse(key, "value", "a track is \"anon\" or \"pseudo\"");
      all_known = false;
    }
  }
  return all_known;
}

bool Body::categories(std::string_view key, const fhir::CategoryVocabulary& vocabulary,
                      CategorySet& out) const {
  bool all_known = true;
  for (const std::string& code : texts(key)) {
    if (const auto known = vocabulary.of(code)) {
      out |= *known;
    } else {
      refuse(key, "value", "it holds a code that is no data category of this installation");
      all_known = false;
    }
  }
  return all_known;
}

std::optional<std::size_t> Body::word(std::string_view key,
                                      std::initializer_list<std::string_view> words) const {
  const std::string value = needed_text(key);
  if (value.empty()) {
    return std::nullopt;
  }
  const auto found = std::find(words.begin(), words.end(), value);
  if (found != words.end()) {
    return static_cast<std::size_t>(found - words.begin());
  }
  std::string known;
  for (const std::string_view each : words) {
    known += (known.empty() ? "" : ", ") + std::string(each);
  }
  refuse(key, "value", "it is none of: " + known);
  return std::nullopt;
}

}  // namespace sekisho::registry
