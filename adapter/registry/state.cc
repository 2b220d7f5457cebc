#include "adapter/registry/state.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "fhir/check.h"

namespace sekisho::registry {
namespace {

const std::vector<std::size_t> kNoIndexes;
const std::vector<OptIn> kNoOptIns;

void remove_index(std::vector<std::size_t>& list, std::size_t index) {
  list.erase(std::remove(list.begin(), list.end(), index), list.end());
}

void add_index(std::vector<std::size_t>& list, std::size_t index) {
  if (std::find(list.begin(), list.end(), index) == list.end()) {
    list.push_back(index);
  }
}

}  // namespace

State::Person State::intern(std::string_view id) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) {
    return found->second;
  }
  const auto person = static_cast<Person>(people_.size());
  people_.emplace_back().id = &ids_.emplace_back(id);
  by_id_.emplace(ids_.back(), person);
  return person;
}

void State::connect(Person a, Person b, bool certain, Person owner) {
  if (a != b) {
    people_[a].edges.push_back({b, certain, owner});
    people_[b].edges.push_back({a, certain, owner});
  }
}

void State::disconnect(Person a, Person b, Person owner) {
  const auto drop = [&](Person from, Person to) {
    auto& edges = people_[from].edges;
    edges.erase(std::remove_if(edges.begin(), edges.end(),
                               [&](const Edge& e) { return e.other == to && e.owner == owner; }),
                edges.end());
  };
  drop(a, b);
  drop(b, a);
}

void State::put(Client client) {
  std::string id = client.id;
  clients_[std::move(id)] = std::move(client);
}

void State::put(Permit permit) {
  std::string id = permit.id;
  permits_[std::move(id)] = std::move(permit);
}

void State::put(Filing filing) {
  for (Filing& known : filings_) {
    if (known.client == filing.client && known.track == filing.track &&
        known.version == filing.version) {
      known = std::move(filing);
      return;
    }
  }
  filings_.push_back(std::move(filing));
}

void State::append(Filing filing) { filings_.push_back(std::move(filing)); }

void State::put(Notice notice) {
  const std::vector<std::string> patients = {notice.patient};
  put(std::move(notice), patients);
}

void State::put(Notice notice, const std::vector<std::string>& patients) {
  put(std::move(notice), std::vector<std::string_view>(patients.begin(), patients.end()));
}

void State::put(Notice notice, const std::vector<std::string_view>& patients) {
  std::size_t index = notices_.size();
  if (!notice.id.empty()) {
    index = notice_by_id_.try_emplace(notice.id, index).first->second;
  }
  if (index == notices_.size()) {
    notices_.emplace_back();
  } else {
    notice.revoked = notice.revoked || notices_[index].revoked;
    for (Node& node : people_) {  // rare: whom it was given to before is not kept apart
      remove_index(node.notices, index);
    }
  }
  for (const std::string_view patient : patients) {
    const Person person = intern(patient);
    const auto& revoked = taken_back_of(person);
    if (std::find(revoked.begin(), revoked.end(), index) == revoked.end()) {
      add_index(people_[person].notices, index);
    }
  }
  notices_[index] = std::move(notice);
}

void State::revoke_notice(std::string_view id) {
  const auto found = notice_by_id_.find(std::string(id));
  if (found != notice_by_id_.end()) {
    notices_[found->second].revoked = true;
  }
}

void State::revoke_notice(std::string_view id, std::string_view patient) {
  const auto found = notice_by_id_.find(std::string(id));
  if (found != notice_by_id_.end()) {
    const Person person = intern(patient);
    remove_index(people_[person].notices, found->second);
    add_index(taken_back_[person], found->second);
  }
}

void State::revoke_notices_of(std::string_view campaign) {
  for (Notice& notice : notices_) {
    notice.revoked = notice.revoked || notice.campaign == campaign;
  }
}

void State::put(Refusal refusal) {
  const auto [known, added] = refusal_by_id_.try_emplace(refusal.id, refusals_.size());
  const std::size_t index = known->second;
  if (added) {
    refusals_.emplace_back();
  }
  Refusal& place = refusals_[index];
  for (const auto* people : {&place.patients, &place.candidates}) {
    for (const std::string& id : *people) {
      remove_index(people_[intern(id)].refusals, index);
    }
  }
  place = std::move(refusal);
  for (const auto* people : {&place.patients, &place.candidates}) {
    for (const std::string& id : *people) {
      add_index(people_[intern(id)].refusals, index);
    }
  }
}

void State::put(OptIn optin) {
  std::vector<OptIn>& known = optins_[intern(optin.patient)];
  for (OptIn& other : known) {
    if (other.purpose == optin.purpose) {
      other = std::move(optin);
      return;
    }
  }
  known.push_back(std::move(optin));
}

void State::put(Source source) {
  for (Source& known : sources_) {
    if (known.name == source.name) {
      known = std::move(source);
      return;
    }
  }
  sources_.push_back(std::move(source));
}

PatientNumber State::put(Patient patient) {
  const Person self = intern(patient.id);
  if (people_[self].patient == kNone) {
    people_[self].patient = static_cast<PatientNumber>(patients_.size());
    patients_.emplace_back();
    by_number_.push_back(self);
  }
  const PatientNumber number = people_[self].patient;
  Patient& place = patients_[number];
  for (const auto* list : {&place.links, &place.maybe}) {
    for (const std::string& other : *list) {
      disconnect(self, intern(other), self);
    }
  }
  place = std::move(patient);
  for (const std::string& other : place.links) {
    connect(self, intern(other), true, self);
  }
  for (const std::string& other : place.maybe) {
    connect(self, intern(other), false, self);
  }
  return number;
}

void State::attest_baseline(const std::string& client) { baselines_[client] = true; }

