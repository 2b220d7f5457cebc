#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sekisho::agent {

// Writes Prometheus' text format 0.0.4: a family with its help and type, then its samples. Every
// name gets the prefix "sekisho_".
class Exposition {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  explicit Exposition(std::string& out) : out_(out) {}
  void family(std::string_view name, std::string_view type, std::string_view help);
  // Of the last family; `suffix` as in "_bucket".
  void sample(std::uint64_t value, Labels labels = {}, std::string_view suffix = {});
  void seconds(double value, Labels labels = {}, std::string_view suffix = {});
  // A family of one sample without labels.
  void gauge(std::string_view name, std::uint64_t value, std::string_view help);
  void counter(std::string_view name, std::uint64_t value, std::string_view help);

 private:
  void begin(Labels labels, std::string_view suffix);

  std::string& out_;
  std::string name_;
};

}  // namespace sekisho::agent
