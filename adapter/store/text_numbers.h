#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sekisho::store {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

// Numbers of interned texts, found by a view without a copy of it.
using TextNumbers = std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>>;

}  // namespace sekisho::store
