#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sekisho::fakes {

// One HL7 v2 segment, written field by field in rising order.
class Line {
 public:
  explicit Line(std::string& message, std::string_view name) : message_(message) {
    message_ += name;
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { message_ += '\r'; }

  Line& put(std::size_t field, std::string_view text) {
    if (!text.empty()) {
      message_.append(field - at_, '|');
      message_ += text;
      at_ = field;
    }
    return *this;
  }

 private:
  std::string& message_;
  std::size_t at_ = 0;
};

}  // namespace sekisho::fakes