void State::link(const std::string& a, const std::string& b, bool certain) {
  const Person one = intern(a);
  const Person other = intern(b);
  disconnect(one, other, kNone);
  connect(one, other, certain, kNone);
}

void State::unlink(const std::string& a, const std::string& b) {
  disconnect(intern(a), intern(b), kNone);
}

void State::use(fhir::CategoryVocabulary vocabulary) { vocabulary_ = std::move(vocabulary); }

const Client* State::client(std::string_view id) const {
  const auto found = clients_.find(id);
  return found == clients_.end() ? nullptr : &found->second;
}

const Client* State::client_by_subject(std::string_view cert_subject) const {
  const Client* result = nullptr;
  for (const auto& [id, client] : clients_) {
    if (!cert_subject.empty() && client.cert_subject == cert_subject) {
      if (result != nullptr) {
        return nullptr;  // two clients with one subject: nobody
      }
      result = &client;
    }
  }
  return result;
}

const Permit* State::permit(std::string_view id) const {
  const auto found = permits_.find(id);
  return found == permits_.end() ? nullptr : &found->second;
}

const Patient* State::patient(std::string_view id) const {
  const auto number = number_of(id);
  return number ? &patients_[*number] : nullptr;
}

const Patient* State::patient(PatientNumber number) const {
  return number < patients_.size() ? &patients_[number] : nullptr;
}

std::optional<PatientNumber> State::number_of(std::string_view id) const {
  const auto found = person(id);
  if (!found || people_[*found].patient == kNone) {
    return std::nullopt;
  }
  return people_[*found].patient;
}

std::size_t State::patients() const { return patients_.size(); }

bool State::baseline_attested(std::string_view client) const {
  return baselines_.find(client) != baselines_.end();
}

std::vector<const Filing*> State::filings(std::string_view client, Track track) const {
  std::vector<const Filing*> result;
  for (const Filing& filing : filings_) {
    if (filing.client == client && filing.track == track) {
      result.push_back(&filing);
    }
  }
  return result;
}

const std::vector<std::size_t>& State::notices_of(std::string_view patient) const {
  const auto found = person(patient);
  return found ? people_[*found].notices : kNoIndexes;
}

const Notice& State::notice(std::size_t index) const {
  fhir::check(index < notices_.size(), "a notice's index is in range");
  return notices_[index];
}

const Notice* State::notice(std::string_view id) const {
  const auto found = notice_by_id_.find(std::string(id));
  return found == notice_by_id_.end() ? nullptr : &notices_[found->second];
}

std::size_t State::notices() const { return notices_.size(); }

const std::vector<std::size_t>& State::refusals_of(std::string_view patient) const {
  const auto found = person(patient);
  return found ? people_[*found].refusals : kNoIndexes;
}

const Refusal& State::refusal(std::size_t index) const {
  fhir::check(index < refusals_.size(), "a refusal's index is in range");
  return refusals_[index];
}

const Refusal* State::refusal(std::string_view id) const {
  const auto found = refusal_by_id_.find(std::string(id));
  return found == refusal_by_id_.end() ? nullptr : &refusals_[found->second];
}

std::size_t State::refusals() const { return refusals_.size(); }

const std::vector<Source>& State::sources() const { return sources_; }

std::vector<const Client*> State::clients() const {
  std::vector<const Client*> result;
  for (const auto& [id, client] : clients_) {
    result.push_back(&client);
  }
  return result;
}

std::vector<const Permit*> State::permits() const {
  std::vector<const Permit*> result;
  for (const auto& [id, permit] : permits_) {
    result.push_back(&permit);
  }
  return result;
}

const std::vector<Filing>& State::filings() const { return filings_; }

std::vector<std::string> State::certain_closure(std::string_view patient) const {
  return named_closure(patient, true);
}

std::vector<std::string> State::full_closure(std::string_view patient) const {
  return named_closure(patient, false);
}

std::vector<std::string> State::named_closure(std::string_view patient, bool certain_only) const {
  const auto found = person(patient);
  if (!found) {
    return {std::string(patient)};
  }
  std::vector<Person> people;
  closure(*found, certain_only, people);
  std::vector<std::string> result;
  for (const Person each : people) {
    result.push_back(*people_[each].id);
  }
  return result;
}

std::optional<State::Person> State::person(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

State::Person State::person(PatientNumber number) const {
  fhir::check(number < by_number_.size(), "a patient's number is in range");
  return by_number_[number];
}

const std::string& State::id_of(Person person) const { return *people_[person].id; }

const Patient* State::patient_of(Person person) const {
  const PatientNumber number = people_[person].patient;
  return number == kNone ? nullptr : &patients_[number];
}

const std::vector<std::size_t>& State::notices_of(Person person) const {
  return people_[person].notices;
}

const std::vector<std::size_t>& State::refusals_of(Person person) const {
  return people_[person].refusals;
}

const std::vector<OptIn>& State::optins_of(Person person) const {
  const auto found = optins_.find(person);
  return found == optins_.end() ? kNoOptIns : found->second;
}

const std::vector<std::size_t>& State::taken_back_of(Person person) const {
  const auto found = taken_back_.find(person);
  return found == taken_back_.end() ? kNoIndexes : found->second;
}

void State::closure(Person person, bool certain_only, std::vector<Person>& out) const {
  out.assign(1, person);
  if (people_[person].edges.empty()) {
    return;  // nearly everyone
  }
  // Closures are small; a table of everyone seen would cost more than it saves.
  std::unordered_set<Person> seen{person};
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (const Edge& edge : people_[out[i]].edges) {
      if ((edge.certain || !certain_only) && seen.insert(edge.other).second) {
        out.push_back(edge.other);
      }
    }
  }
}

}  // namespace sekisho::registry
