#include "adapter/decision/case_entities.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "adapter/decision/case_node.h"
#include "fhir/date_time.h"
#include "fhir/release_sets.h"

namespace sekisho::decision {

using fhir::CategorySet;
using fhir::Json;
using registry::Environment;
using registry::State;
using registry::Track;

namespace {

std::optional<Track> track_of(std::string_view text) {
  if (text == "anon") {
    return Track::kAnon;
  }
  return text == "pseudo" ? std::optional(Track::kPseudo) : std::nullopt;
}

// Codes that only widen what is permitted: one that is not in the vocabulary adds nothing.
CategorySet known_codes(const State& state, const std::vector<std::string>& codes) {
  CategorySet set;
  for (const std::string& code : codes) {
    if (const auto known = state.vocabulary().of(code)) {
      set |= *known;
    }
  }
  return set;
}

// Codes that a resource needs: one that is not in the vocabulary is `none`, which no permit lists.
CategorySet needed_codes(const State& state, const std::vector<std::string>& codes) {
  CategorySet set;
  for (const std::string& code : codes) {
    set |= state.vocabulary().of(code).value_or(CategorySet::none());
  }
  return set;
}

}  // namespace

void put_client(State& state, const std::string& id, const Json& value) {
  const Node node(value, "clients." + id, {"certified", "enabled", "public_body"});
  registry::Client client;
  client.id = id;
  for (const std::string& text : node.texts("certified")) {
    if (const auto track = track_of(text)) {
      client.certified.push_back(*track);
    }
  }
  client.enabled = node.flag("enabled", true);
  client.public_body = node.flag("public_body", false);
  state.put(std::move(client));
}

namespace {

void read_restrictions(const Node& node, registry::Permit& permit) {
  if (const Json* cohort = node.find("cohort")) {
    const std::string* word = cohort->get<std::string>();
    if (word == nullptr || *word != "all") {
      permit.cohort = Node::texts_of(*cohort, node.at("cohort"));
    }
  }
  if (const Json* period = node.find("data_period")) {
    const std::string* word = period->get<std::string>();
    if (word == nullptr || *word != "any") {
      permit.has_period = true;
      const auto ends = Node::texts_of(*period, node.at("data_period"));
      if (ends.size() == 2) {  // anything else holds no day
        permit.period_from = fhir::parse_civil_date(ends[0]);
        permit.period_to = fhir::parse_civil_date(ends[1]);
      }
    }
  }
}

}  // namespace

void put_permit(State& state, const std::string& id, const Json& value) {
  const Node node(value, "permits." + id,
                  {"client", "track", "mode", "purposes", "categories", "from", "to", "revoked",
                   "ip_ok", "requires_optin", "cohort", "data_period"});
  registry::Permit permit;
  permit.id = id;
  permit.client = node.text("client");
  permit.track = track_of(node.text("track"));
  const std::string mode = node.text("mode");
  for (const auto& [name, known] :
       {std::pair{"M0", registry::Mode::kM0}, std::pair{"M1", registry::Mode::kM1},
        std::pair{"M2", registry::Mode::kM2}, std::pair{"M3", registry::Mode::kM3}}) {
    if (mode == name) {
      permit.mode = known;
    }
  }
  permit.purposes = node.texts("purposes");
  permit.categories = known_codes(state, node.texts("categories"));
  const auto from = fhir::parse_instant(node.text("from"));
  const auto to = fhir::parse_instant(node.text("to"));
  if (from && to) {  // a permit without a readable validity is never valid: [0, 0)
    permit.valid_from = *from;
    permit.valid_to = *to;
  }
  permit.revoked = node.flag("revoked", false);
  permit.ip_ok = node.flag("ip_ok", false);
  permit.requires_optin = node.flag("requires_optin", false);
  read_restrictions(node, permit);
  state.put(std::move(permit));
}

void put_filing(State& state, const Json& value, const std::string& place) {
  const Node node(value, place, {"client", "track", "version", "accepted", "start", "items"});
  registry::Filing filing;
  filing.client = node.text("client");
  filing.track = track_of(node.text("track"));
  filing.version = static_cast<std::int64_t>(node.number("version").value_or(1));
  filing.accepted = node.flag("accepted", false);
  filing.start = fhir::parse_civil_date(node.text("start"));
  filing.items = known_codes(state, node.texts("items"));
  state.append(std::move(filing));
}

namespace {

void read_death(const Node& node, registry::Patient& patient) {
  const Json* value = node.find("deceased");
  if (value == nullptr || value->is_null()) {
    return;
  }
  if (const bool* yes = value->get<bool>()) {
    patient.deceased = *yes;
    return;
  }
  patient.deceased = true;
  if (const std::string* text = value->get<std::string>()) {
    patient.deceased_on = fhir::full_japan_date(*text);
  }
}

}  // namespace

void put_patient(State& state, const std::string& id, const Json& value) {
  const Node node(
      value, "patients." + id,
      {"birth", "deceased", "incapacity", "identity_conflict", "links", "maybe", "optin"});
  registry::Patient patient;
  patient.id = id;
  const Json* birth = node.find("birth");
  if (birth != nullptr && !birth->is_null()) {
    patient.birth = fhir::parse_civil_date(node.text("birth"));
  }
  read_death(node, patient);
  patient.incapacity = node.flag("incapacity", false);
  patient.identity_conflict = node.flag("identity_conflict", false);
  patient.links = node.texts("links");
  patient.maybe = node.texts("maybe");
  state.put(std::move(patient));
  if (const Json* optins = node.find("optin")) {
    const auto* members = optins->get<Json::Object>();
    if (members == nullptr) {
      refuse(node.at("optin"), "is no object");
    }
    for (const Json::Member& member : *members) {
      registry::OptIn optin;
      optin.patient = id;
      optin.purpose = member.name;
      const bool* given = member.value.get<bool>();
      optin.given = given != nullptr && *given;
      state.put(std::move(optin));
    }
  }
}

void put_notice(State& state, const Json& value, const std::string& place) {
  const Node node(value, place, {"patient", "client", "track", "date", "party", "items"});
  registry::Notice notice;
  notice.patient = node.text("patient");
  notice.client = node.text("client");
  notice.track = track_of(node.text("track"));
  notice.date = fhir::parse_civil_date(node.text("date"));
  const std::string party = node.text("party");
  for (const auto& [name, known] : {std::pair{"self", registry::Party::kSelf},
                                    std::pair{"guardian", registry::Party::kGuardian},
                                    std::pair{"both", registry::Party::kBoth}}) {
    if (party == name) {
      notice.party = known;
    }
  }
  notice.items = known_codes(state, node.texts("items"));
  state.put(std::move(notice));
}

namespace {

registry::RefusalStatus status_of(std::string_view text) {
  using registry::RefusalStatus;
  for (const auto& [name, known] : {std::pair{"unverified", RefusalStatus::kUnverified},
                                    std::pair{"unresolved", RefusalStatus::kUnresolved},
                                    std::pair{"withdrawn", RefusalStatus::kWithdrawn},
                                    std::pair{"rejected", RefusalStatus::kRejected}}) {
    if (text == name) {
      return known;
    }
  }
  return RefusalStatus::kActive;
}

}  // namespace

void put_refusal(State& state, const Json& value, const std::string& place) {
  const Node node(value, place,
                  {"id", "status", "patients", "candidates", "recipients", "tracks", "categories",
                   "requester", "received"});
  registry::Refusal refusal;
  // Refusals are appended: two of one id both stand.
  refusal.id = node.text("id") + " (" + place + ")";
  refusal.status = status_of(node.text("status"));
  refusal.patients = node.texts("patients");
  refusal.candidates = node.texts("candidates");
  refusal.requester = node.text("requester");
  refusal.recipients = node.texts("recipients");
  for (const std::string& text : node.texts("tracks")) {
    const auto track = track_of(text);
    if (!track) {  // an unknown value empties the scope: it covers everything
      refusal.tracks.clear();
      break;
    }
    refusal.tracks.push_back(*track);
  }
  const CategorySet codes = needed_codes(state, node.texts("categories"));
  refusal.categories = codes.has_none() ? CategorySet{} : codes;
  state.put(std::move(refusal));
}

namespace {

void put_source(State& state, const Json& value, const std::string& place) {
  const Node node(value, place, {"name", "required", "last_sync", "max_age_s"});
  registry::Source source;
  source.name = node.text("name") + " (" + place + ")";
  source.required = node.flag("required", true);
  const Json* sync = node.find("last_sync");
  if (sync != nullptr && !sync->is_null()) {
    source.last_sync = fhir::parse_instant(node.text("last_sync"));
  }
  source.max_age_s = static_cast<std::int64_t>(
      std::floor(node.number("max_age_s").value_or(static_cast<double>(source.max_age_s))));
  state.put(std::move(source));
}

}  // namespace

Environment read_environment(State& state, const Json& value) {
  const Node node(
      value, "env",
      {"registry_loaded", "chain_ok", "policy_ok", "audit_writable", "baseline_attested",
       "clock_skew_s", "max_skew_s", "clock_went_back", "sources", "wait_rule", "renotify_at_16"});
  Environment environment;
  environment.registry_loaded = node.flag("registry_loaded", true);
  environment.chain_ok = node.flag("chain_ok", true);
  environment.policy_ok = node.flag("policy_ok", true);
  environment.audit_writable = node.flag("audit_writable", true);
  const double skew = node.number("clock_skew_s").value_or(0);
  environment.clock_skew_s =
      static_cast<std::int64_t>(skew < 0 ? std::floor(skew) : std::ceil(skew));
  environment.max_skew_s =
      static_cast<std::int64_t>(std::floor(node.number("max_skew_s").value_or(60)));
  environment.clock_went_back = node.flag("clock_went_back", false);
  const std::string wait = node.text("wait_rule");
  environment.wait_rule = wait == "30d"  ? registry::WaitRule::k30Days
                          : wait == "1m" ? registry::WaitRule::k1Month
                                         : registry::WaitRule::kLater;
  const std::string renotify = node.find("renotify_at_16") ? node.text("renotify_at_16") : "off";
  environment.renotify = renotify == "off"               ? registry::Renotify::kOff
                         : renotify == "notify_continue" ? registry::Renotify::kContinue
                                                         : registry::Renotify::kHold;
  if (const Json* sources = node.find("sources")) {
    const auto* list = sources->get<Json::Array>();
    if (list == nullptr) {
      refuse("env.sources", "is no list");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      put_source(state, (*list)[i], "env.sources[" + std::to_string(i) + "]");
    }
  }
  if (node.flag("baseline_attested", true)) {
    for (const registry::Client* client : state.clients()) {
      state.attest_baseline(client->id);
    }
  }
  return environment;
}

namespace {

void read_flags(const Node& node, Subject& subject) {
  for (const std::string& flag : node.texts("flags")) {
    if (flag == "UNDELIVERED") {
      subject.flags |= fhir::data_flag::kUndelivered;
    } else if (flag == "UNINFORMED") {
      subject.flags |= fhir::data_flag::kUninformed;
    } else if (flag == "HTEST") {
      subject.flags |= fhir::data_flag::kTest;
    } else if (flag == "IP_PROTECTED") {
      subject.flags |= fhir::data_flag::kIpProtected;
    } else if (flag == "UNRESOLVED_SUBJECT") {
      subject.flags |= fhir::data_flag::kSubjectUnresolved;
    } else {
      subject.unknown_flag = true;
    }
  }
}

std::vector<std::string> one_or_more(const Json& value, const std::string& place) {
  const std::string* single = value.get<std::string>();
  return single == nullptr ? Node::texts_of(value, place) : std::vector<std::string>{*single};
}

}  // namespace

Request read_request(const State& state, const Json& value) {
  const Node node(value, "request",
                  {"now", "client", "token_sub", "permit", "purpose", "mode", "category",
                   "carried_by", "subjects", "flags", "data_date"});
  Request request;
  const auto now = fhir::parse_instant(node.text("now"));
  if (!now) {
    refuse("request.now", "is no instant");
  }
  request.asking.now = *now;
  request.asking.client = node.text("client");
  request.asking.token_client =
      node.find("token_sub") ? node.text("token_sub") : request.asking.client;
  request.asking.permit = node.text("permit");
  request.asking.purpose = node.text("purpose");
  request.asking.mode = node.text("mode");
  if (const Json* category = node.find("category")) {
    request.subject.needs = needed_codes(state, one_or_more(*category, "request.category"));
  }
  if (const Json* carried = node.find("carried_by")) {
    const std::string* word = carried->get<std::string>();
    request.subject.carried_by_permit = word != nullptr && *word == "permit";
    if (!request.subject.carried_by_permit) {
      request.subject.carried_by = known_codes(state, one_or_more(*carried, "request.carried_by"));
    }
  }
  request.subject.subjects = node.texts("subjects");
  read_flags(node, request.subject);
  const Json* date = node.find("data_date");
  if (date != nullptr && !date->is_null()) {
    request.subject.data_date = fhir::full_japan_date(node.text("data_date"));
  }
  return request;
}

}  // namespace sekisho::decision
