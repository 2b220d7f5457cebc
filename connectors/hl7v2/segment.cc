#include <algorithm>

#include "connectors/hl7v2/message.h"

namespace sekisho::connectors::hl7v2 {

namespace {

bool alphanumeric(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_header(std::string_view name) { return name == "MSH" || name == "FHS" || name == "BHS"; }

// The nth piece (1-based) of text split at a separator; empty beyond the last.
std::string_view piece(std::string_view text, char separator, std::size_t number) {
  if (number == 0) {
    return {};
  }
  while (--number > 0) {
    const std::size_t at = text.find(separator);
    if (at == std::string_view::npos) {
      return {};
    }
    text.remove_prefix(at + 1);
  }
  return text.substr(0, text.find(separator));
}

// Nearly always one: a search finds that out faster than a count.
std::size_t pieces(std::string_view text, char separator) {
  if (text.empty()) {
    return 0;
  }
  std::size_t count = 1;
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

Segment::Segment(std::string_view text, std::size_t position, Separators separators)
    : text_(text), position_(position), separators_(separators) {
  const std::size_t name_end = std::min(text.find(separators.field), text.size());
  name_ = text.substr(0, name_end);
  if (name_.size() > 3 || !std::all_of(name_.begin(), name_.end(), alphanumeric)) {
    name_ = {};
  }
  if (name_end == text.size()) {
    return;
  }
  std::string_view rest = text.substr(name_end + 1);
  fields_.reserve(pieces(rest, separators.field) + 1);
  if (is_header(name_)) {
    fields_.push_back(text.substr(name_end, 1));
  }
  for (;;) {
    const std::size_t end = rest.find(separators.field);
    fields_.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(end + 1);
  }
}

std::string_view Segment::field(std::size_t number) const {
  return number == 0 || number > fields_.size() ? std::string_view{} : fields_[number - 1];
}

std::size_t Segment::repetitions(std::size_t number) const {
  const std::string_view text = field(number);
  if (number <= 2 && is_header(name_)) {
    return text.empty() ? 0 : 1;
  }
  return pieces(text, separators_.repetition);
}

std::string_view Segment::raw(std::size_t number, std::size_t repetition) const {
  const std::string_view text = field(number);
  if (number <= 2 && is_header(name_)) {
    return repetition == 1 ? text : std::string_view{};
  }
  return piece(text, separators_.repetition, repetition);
}

std::string_view Segment::raw(std::size_t number, std::size_t repetition,
                              std::size_t component) const {
  if (number <= 2 && is_header(name_)) {
    return component == 1 ? raw(number, repetition) : std::string_view{};
  }
  return piece(raw(number, repetition), separators_.component, component);
}

std::string_view Segment::raw(std::size_t number, std::size_t repetition, std::size_t component,
                              std::size_t subcomponent) const {
  if (number <= 2 && is_header(name_)) {
    return subcomponent == 1 ? raw(number, repetition, component) : std::string_view{};
  }
  return piece(raw(number, repetition, component), separators_.subcomponent, subcomponent);
}

std::size_t Segment::components(std::size_t number, std::size_t repetition) const {
  const std::string_view text = raw(number, repetition);
  return number <= 2 && is_header(name_) ? std::size_t{!text.empty()}
                                         : pieces(text, separators_.component);
}

std::size_t Segment::subcomponents(std::size_t number, std::size_t repetition,
                                   std::size_t component) const {
  const std::string_view text = raw(number, repetition, component);
  return number <= 2 && is_header(name_) ? std::size_t{!text.empty()}
                                         : pieces(text, separators_.subcomponent);
}

bool is_null(std::string_view raw) { return raw == "\"\""; }

const Segment* Message::first(std::string_view name) const {
  const auto found = std::find_if(segments.begin(), segments.end(),
                                  [name](const Segment& s) { return s.name() == name; });
  return found == segments.end() ? nullptr : &*found;
}

std::string Message::type() const {
  const Segment* header = first("MSH");
  if (header == nullptr) {
    return {};
  }
  std::string type(header->raw(9, 1, 1));
  const std::string_view trigger = header->raw(9, 1, 2);
  if (!trigger.empty()) {
    type += '^';
    type += trigger;
  }
  return type;
}

}  // namespace sekisho::connectors::hl7v2
