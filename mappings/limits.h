#pragma once

#include <cstddef>

namespace sekisho::mappings {

// Of one run over one message, far above any real one. What passes one of them is refused whole,
// not cut.
struct Limits {
  std::size_t bytes = 64u << 20;     // of the message's text
  std::size_t segments = 100'000;    // of the message
  std::size_t repetitions = 10'000;  // of a field
  std::size_t resources = 20'000;    // made
  std::size_t steps = 50'000'000;    // expressions and templates evaluated: stands for time
  std::size_t depth = 512;           // of templates and variables within each other
  std::size_t text = 256u << 20;     // bytes that functions make of texts
};

}  // namespace sekisho::mappings
