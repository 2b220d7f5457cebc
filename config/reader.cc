#include "config/reader.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

#include "fhir/error.h"

namespace sekisho::config {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Json;
using fhir::Number;

namespace {

// "/storages/0/path" as people write it: "storages[0].path".
std::string spelled(const std::string& pointer) {
  std::string name;
  for (std::size_t at = 0; at < pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', at + 1), pointer.size());
    const std::string part = pointer.substr(at + 1, end - at - 1);
    const bool index = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
    if (index) {
      name += "[" + part + "]";
    } else {
      name += (name.empty() ? "" : ".") + part;
    }
    at = end;
  }
  return name;
}

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

// RFC 6901.
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out;
}

// `pointer` is a JSON pointer.
[[noreturn]] void refuse_at(const Source& source, const std::string& pointer,
                            const std::string& what) {
  std::string where = source.file;
  // A member that is not there has the place of the object that lacks it.
  for (std::string at = pointer;; at.resize(at.rfind('/'))) {
    const auto position =
        std::find_if(source.positions.begin(), source.positions.end(),
                     [&](const fhir::JsonPosition& one) { return one.pointer == at; });
    if (position != source.positions.end()) {
      where += ":" + std::to_string(position->line) + ":" + std::to_string(position->column);
      break;
    }
    if (at.empty()) {
      break;
    }
  }
  const std::string name = spelled(pointer);
  throw Error(ErrorCode::kConfig, where + ": " + (name.empty() ? "" : name + ": ") + what);
}

}  // namespace

Reader::Reader(const Source& source, std::string pointer, const Json& object)
    : source_(source), pointer_(std::move(pointer)), object_(object) {
  if (object_.get<Json::Object>() == nullptr) {
    refuse_at(source_, pointer_, "must be an object, { ... }");
  }
}

const Json* Reader::member(std::string_view key) {
  known_.emplace_back(key);
  return object_.find(key);
}

void Reader::refuse(std::string_view key, const std::string& what) const {
  refuse_at(source_, pointer_ + "/" + escaped(key), what);
}

void Reader::text(std::string_view key, std::string& target) {
  if (const Json* value = member(key)) {
    const auto* text = value->get<std::string>();
    if (text == nullptr) {
      refuse(key, "must be a text in double quotes");
    }
    target = *text;
  }
}

void Reader::choice(std::string_view key, std::string& target,
                    std::initializer_list<std::string_view> allowed) {
  text(key, target);
  if (std::find(allowed.begin(), allowed.end(), target) == allowed.end()) {
    std::string all;
    for (const std::string_view one : allowed) {
      all += (all.empty() ? "\"" : ", \"") + std::string(one) + "\"";
    }
    refuse(key, "must be one of " + all);
  }
}

void Reader::truth(std::string_view key, bool& target) {
  if (const Json* value = member(key)) {
    const auto* truth = value->get<bool>();
    if (truth == nullptr) {
      refuse(key, "must be true or false");
    }
    target = *truth;
  }
}

void Reader::fraction(std::string_view key, double& target) {
  if (const Json* value = member(key)) {
    const auto* number = value->get<Number>();
    double read = -1;
    if (number != nullptr) {
      std::from_chars(number->text.data(), number->text.data() + number->text.size(), read);
    }
    if (!(read >= 0 && read <= 1)) {
      refuse(key, "must be a number from 0 to 1");
    }
    target = read;
  }
}

std::int64_t Reader::whole_number(std::string_view key, std::int64_t target, std::int64_t least,
                                  std::int64_t most) {
  const Json* value = member(key);
  if (value == nullptr) {
    return target;
  }
  std::int64_t read = 0;
  bool whole = false;
  if (const auto* number = value->get<Number>()) {
    const char* end = number->text.data() + number->text.size();
    const auto [stopped, error] = std::from_chars(number->text.data(), end, read);
    whole = error == std::errc() && stopped == end;
  }
  if (!whole || read < least || read > most) {
    refuse(key,
           "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return read;
}

void Reader::texts(std::string_view key, std::vector<std::string>& target) {
  const Json* value = member(key);
  if (value == nullptr) {
    return;
  }
  const auto* items = value->get<Json::Array>();
  if (items == nullptr) {
    refuse(key, "must be a list of texts, [ ... ]");
  }
  target.clear();
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto* text = (*items)[i].get<std::string>();
    if (text == nullptr) {
      refuse_at(source_, pointer_ + "/" + escaped(key) + "/" + std::to_string(i),
                "must be a text in double quotes");
    }
    target.push_back(*text);
  }
}

void Reader::section(std::string_view key, const std::function<void(Reader&)>& read) {
  if (const Json* value = member(key)) {
    Reader below(source_, pointer_ + "/" + escaped(key), *value);
    read(below);
    below.finish();
  }
}

void Reader::sections(std::string_view key, const std::function<void(Reader&, std::size_t)>& read) {
  const Json* value = member(key);
  if (value == nullptr) {
    return;
  }
  const auto* items = value->get<Json::Array>();
  if (items == nullptr) {
    refuse(key, "must be a list of objects, [ { ... } ]");
  }
  for (std::size_t i = 0; i < items->size(); ++i) {
    Reader below(source_, pointer_ + "/" + escaped(key) + "/" + std::to_string(i), (*items)[i]);
    read(below, i);
    below.finish();
  }
}

std::vector<std::string> Reader::keys() const {
  std::vector<std::string> names;
  for (const Json::Member& member : *object_.get<Json::Object>()) {
    names.push_back(member.name);
  }
  return names;
}

void Reader::finish() const {
  for (const Json::Member& member : *object_.get<Json::Object>()) {
    if (std::find(known_.begin(), known_.end(), member.name) != known_.end()) {
      continue;
    }
    std::string list;
    for (const std::string& known : known_) {
      list += (list.empty() ? "" : ", ") + known;
    }
    const auto nearest = std::min_element(
        known_.begin(), known_.end(), [&](const std::string& a, const std::string& b) {
          return distance(a, member.name) < distance(b, member.name);
        });
    // A suggestion that shares less than half of its letters would mislead.
    const bool near =
        nearest != known_.end() && 2 * distance(*nearest, member.name) <= nearest->size();
    refuse(member.name, "unknown key; " +
                            (near ? "did you mean \"" + *nearest + "\"? " : std::string()) +
                            "(known: " + list + ")");
  }
}

}  // namespace sekisho::config
