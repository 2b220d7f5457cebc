#include "adapter/decision/may_ask.h"

#include <algorithm>
#include <array>
#include <limits>

namespace sekisho::decision {

using fhir::Instant;
using registry::Client;
using registry::Environment;
using registry::Mode;
using registry::Permit;
using registry::Source;
using registry::State;

namespace {

constexpr std::int64_t kFutureSyncMs = 60'000;
constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();

// 2.4: closed lists.
constexpr std::array<std::string_view, 4> kProhibited = {"HMARKT", "INSURANCE_UNDERWRITING",
                                                         "EMPLOYMENT", "CREDIT"};
constexpr std::array<std::string_view, 8> kServed = {"PUBHLTH", "PATSFTY", "HSYSADMIN", "STAT",
                                                     "TRAIN",   "HRESCH",  "AIDEV",     "HQUALIMP"};
constexpr std::array<std::string_view, 3> kPublicBodyOnly = {"PUBHLTH", "HSYSADMIN", "STAT"};

template <class List, class Value>
bool holds(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

Mode mode_of(std::string_view text) {
  constexpr std::array<std::string_view, 4> kModes = {"M0", "M1", "M2", "M3"};
  const auto found = std::find(kModes.begin(), kModes.end(), text);
  return found == kModes.end() ? Mode::kUnknown : static_cast<Mode>(found - kModes.begin());
}

// The last instant at which the source is still fresh.
Instant fresh_until(const Source& source) {
  if (source.fresh_until) {
    return *source.fresh_until;
  }
  const std::int64_t begin = source.last_sync->ms;
  if (source.max_age_s >= (kEver - std::max<std::int64_t>(begin, 0)) / 1000) {
    return {kEver};
  }
  return {begin + source.max_age_s * 1000};
}

bool fresh(const Source& source, Instant now) {
  if (source.always_fresh) {
    return true;
  }
  return source.last_sync && source.last_sync->ms - kFutureSyncMs <= now.ms &&
         now <= fresh_until(source);
}

bool sources_fresh(const State& state, Instant now) {
  bool any_required = false;
  for (const Source& source : state.sources()) {
    if (source.required) {
      any_required = true;
      if (!fresh(source, now)) {
        return false;
      }
    }
  }
  return any_required;
}

Reason system_gate(const State& state, const Environment& environment, const Asking& asking) {
  if (!environment.registry_loaded) {
    return Reason::kSysRegistryUnavailable;
  }
  if (!environment.chain_ok) {
    return Reason::kSysRegistryIntegrity;
  }
  if (!environment.policy_ok) {
    return Reason::kSysPolicy;
  }
  if (environment.clock_went_back || environment.clock_skew_s > environment.max_skew_s ||
      environment.clock_skew_s < -environment.max_skew_s) {
    return Reason::kSysClock;
  }
  const Client* client = state.client(asking.client);
  if (client != nullptr && client->enabled && !state.baseline_attested(asking.client)) {
    return Reason::kSysNoBaseline;
  }
  if (!sources_fresh(state, asking.now)) {
    return Reason::kSysRegistryStale;
  }
  return environment.audit_writable ? Reason::kOk : Reason::kSysAuditUnavailable;
}

Reason purpose_and_permit_gate(const State& state, const Asking& asking) {
  if (holds(kProhibited, asking.purpose)) {
    return Reason::kPurposeProhibited;
  }
  if (!holds(kServed, asking.purpose)) {
    return Reason::kPurposeNotServed;
  }
  const Permit* permit = state.permit(asking.permit);
  if (permit == nullptr || permit->client != asking.client) {
    return Reason::kPermitMissing;
  }
  if (!permit->signature_ok || permit->revoked || asking.now < permit->valid_from ||
      asking.now >= permit->valid_to) {
    return Reason::kPermitNotValid;
  }
  return holds(permit->purposes, asking.purpose) ? Reason::kOk : Reason::kPermitPurpose;
}

}  // namespace

Reason gates_before_category(const State& state, const Environment& environment,
                             const Asking& asking) {
  const Reason system = system_gate(state, environment, asking);
  if (system != Reason::kOk) {
    return system;
  }
  const Client* client = state.client(asking.client);
  if (client == nullptr || !client->enabled) {
    return Reason::kClientUnknown;
  }
  if (asking.token_client != asking.client) {
    return Reason::kClientBinding;
  }
  return purpose_and_permit_gate(state, asking);
}

Reason gates_after_category(const State& state, const Asking& asking) {
  const Client& client = *state.client(asking.client);
  const Permit& permit = *state.permit(asking.permit);
  const Mode mode = asking.mode.empty() ? permit.mode : mode_of(asking.mode);
  if (mode == Mode::kUnknown || mode != permit.mode ||
      (asking.purpose == "STAT" && mode != Mode::kM3)) {
    return Reason::kPermitMode;
  }
  if (holds(kPublicBodyOnly, asking.purpose) && !client.public_body) {
    return Reason::kClientNotPublicBody;
  }
  if (mode != Mode::kM3 && !(permit.track && holds(client.certified, *permit.track))) {
    return Reason::kClientNotCertified;
  }
  return Reason::kOk;
}

Reason may_ask(const State& state, const Environment& environment, const Asking& asking) {
  try {
    const Reason before = gates_before_category(state, environment, asking);
    return before == Reason::kOk ? gates_after_category(state, asking) : before;
  } catch (...) {
    return Reason::kSysInternal;
  }
}

Instant may_ask_until(const State& state, const Asking& asking) {
  Instant until{kEver};
  const auto turns_at = [&](Instant at) {
    if (at > asking.now && at < until) {
      until = at;
    }
  };
  if (const Permit* permit = state.permit(asking.permit)) {
    turns_at(permit->valid_from);
    turns_at(permit->valid_to);
  }
  for (const Source& source : state.sources()) {
    if (source.required && !source.always_fresh && source.last_sync) {
      turns_at({source.last_sync->ms - kFutureSyncMs});
      const Instant last = fresh_until(source);
      turns_at({last.ms == kEver ? kEver : last.ms + 1});
    }
  }
  return until;
}

}  // namespace sekisho::decision
