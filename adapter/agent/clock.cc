#include "adapter/agent/clock.h"

#include <chrono>

namespace sekisho::agent {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

fhir::Clock system_clock() {
  return [] {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return fhir::Instant{duration_cast<milliseconds>(since).count()};
  };
}

std::int64_t steady_ms() {
  return duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::int64_t steady_us() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace sekisho::agent
