#pragma once

#include <chrono>

#include "fhir/instant.h"

namespace sekisho::registry {

// The day on which someone born that day turns 16: for 29 February, 1 March in common years (4.7).
inline fhir::CivilDate sixteenth_birthday(fhir::CivilDate birth) {
  const auto birthday = std::chrono::year_month_day(birth) + std::chrono::years(16);
  return birthday.ok() ? fhir::CivilDate(birthday)
                       : fhir::CivilDate(birthday.year() / std::chrono::March / 1);
}

}  // namespace sekisho::registry
