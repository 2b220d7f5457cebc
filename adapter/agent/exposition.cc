#include "adapter/agent/exposition.h"

#include <cstdio>

namespace sekisho::agent {
namespace {

// A label's value may come from a file that the hospital writes; what the format gives a meaning is
// escaped.
void add_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
}

}  // namespace

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = "sekisho_" + std::string(name);
  out_ += "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " " +
          std::string(type) + "\n";
}

void Exposition::begin(Labels labels, std::string_view suffix) {
  out_ += name_;
  out_ += suffix;
  char next = '{';
  for (const auto& [name, value] : labels) {
    out_ += next;
    out_ += name;
    out_ += "=\"";
    add_escaped(value, out_);
    out_ += '"';
    next = ',';
  }
  out_ += next == ',' ? "} " : " ";
}

void Exposition::sample(std::uint64_t value, Labels labels, std::string_view suffix) {
  begin(labels, suffix);
  out_ += std::to_string(value) + "\n";
}

void Exposition::seconds(double value, Labels labels, std::string_view suffix) {
  begin(labels, suffix);
  char text[400];
  std::snprintf(text, sizeof text, "%.6f\n", value);
  out_ += text;
}

void Exposition::gauge(std::string_view name, std::uint64_t value, std::string_view help) {
  family(name, "gauge", help);
  sample(value);
}

void Exposition::counter(std::string_view name, std::uint64_t value, std::string_view help) {
  family(name, "counter", help);
  sample(value);
}

}  // namespace sekisho::agent
