#include "adapter/decision/random_world.h"

#include <string>

namespace sekisho::decision {

void RandomWorld::fill(registry::State& state, registry::Environment& environment,
                       std::size_t people) {
  benign_ = !chance(3);
  now = fhir::Instant{fhir::japan_midnight(fhir::civil_date(2026, 11, 20)).ms +
                      static_cast<std::int64_t>(below(3 * 86'400'000))};
  environment.registry_loaded = environment.chain_ok = environment.policy_ok = true;
  environment.audit_writable = true;
  environment.wait_rule = static_cast<registry::WaitRule>(below(3));
  environment.renotify = static_cast<registry::Renotify>(below(3));
  put_client(state);
  put_permit(state, people);
  put_filings(state);
  for (std::size_t i = 0; i < people; ++i) {
    put_patient(state, i, people);
  }
  for (std::size_t i = people + below(4 * people); i > 0; --i) {
    put_notice(state, people);
  }
  for (std::size_t i = below(1 + people / 2); i > 0; --i) {
    put_refusal(state, i, people);
  }
  for (std::size_t i = below(people); i > 0; --i) {
    put_optin(state, people);
  }
}

void RandomWorld::put_client(registry::State& state) {
  registry::Client client;
  client.id = "C";
  client.certified = {registry::Track::kAnon};
  state.put(client);
  client.id = "D";
  state.put(client);
  state.attest_baseline("C");
  registry::Source local;
  local.name = "local";
  local.always_fresh = true;
  state.put(local);
}

void RandomWorld::put_permit(registry::State& state, std::size_t people) {
  registry::Permit permit;
  permit.id = "P";
  permit.client = "C";
  permit.track = registry::Track::kAnon;
  permit.mode = registry::Mode::kM0;
  permit.purposes = {"HRESCH"};
  permit.categories = {(random_() | random_() | random_()) & 0x3F};
  permit.valid_from = {now.ms - 1};
  permit.valid_to = {now.ms + 86'400'000LL * 365};
  permit.requires_optin = fault(3);
  if (fault(4)) {
    permit.cohort.emplace();
    for (std::size_t i = 0; i < people; ++i) {
      if (!chance(4)) {
        permit.cohort->push_back(id(i));
      }
    }
  }
  state.put(permit);
}

void RandomWorld::put_filings(registry::State& state) {
  for (std::int64_t version = static_cast<std::int64_t>(1 + below(3)); version > 0; --version) {
    registry::Filing filing;
    filing.client = "C";
    filing.track = fault(6) ? registry::Track::kPseudo : registry::Track::kAnon;
    filing.version = version;
    filing.accepted = !fault(4);
    if (!fault(8)) {
      filing.start = around(chance(2) ? 4 : 60);
    }
    filing.items = {(random_() | random_() | random_()) & 0x3F};
    state.append(filing);
  }
}

void RandomWorld::put_patient(registry::State& state, std::size_t number, std::size_t people) {
  registry::Patient patient;
  patient.id = id(number);
  if (!fault(4)) {
    patient.birth =
        chance(2) ? fhir::civil_date(1970, 1, 1) : around(40) - std::chrono::days(16 * 365 + 4);
  }
  patient.deceased = fault(5);
  if (patient.deceased && !chance(3)) {
    patient.deceased_on = around(60);
  }
  patient.incapacity = fault(6);
  patient.identity_conflict = fault(8);
  for (std::size_t i = below(3); i > 0 && chance(3); --i) {
    (chance(2) ? patient.links : patient.maybe).push_back(anyone(people));
  }
  state.put(patient);
}

void RandomWorld::put_notice(registry::State& state, std::size_t people) {
  registry::Notice notice;
  notice.patient = anyone(people);
  notice.client = fault(8) ? "D" : "C";
  notice.track = fault(8) ? registry::Track::kPseudo : registry::Track::kAnon;
  if (!fault(10)) {
    notice.date = around(3) - std::chrono::days(chance(2) ? 30 : 31 * below(12));
  }
  notice.party = static_cast<registry::Party>(below(4));
  notice.items = {(random_() | random_() | random_()) & 0x3F};
  notice.revoked = fault(8);
  if (chance(3)) {
    notice.wait_rule = static_cast<registry::WaitRule>(below(3));
  }
  state.put(notice);
}

void RandomWorld::put_refusal(registry::State& state, std::size_t number, std::size_t people) {
  registry::Refusal refusal;
  refusal.id = "R" + std::to_string(number);
  refusal.status = static_cast<registry::RefusalStatus>(below(5));
  (chance(3) ? refusal.candidates : refusal.patients).push_back(anyone(people));
  if (chance(2) || benign_) {
    refusal.recipients = {chance(3) ? "nobody" : chance(2) ? "C" : "D"};
  }
  if (chance(2)) {
    refusal.tracks = {chance(2) ? registry::Track::kAnon : registry::Track::kPseudo};
  }
  refusal.categories = chance(2) ? fhir::CategorySet{} : codes();
  state.put(refusal);
}

void RandomWorld::put_optin(registry::State& state, std::size_t people) {
  registry::OptIn optin;
  optin.patient = anyone(people);
  optin.purpose = chance(4) ? "TRAIN" : "HRESCH";
  optin.given = !chance(4);
  if (chance(3)) {
    optin.recipients = {chance(2) ? "C" : "D"};
  }
  if (chance(3)) {
    optin.from = around(3);
  }
  if (chance(3)) {
    optin.to = around(3);
  }
  state.put(optin);
}

}  // namespace sekisho::decision
