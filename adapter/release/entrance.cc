#include "adapter/release/entrance.h"

#include <string_view>
#include <vector>

namespace sekisho::release {

namespace {

using decision::Reason;

Refusal refusal_of(Reason reason) {
  return is_system(reason) ? Refusal::kClosed : Refusal::kForbidden;
}

std::string_view name_of(registry::Mode mode) {
  switch (mode) {
    case registry::Mode::kM0:
      return "M0";
    case registry::Mode::kM1:
      return "M1";
    case registry::Mode::kM2:
      return "M2";
    case registry::Mode::kM3:
      return "M3";
    case registry::Mode::kUnknown:
      return "";
  }
  return "";
}

bool is_about_purpose(Reason reason) {
  return reason == Reason::kPurposeProhibited || reason == Reason::kPurposeNotServed ||
         reason == Reason::kPermitPurpose;
}

// Whether the permit was found to be this client's and valid, asked without a purpose in hand: a
// reason that comes after it, or kOk. Until then "which purpose?" must not be answered, for it
// would tell that the permit exists.
Reason may_ask_for_any(const registry::State& state, const registry::Environment& environment,
                       decision::Asking asking, const std::vector<std::string>& purposes) {
  Reason reason = Reason::kPurposeNotServed;
  for (const std::string& purpose : purposes) {
    asking.purpose = purpose;
    reason = decision::may_ask(state, environment, asking);
    if (!is_about_purpose(reason)) {
      return reason;
    }
  }
  return reason;
}

bool comes_before_validity(Reason reason) {
  return is_system(reason) || is_about_purpose(reason) || reason == Reason::kClientUnknown ||
         reason == Reason::kClientBinding || reason == Reason::kPermitMissing ||
         reason == Reason::kPermitNotValid;
}

}  // namespace

bool is_system(Reason reason) { return reason < Reason::kClientUnknown; }

int status_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kBadRequest:
      return 400;
    case Refusal::kClosed:
      return 503;
    case Refusal::kForbidden:
      return 403;
    case Refusal::kNotSupported:
      return 501;
  }
  return 503;
}

Entrance enter(const registry::State& state, const registry::Environment& environment,
               const Asker& asker, fhir::Instant now) {
  Entrance entrance;
  if (asker.permits.size() != 1 || asker.permits.front().empty() || asker.purposes.size() > 1) {
    entrance.refusal = Refusal::kBadRequest;
    return entrance;
  }
  decision::Asking asking;
  asking.now = now;
  asking.client = asker.client;
  asking.token_client = asker.client;
  asking.permit = asker.permits.front();
  entrance.permit = asking.permit;

  const registry::Permit* permit = state.permit(asking.permit);
  const bool own = permit != nullptr && permit->client == asker.client;
  if (!asker.purposes.empty()) {
    asking.purpose = asker.purposes.front();
  } else if (own && permit->purposes.size() == 1) {
    asking.purpose = permit->purposes.front();
  } else {
    // Another's permit is asked with a served purpose, so that its being another's is the reason.
    const std::vector<std::string> any =
        own ? permit->purposes : std::vector<std::string>{"HRESCH"};
    entrance.reason = may_ask_for_any(state, environment, asking, any);
    if (comes_before_validity(entrance.reason)) {
      entrance.refusal = refusal_of(entrance.reason);
    } else {
      entrance.reason = Reason::kOk;
      entrance.refusal = Refusal::kBadRequest;
    }
    return entrance;
  }
  entrance.purpose = asking.purpose;
  entrance.reason = decision::may_ask(state, environment, asking);
  if (entrance.reason != Reason::kOk) {
    entrance.refusal = refusal_of(entrance.reason);
    return entrance;
  }
  entrance.mode = name_of(permit->mode);
  entrance.until = decision::may_ask_until(state, asking);
  if (permit->mode != registry::Mode::kM0 ||
      permit->permit_class != registry::Permit::Class::kReal) {
    entrance.refusal = Refusal::kNotSupported;
  }
  return entrance;
}

}  // namespace sekisho::release
