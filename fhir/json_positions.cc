#include "fhir/json.h"

namespace sekisho::fhir {

namespace {

// Walks a text that parse_json has accepted, so that it need not look for errors.
class Positions {
 public:
  explicit Positions(std::string_view text) : text_(text) {}

  std::vector<JsonPosition> take() {
    value(std::string());
    return std::move(found_);
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  // Columns count characters, as editors do: bytes that continue a character do not count.
  void step() {
    if (text_[at_] == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(text_[at_]) & 0xC0) != 0x80) {
      ++column_;
    }
    ++at_;
  }

  void skip_to(std::string_view end) {
    const std::size_t found = text_.find(end, at_ + 2);
    const std::size_t stop = found == std::string_view::npos ? text_.size() : found + end.size();
    while (at_ < stop) {
      step();
    }
  }

  void skip_blank() {
    while (at_ < text_.size()) {
      if (text_.compare(at_, 2, "//") == 0) {
        skip_to("\n");
      } else if (text_.compare(at_, 2, "/*") == 0) {
        skip_to("*/");
      } else if (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' ||
                 text_[at_] == '\r') {
        step();
      } else {
        return;
      }
    }
  }

  std::string_view string_token() {
    const std::size_t begin = at_;
    step();
    while (peek() != '"') {
      if (peek() == '\\') {
        step();
      }
      step();
    }
    step();
    return text_.substr(begin, at_ - begin);
  }

  void value(const std::string& pointer) {
    skip_blank();
    found_.push_back(JsonPosition{pointer, line_, column_});
    switch (peek()) {
      case '{':
        return members(pointer);
      case '[':
        return items(pointer);
      case '"':
        string_token();
        return;
      default:
        while (at_ < text_.size() &&
               std::string_view(",]}/ \t\r\n").find(text_[at_]) == std::string_view::npos) {
          step();
        }
    }
  }

  void members(const std::string& pointer) {
    step();
    for (skip_blank(); peek() != '}'; skip_blank()) {
      const Json name = parse_json(string_token());
      skip_blank();
      step();  // the colon
      value(pointer + "/" + escaped(*name.get<std::string>()));
      skip_blank();
      if (peek() == ',') {
        step();
      }
    }
    step();
  }

  void items(const std::string& pointer) {
    step();
    std::size_t index = 0;
    for (skip_blank(); peek() != ']'; skip_blank()) {
      value(pointer + "/" + std::to_string(index++));
      skip_blank();
      if (peek() == ',') {
        step();
      }
    }
    step();
  }

  // RFC 6901: ~ and / of a name are written ~0 and ~1.
  static std::string escaped(std::string_view name) {
    std::string out;
    for (const char c : name) {
      if (c == '~') {
        out += "~0";
      } else if (c == '/') {
        out += "~1";
      } else {
        out += c;
      }
    }
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t column_ = 1;
  std::vector<JsonPosition> found_;
};

}  // namespace

std::vector<JsonPosition> json_positions(std::string_view text, JsonLimits limits) {
  parse_json(text, limits);
  return Positions(text).take();
}

}  // namespace sekisho::fhir
