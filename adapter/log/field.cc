#include "adapter/log/field.h"

#include <algorithm>

#include "fhir/json.h"

namespace sekisho::log {
namespace {

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool stands_in_user_names(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
         c == '_' || c == '@' || c == '-';
}

}  // namespace

RequestId::RequestId(std::string_view text) {
  if (text.size() == digits_.size() && std::all_of(text.begin(), text.end(), is_hex)) {
    size_ = text.copy(digits_.data(), digits_.size());
  }
}

OsUser::OsUser(std::string_view text) {
  const bool usable = !text.empty() && text.size() <= name_.size() &&
                      std::all_of(text.begin(), text.end(), stands_in_user_names);
  size_ = (usable ? text : std::string_view("other")).copy(name_.data(), name_.size());
}

void Value::keep(std::string_view text) {
  kind_ = Kind::kKept;
  kept_size_ = text.copy(kept_.data(), kept_.size());
}

void Value::write(std::string& out) const {
  switch (kind_) {
    case Kind::kWord:
      fhir::write_json_string(word_, out);
      return;
    case Kind::kKept:
      fhir::write_json_string({kept_.data(), kept_size_}, out);
      return;
    case Kind::kNumber:
      out += std::to_string(number_);
      return;
    case Kind::kTruth:
      out += number_ != 0 ? "true" : "false";
      return;
  }
}

}  // namespace sekisho::log
