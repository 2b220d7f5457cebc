#pragma once

#include <cstdint>

#include "fhir/instant.h"

namespace sekisho::agent {

// The machine's wall clock: the only place of the product that reads it. All else is handed a
// Clock.
fhir::Clock system_clock();

// Milliseconds of a clock that is never set back, for durations and for finding that the wall clock
// was.
std::int64_t steady_ms();
std::int64_t steady_us();

}  // namespace sekisho::agent
