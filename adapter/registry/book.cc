#include "adapter/registry/book.h"

#include <algorithm>
#include <utility>

#include "adapter/registry/event_table.h"
#include "fhir/digest.h"
#include "fhir/error.h"

namespace sekisho::registry {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Json;

namespace {

void add_missing(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const std::string& each : more) {
    if (std::find(list.begin(), list.end(), each) == list.end()) {
      list.push_back(each);
    }
  }
}

void remove_all(std::vector<std::string>& list, const std::vector<std::string>& gone) {
  list.erase(std::remove_if(list.begin(), list.end(),
                            [&](const std::string& each) {
                              return std::find(gone.begin(), gone.end(), each) != gone.end();
                            }),
             list.end());
}

Changed everyone() { return {true, {}}; }

Changed people_of(const Refusal& refusal) {
  Changed changed{false, refusal.patients};
  changed.people.insert(changed.people.end(), refusal.candidates.begin(), refusal.candidates.end());
  return changed;
}

}  // namespace

Book::Book(fhir::CategoryVocabulary vocabulary, Keys keys)
    : vocabulary_(std::move(vocabulary)), keys_(std::move(keys)) {
  state.use(vocabulary_);
}

Changed Book::apply(const JournalLine& line) {
  if (!created) {
    created = line.time;
  }
  const std::string number = std::to_string(line.sequence);
  if (line.type != "import") {
    return apply_event(line.type, line.body, line, number);
  }
  Changed changed;
  const auto& events = line.body.items("events");
  for (std::size_t i = 0; i < events.size(); ++i) {
    static const Json kNothing = Json::object({});
    const Json* body = events[i].find("body");
    const Changed one =
        apply_event(std::string(events[i].text("type")), body == nullptr ? kNothing : *body, line,
                    number + "-" + std::to_string(i + 1));
    changed.all = changed.all || one.all;
    changed.people.insert(changed.people.end(), one.people.begin(), one.people.end());
  }
  return changed;
}

Changed Book::apply_event(const std::string& type, const Json& body, const JournalLine& line,
                          const std::string& id) {
  Reading reading{vocabulary_, type, {}};
  if (const EventKind* kind = event_kind(type)) {
    return kind->apply(*this, {body, line, id, reading});
  }
  throw Error(ErrorCode::kCorrupt, "registry journal line " + std::to_string(line.sequence) +
                                       ": this program does not know its type of event: a newer "
                                       "one wrote it; install that again or restore the backup "
                                       "made before it");
}

Changed Book::apply_client(const Recorded& event) {
  Client client = read_client(event.body, event.reading);
  // A refusal that named this client before it was registered covered everyone.
  const bool known = state.client(client.id) != nullptr;
  state.put(std::move(client));
  return known ? Changed{} : everyone();
}

Changed Book::apply_revocation(const Recorded& event) {
  if (const Permit* permit = state.permit(read_permit_revocation(event.body, event.reading))) {
    Permit revoked = *permit;
    revoked.revoked = true;
    state.put(std::move(revoked));
  }
  return {};
}

Changed Book::apply_optin(const Recorded& event) {
  OptIn optin = read_optin(event.body, event.reading).optin;
  Changed changed{false, {optin.patient}};
  state.put(std::move(optin));
  return changed;
}

Changed Book::apply_baseline(const Recorded& event) {
  const Baseline baseline = read_baseline(event.body, event.reading);
  if (event.reading.issues.empty()) {
    state.attest_baseline(baseline.client);
  }
  return {};
}

Changed Book::apply_policy(const Recorded& event) {
  const Json* format = event.body.find("format");
  const auto* number = format == nullptr ? nullptr : format->get<fhir::Number>();
  if (format != nullptr && (number == nullptr || number->text != std::to_string(kJournalFormat))) {
    throw Error(ErrorCode::kCorrupt,
                "registry journal: its format is newer than this program's " +
                    std::to_string(kJournalFormat) +
                    "; install the newer program again or restore the backup made before it");
  }
  policy_hash = event.body.text("hash");
  return everyone();
}

Changed Book::apply_permit(const Recorded& event) {
  Permit permit = read_permit(event.body, event.reading);
  const auto signature = fhir::from_hex(event.body.text("signature"));
  permit.signature_ok = signature && keys_.permits &&
                        keys_.permits->verify(signed_permit(event.body, event.line.by), *signature);
  state.put(std::move(permit));
  return everyone();
}

