#include <algorithm>
#include <chrono>

#include "adapter/decision/decision.h"

// Legal days (release-decision 4.7): plain calendar arithmetic on civil days of Japan.
namespace sekisho::decision {

using fhir::CivilDate;
using registry::WaitRule;

namespace {

CivilDate after_30_days(CivilDate notice) {
  // The day of the notice does not count (Civil Code 140).
  return notice + std::chrono::days(31);
}

CivilDate after_1_month(CivilDate notice) {
  // The period begins the next day and ends the day before the corresponding day of the next month,
  // or with that month where it has no such day (Civil Code 143); eligible the day after.
  const std::chrono::year_month_day first(notice + std::chrono::days(1));
  const auto month = std::chrono::year_month(first.year(), first.month()) + std::chrono::months(1);
  const std::chrono::year_month_day corresponding(month.year(), month.month(), first.day());
  if (corresponding.ok()) {
    return CivilDate(corresponding);
  }
  const auto following = month + std::chrono::months(1);
  return CivilDate(following / std::chrono::day(1));
}

}  // namespace

CivilDate eligible_from(CivilDate notice, WaitRule rule) {
  switch (rule) {
    case WaitRule::k30Days:
      return after_30_days(notice);
    case WaitRule::k1Month:
      return after_1_month(notice);
    case WaitRule::kLater:
      break;
  }
  return std::max(after_30_days(notice), after_1_month(notice));
}

}  // namespace sekisho::decision
