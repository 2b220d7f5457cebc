#include <array>
#include <cstddef>

#include "adapter/decision/decision.h"
#include "fhir/check.h"

namespace sekisho::decision {
namespace {

constexpr std::array<std::string_view, 40> kNames = {
    "SYS_REGISTRY_UNAVAILABLE",
    "SYS_REGISTRY_INTEGRITY",
    "SYS_POLICY",
    "SYS_CLOCK",
    "SYS_NO_BASELINE",
    "SYS_REGISTRY_STALE",
    "SYS_AUDIT_UNAVAILABLE",
    "SYS_INTERNAL",
    "CLIENT_UNKNOWN",
    "CLIENT_BINDING",
    "PURPOSE_PROHIBITED",
    "PURPOSE_NOT_SERVED",
    "PERMIT_MISSING",
    "PERMIT_NOT_VALID",
    "PERMIT_PURPOSE",
    "PERMIT_CATEGORY",
    "PERMIT_MODE",
    "CLIENT_NOT_PUBLIC_BODY",
    "CLIENT_NOT_CERTIFIED",
    "DATA_UNDELIVERED",
    "DATA_TEST",
    "DATA_IP",
    "SUBJECT_UNRESOLVED",
    "PERMIT_COHORT",
    "PERMIT_PERIOD",
    "OPTOUT",
    "OPTOUT_UNVERIFIED",
    "OPTOUT_AMBIGUOUS",
    "IDENTITY_CONFLICT",
    "NOT_FILED",
    "BEFORE_START_DATE",
    "ITEM_NOT_FILED",
    "DECEASED_NOT_NOTIFIED",
    "NOT_NOTIFIED",
    "GUARDIAN_NOT_NOTIFIED",
    "SELF_NOT_NOTIFIED",
    "RENOTIFY_16_PENDING",
    "WAITING_PERIOD",
    "OPTIN_REQUIRED",
    "OK",
};
static_assert(kNames.size() == static_cast<std::size_t>(Reason::kOk) + 1);

}  // namespace

std::string_view name_of(Reason reason) {
  const auto index = static_cast<std::size_t>(reason);
  fhir::check(index < kNames.size(), "a reason has a name");
  return kNames[index];
}

}  // namespace sekisho::decision