Changed Book::apply_refusal(const Recorded& recorded) {
  RefusalEvent event = read_refusal(recorded.body, recorded.reading);
  Refusal& refusal = event.refusal;
  refusal.id = refusal.id.empty() ? "r" + recorded.id : refusal.id;
  refusal.recorded_at = recorded.line.time;
  refusal.named_in = recorded.line.sequence;
  if (!refusal.source.empty()) {
    list_lines[{refusal.source, refusal.source_line}] = refusal.id;
  }
  if (!event.sealed.empty()) {
    sealed_[refusal.id] = event.sealed;
  }
  Changed changed = people_of(refusal);
  rest_or_wait(refusal);
  state.put(std::move(refusal));
  return changed;
}

Changed Book::apply_refusal_status(const Recorded& recorded) {
  const RefusalStatusEvent event = read_refusal_status(recorded.body, recorded.reading);
  const Refusal* known = state.refusal(event.id);
  if (known == nullptr) {
    return {};
  }
  Refusal refusal = *known;
  Changed changed = people_of(refusal);
  refusal.status = event.status;
  add_missing(refusal.patients, event.patients);
  remove_all(refusal.candidates, event.patients);
  remove_all(refusal.candidates, event.release);
  add_missing(changed.people, event.patients);
  if (!event.patients.empty() || !event.release.empty()) {
    refusal.named_in = recorded.line.sequence;
    forget_keys(refusal.id);  // people settled whom it means
  }
  rest_or_wait(refusal);
  state.put(std::move(refusal));
  return changed;
}

Changed Book::apply_matches(const Recorded& recorded) {
  Changed changed;
  for (const RefusalMatch& match : read_refusal_matches(recorded.body)) {
    const Refusal* known = state.refusal(match.id);
    if (known == nullptr) {
      continue;
    }
    Refusal refusal = *known;
    add_missing(refusal.patients, match.patients);
    add_missing(refusal.candidates, match.candidates);
    remove_all(refusal.candidates, refusal.patients);
    if (!match.patients.empty() && refusal.status == RefusalStatus::kUnresolved) {
      const bool check = needs_check(refusal, state, fhir::japan_date(recorded.line.time));
      refusal.status = check ? RefusalStatus::kUnverified : RefusalStatus::kActive;
    }
    add_missing(changed.people, match.patients);
    add_missing(changed.people, match.candidates);
    rest_or_wait(refusal);
    state.put(std::move(refusal));
  }
  return changed;
}

Changed Book::apply_patient_status(const Recorded& event) {
  const PatientStatus news = read_patient_status(event.body, event.reading);
  PatientStatus& said = said_[news.patient];
  said.patient = news.patient;
  if (news.deceased) {
    said.deceased = news.deceased;
    said.deceased_on = news.deceased_on;
  }
  if (news.incapacity) {
    said.incapacity = news.incapacity;
  }
  if (news.identity_conflict) {
    said.identity_conflict = news.identity_conflict;
  }
  if (const Patient* patient = state.patient(news.patient)) {
    const auto original = indexed_.try_emplace(news.patient, *patient).first;
    put_patient(original->second);
  }
  return {false, {news.patient}};
}

PatientNumber Book::put_patient(Patient patient) {
  const auto found = said_.find(patient.id);
  if (found == said_.end()) {
    return put_held(std::move(patient));
  }
  indexed_[patient.id] = patient;
  const PatientStatus& said = found->second;
  if (said.deceased) {
    // The record's day of death stands where it is the earlier one, or the only one.
    patient.deceased = *said.deceased;
    if (!*said.deceased) {
      patient.deceased_on.reset();
    } else if (said.deceased_on &&
               (!patient.deceased_on || *said.deceased_on < *patient.deceased_on)) {
      patient.deceased_on = said.deceased_on;
    }
  }
  patient.incapacity = said.incapacity.value_or(patient.incapacity);
  patient.identity_conflict = said.identity_conflict.value_or(patient.identity_conflict);
  return put_held(std::move(patient));
}

Changed Book::apply_sync(const Recorded& event) {
  const SourceSync sync = read_source_sync(event.body, event.reading);
  for (const Source& source : state.sources()) {
    if (source.name == sync.name) {
      Source fresh = source;
      fresh.last_sync = sync.at;
      fresh.fresh_until.reset();
      if (sync.issued && sync.next_update) {
        const fhir::Instant cap{sync.issued->ms + source.max_age_s * 1000};
        fresh.fresh_until = std::min(*sync.next_update, cap);
      }
      if (sync.sequence) {
        source_sequences[sync.name] = *sync.sequence;
      }
      state.put(std::move(fresh));
      break;
    }
  }
  return {};
}

}  // namespace sekisho::registry
