#include <algorithm>
#include <utility>

#include "adapter/registry/age.h"
#include "adapter/registry/body.h"
#include "adapter/registry/entities.h"

namespace sekisho::registry {

using fhir::Json;

namespace {

PersonKeys read_keys(const Json& body, const std::string& place, fhir::Issues& issues) {
  const Body in(
      body, place,
      {"card", "kana", "name", "birth", "insurer", "symbol", "number", "branch", "link_code"},
      issues);
  PersonKeys keys;
  keys.card = in.text("card");
  keys.kana = in.text("kana");
  keys.name = in.text("name");
  const std::string birth = in.text("birth");
  keys.birth = read_birth_date(birth);
  if (!birth.empty() && !keys.birth) {
    in.refuse("birth", "value", "it is no day (YYYY-MM-DD or a Japanese era)");
  }
  keys.insurer = in.text("insurer");
  keys.symbol = in.text("symbol");
  keys.number = in.text("number");
  keys.branch = in.text("branch");
  keys.link_code = in.text("link_code");
  return keys;
}

void check_receipt(const Json& body, const std::string& place, fhir::Issues& issues) {
  const Body in(body, place, {"issued_on", "form", "econsent"}, issues);
  in.date("issued_on");
  const auto form = in.word("form", {"paper", "electronic"});
  if (form == std::size_t{1} && !in.flag("econsent", false)) {
    in.refuse("econsent", "value", "an electronic receipt needs the requester's prior consent");
  }
}

RefusalStatus read_status(const Body& in) {
  if (!in.has("status")) {
    return RefusalStatus::kActive;
  }
  const auto word =
      in.word("status", {"active", "unverified", "unresolved", "withdrawn", "rejected"});
  return word ? static_cast<RefusalStatus>(*word) : RefusalStatus::kActive;
}

}  // namespace

bool is_bereaved_family(const std::string& requester) {
  static constexpr std::string_view kFamily[] = {"spouse",     "child",       "parent",
                                                 "grandchild", "grandparent", "sibling"};
  return std::find(std::begin(kFamily), std::end(kFamily), requester) != std::end(kFamily);
}

bool needs_check(const Refusal& refusal, const State& state, fhir::CivilDate day) {
  const std::string& requester = refusal.requester;
  const bool family = is_bereaved_family(requester);
  if (!family && requester != "guardian" && requester != "legal_rep") {
    return requester == "supporter" || requester == "other";
  }
  return std::any_of(refusal.patients.begin(), refusal.patients.end(), [&](const std::string& id) {
    const Patient* patient = state.patient(id);
    if (family || (patient != nullptr && patient->deceased)) {
      return !family || patient == nullptr || !patient->deceased;
    }
    return patient != nullptr && patient->birth && !patient->incapacity &&
           day >= sixteenth_birthday(*patient->birth);
  });
}

RefusalEvent read_refusal(const Json& body, Reading& reading) {
  const Body in(body, reading.place,
                {"id", "status", "patients", "candidates", "keys", "recipients", "tracks",
                 "categories", "requester", "channel", "received_on", "deletion_requested",
                 "receipt", "source", "source_line", "sealed"},
                reading.issues);
  RefusalEvent event;
  Refusal& refusal = event.refusal;
  refusal.id = in.text("id");
  refusal.status = read_status(in);
  refusal.patients = in.logical_ids("patients");
  refusal.candidates = in.logical_ids("candidates");
  if (const Json* keys = in.find("keys")) {
    event.keys = read_keys(*keys, reading.place + ".keys", reading.issues);
  }
  // A scope that cannot be read is no scope: the refusal covers everything.
  refusal.recipients = in.texts("recipients");
  if (!in.tracks("tracks", refusal.tracks)) {
    refusal.tracks.clear();
  }
  if (!in.categories("categories", reading.vocabulary, refusal.categories)) {
    refusal.categories = {};
  }
  refusal.requester = in.text("requester");
  if (in.has("requester")) {
    in.word("requester",
            {"self", "guardian", "legal_rep", "spouse", "child", "parent", "grandchild",
             "grandparent", "sibling", "supporter", "registry", "other"});
  }
  refusal.channel = in.text("channel");
  if (in.has("channel")) {
    in.word("channel", {"counter", "verbal", "mail", "portal", "registry"});
  }
  refusal.received_on = in.date("received_on");
  refusal.deletion_requested = in.flag("deletion_requested", false);
  if (const Json* receipt = in.find("receipt")) {
    check_receipt(*receipt, reading.place + ".receipt", reading.issues);
  }
  refusal.source = in.text("source");
  refusal.source_line = in.text("source_line");
  event.sealed = in.text("sealed");
  return event;
}

RefusalStatusEvent read_refusal_status(const Json& body, Reading& reading) {
  const Body in(body, reading.place,
                {"id", "status", "requester", "identity_checked", "patients", "release"},
                reading.issues);
  RefusalStatusEvent event;
  event.id = in.needed_text("id");
  event.status = read_status(in);
  if (!in.has("status")) {
    in.refuse("status", "required", "it is missing");
  }
  event.requester = in.text("requester");
  event.identity_checked = in.flag("identity_checked", false);
  event.patients = in.logical_ids("patients");
  event.release = in.logical_ids("release");
  return event;
}

std::vector<RefusalMatch> read_refusal_matches(const Json& body) {
  std::vector<RefusalMatch> matches;
  for (const Json& item : body.items("matches")) {
    RefusalMatch match;
    match.id = item.text("id");
    for (const auto& [key, list] :
         {std::pair{"patients", &match.patients}, std::pair{"candidates", &match.candidates}}) {
      for (const Json& each : item.items(key)) {
        if (const std::string* text = each.get<std::string>()) {
          list->push_back(*text);
        }
      }
    }
    matches.push_back(std::move(match));
  }
  return matches;
}

}  // namespace sekisho::registry
