#include <algorithm>
#include <utility>

#include "adapter/registry/age.h"
#include "adapter/registry/prepare.h"

namespace sekisho::registry {

using fhir::Json;

namespace {

void set_list(Json& body, const char* key, const std::vector<std::string>& ids) {
  if (ids.empty()) {
    body.erase(key);
    return;
  }
  Json list = Json::Array{};
  for (const std::string& id : ids) {
    list.push(id);
  }
  body.set(key, std::move(list));
}

std::string_view name_of(RefusalStatus status) {
  switch (status) {
    case RefusalStatus::kUnverified:
      return "unverified";
    case RefusalStatus::kUnresolved:
      return "unresolved";
    case RefusalStatus::kWithdrawn:
      return "withdrawn";
    case RefusalStatus::kRejected:
      return "rejected";
    case RefusalStatus::kActive:
      break;
  }
  return "active";
}

template <class List>
bool holds(const List& list, const std::string& id) {
  return std::find(list.begin(), list.end(), id) != list.end();
}

}  // namespace

void Preparing::refusal(Json& body, const std::string& id) {
  Reading reading = this->reading();
  RefusalEvent event = read_refusal(body, reading);
  take(reading);
  Refusal& refusal = event.refusal;
  if (body.get<Json::Object>() == nullptr) {
    return;
  }
  if (refusal.id.empty()) {
    refusal.id = "r" + id;
  }
  if (book_.state.refusal(refusal.id) != nullptr || !new_refusals_.insert(refusal.id).second) {
    refuse("id", "conflict", "there is a refusal of this id already");
  }
  if (refusal.status == RefusalStatus::kWithdrawn || refusal.status == RefusalStatus::kRejected) {
    refuse("status", "value", "a refusal is recorded first and withdrawn or rejected afterwards");
  }
  for (const char* key : {"sealed", "candidates"}) {
    if (body.find(key) != nullptr) {
      refuse(key, "value", "the registry fills this in");
    }
  }
  if (body.find("receipt") != nullptr) {
    refuse("receipt", "value", "record the receipt as an event of its own once it is handed over");
  }
  for (const std::string& recipient : refusal.recipients) {
    if (book_.state.client(recipient) == nullptr && new_clients_.count(recipient) == 0) {
      refuse("recipients", "not-found", "it names a client that is not registered");
    }
  }
  const bool has_keys = event.keys && !event.keys->empty();
  if (!has_keys && refusal.patients.empty() && !from_list_) {
    refuse("patients", "required", "name the patient, or keys by which to find the patient");
  }
  match_refusal(event, body);
}

void Preparing::match_refusal(RefusalEvent& event, Json& body) {
  Refusal& refusal = event.refusal;
  if (event.keys && !event.keys->empty()) {
    const Match found = match(line_keys(*event.keys, options_.key), index_);
    if (refusal.patients.empty()) {
      refusal.patients = found.exact;
    }
    for (const std::string& each : found.exact) {
      if (!holds(refusal.patients, each)) {
        refusal.candidates.push_back(each);  // the card names another person than the clerk
      }
    }
    refusal.candidates.insert(refusal.candidates.end(), found.candidates.begin(),
                              found.candidates.end());
    body.set("sealed", seal_keys(*event.keys, refusal.id, options_.key));
  }
  body.erase("keys");
  if (refusal.patients.empty()) {
    refusal.status = RefusalStatus::kUnresolved;
  } else if (refusal.status == RefusalStatus::kActive &&
             needs_check(refusal, book_.state, fhir::japan_date(now_))) {
    refusal.status = RefusalStatus::kUnverified;
  }
  body.set("id", refusal.id);
  body.set("status", name_of(refusal.status));
  set_list(body, "patients", refusal.patients);
  set_list(body, "candidates", refusal.candidates);
}

void Preparing::refusal_status(Json& body) {
  Reading reading = this->reading();
  const RefusalStatusEvent event = read_refusal_status(body, reading);
  take(reading);
  const Refusal* refusal = book_.state.refusal(event.id);
  if (refusal == nullptr) {
    refuse("id", "not-found", "there is no refusal of this id");
    return;
  }
  if (refusal->status == RefusalStatus::kWithdrawn || refusal->status == RefusalStatus::kRejected) {
    refuse("id", "conflict", "this refusal is withdrawn or rejected; record a new one");
  }
  switch (event.status) {
    case RefusalStatus::kWithdrawn:
      check_withdrawal(event, *refusal);
      break;
    case RefusalStatus::kRejected:
      two_people("rejecting a refusal");
      break;
    case RefusalStatus::kActive:
      check_resolution(event, *refusal);
      break;
    default:
      refuse("status", "value", "it takes withdrawn, rejected or active");
  }
}

// By the person at any time; by who acts for a minor or a person without capacity only as long as
// that lasts; by the bereaved what they themselves asked after the death; never by the family what
// stood while the person lived (release-decision 4.8).
void Preparing::check_withdrawal(const RefusalStatusEvent& event, const Refusal& refusal) {
  two_people("withdrawing a refusal");
  if (!event.identity_checked) {
    refuse("identity_checked", "required", "check the person's identity first");
  }
  const bool by_other = event.requester == "guardian" || event.requester == "legal_rep";
  const bool by_family = is_bereaved_family(event.requester);
  if (event.requester != "self" && !by_other && !by_family) {
    refuse("requester", "value",
           "only the person, or who acts for the person, withdraws a refusal");
  }
  if (by_family && event.requester != refusal.requester) {
    refuse("requester", "value", "the bereaved withdraw what they themselves asked for");
  }
  const fhir::CivilDate recorded = fhir::japan_date(refusal.recorded_at);
  const fhir::CivilDate asked = std::min(recorded, refusal.received_on.value_or(recorded));
  std::vector<std::string> meant = refusal.patients;
  meant.insert(meant.end(), refusal.candidates.begin(), refusal.candidates.end());
  for (const std::string& id : meant) {
    const Patient* patient = book_.state.patient(id);
    if (patient != nullptr && patient->deceased &&
        !(by_family && patient->deceased_on && *patient->deceased_on <= asked)) {
      refuse("requester", "value", "the person died: the refusal stays");
    }
    if (by_family && !(patient != nullptr && patient->deceased)) {
      refuse("requester", "value", "only the person withdraws the refusal as long as it lives");
    }
    const bool minor = patient != nullptr && patient->birth &&
                       fhir::japan_date(now_) < sixteenth_birthday(*patient->birth);
    if (by_other && !minor && !(patient != nullptr && patient->incapacity)) {
      refuse("requester", "value", "from 16 on only the person withdraws the refusal");
    }
  }
}

void Preparing::check_resolution(const RefusalStatusEvent& event, const Refusal& refusal) {
  if (refusal.patients.empty() && event.patients.empty()) {
    refuse("patients", "required", "name whom the refusal means");
  }
  // What settles a line forgets its keys: a mistyped card would let go of whom it means.
  if (!std::all_of(event.patients.begin(), event.patients.end(),
                   [&](const std::string& id) { return book_.state.number_of(id).has_value(); })) {
    refuse("patients", "not-found", "it names someone who is in no index; check the card number");
  }
  if (!event.release.empty()) {
    two_people("releasing candidates of a refusal");
  }
  for (const std::string& id : event.release) {
    if (!holds(refusal.candidates, id) || holds(event.patients, id)) {
      refuse("release", "value", "it holds someone who is no candidate, or whom the refusal means");
    }
  }
}

}  // namespace sekisho::registry
