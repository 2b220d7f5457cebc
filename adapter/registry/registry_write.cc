#include <algorithm>
#include <unordered_map>
#include <utility>

#include "adapter/registry/prepare.h"
#include "adapter/registry/registry_inner.h"
#include "fhir/check.h"
#include "fhir/error.h"

namespace sekisho::registry {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Instant;
using fhir::Json;

namespace {

constexpr std::size_t kMostChanges = 4096;            // epochs that are remembered
constexpr std::size_t kMostChangedPatients = 50'000;  // of one epoch; more are "all"

}  // namespace

void Registry::Inner::require_open() const {
  if (access != Access::kWriter) {
    throw Error(ErrorCode::kConflict, "registry: opened for reading only");
  }
  if (!loaded || !chain_ok || !journal) {
    const std::lock_guard guard(noting);
    throw Error(ErrorCode::kCorrupt,
                "registry: locked (" + locked_because +
                    "); nothing can be recorded until its folder is repaired. Keep refusals on "
                    "paper until then; nothing is released meanwhile");
  }
}

void Registry::Inner::write(JournalLine& line) {
  try {
    journal->append(line);
  } catch (const Error& e) {
    if (journal->broken()) {
      loaded = false;  // what the disk holds is unknown: nothing is released on it
      lock_up(e.text());
    }
    throw e.within("registry: not recorded and not in force");
  }
  try {
    const Exclusive exclusive(*this);
    Changed changed = book->apply(line);
    hold_older_keys(changed);
    for (const Source& source : book->state.sources()) {
      if (source.always_fresh) {
        Source fresh = source;
        fresh.last_sync = line.time;
        book->state.put(std::move(fresh));
        break;
      }
    }
    take_policy();
    last_time = std::max(last_time.load(), line.time.ms);
    note(changed);
  } catch (...) {
    loaded = false;  // it is on the disk, but this view is not whole
    lock_up("an event could not be taken into memory; start again");
    throw;
  }
  try {
    write_head(options.dir + "/head.json", journal->end(), options.key);
  } catch (const Error&) {
    // The event is kept and in force. A head that lags only finds a cut journal later.
  }
}

void Registry::Inner::note(const Changed& changed) {
  Change change;
  change.epoch = epoch + 1;
  change.all = changed.all;
  if (!changed.all) {
    change.patients = numbers_of(changed.people);
    if (change.patients.size() > kMostChangedPatients) {
      change.all = true;
      change.patients.clear();
    }
  }
  {
    const std::lock_guard guard(noting);
    changes.push_back(std::move(change));
    if (changes.size() > kMostChanges) {
      changes.pop_front();
    }
  }
  ++epoch;
}

std::vector<PatientNumber> Registry::Inner::numbers_of(
    const std::vector<std::string>& people) const {
  std::vector<PatientNumber> numbers;
  std::vector<State::Person> closure;
  for (const std::string& id : people) {
    const auto person = book->state.person(id);
    if (!person) {
      continue;
    }
    book->state.closure(*person, false, closure);
    for (const State::Person each : closure) {
      if (const auto number = book->state.number_of(book->state.id_of(each))) {
        numbers.push_back(*number);
      }
    }
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

Registry::Appended Registry::Inner::append(const std::vector<Event>& events, bool as_import,
                                           const Actor& actor, Instant now) {
  const std::lock_guard guard(writing);
  require_open();
  Appended result;
  Preparing preparing(*book, *index, options, actor, now);
  const std::string number = std::to_string(journal->end().sequence + 1);
  Json prepared = Json::Array{};
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string id = as_import ? number + "-" + std::to_string(i + 1) : number;
    if (auto body = preparing.prepare(events[i], id)) {
      prepared.push(as_import ? Json::object({{"type", events[i].type}, {"body", *std::move(body)}})
                              : *std::move(body));
    }
  }
  result.issues = preparing.issues();
  if (!result.issues.empty() || events.empty()) {
    return result;
  }
  JournalLine line;
  line.time = now;
  line.by = actor.by;
  line.os_user = actor.os_user;
  if (as_import) {
    line.type = "import";
    line.body = Json::object({{"events", std::move(prepared)}});
  } else {
    line.type = events[0].type;
    line.body = std::move((*prepared.get<Json::Array>())[0]);
  }
  write(line);
  result.sequence = line.sequence;
  return result;
}

// Order matters for a crash at any point: first the journal holds which lines the new patients
// match, then the index holds the patients, then readers see both, and only then the caller stores
// their resources.
std::vector<PatientNumber> Registry::Inner::index_patients(
    const std::vector<PatientRecord>& records, Instant now) {
  const std::lock_guard guard(writing);
  require_open();
  std::vector<PatientNumber> numbers;
  std::vector<std::pair<PatientNumber, Patient>> changed;
  std::unordered_map<std::string, PatientNumber> added;
  Noticed noticed;
  bool answers_change = false;
  sqlite::Transaction transaction(index->database());
  for (const PatientRecord& record : records) {
    fhir::check(!record.id.empty(), "a patient record has the id of its resource");
    PatientIndex::Row row;
    const auto known = book->state.number_of(record.id);
    row.number =
        known ? *known
              : added
                    .try_emplace(record.id,
                                 static_cast<PatientNumber>(book->state.patients() + added.size()))
                    .first->second;
    row.patient.id = record.id;
    row.patient.birth = record.birth;
    row.patient.deceased = record.deceased;
    row.patient.deceased_on = record.deceased_on;
    row.digests = digests_of(record, options.key);
    numbers.push_back(row.number);
    const bool another = take_first(row);
    if (!index->put(row)) {
      continue;
    }
    if (another) {
      noticed.other_people.insert(record.id);
    }
    notice(row, noticed);
    // Someone new of whom nothing was ever heard changes nobody's answer.
    answers_change = answers_change || book->state.person(record.id).has_value();
    changed.emplace_back(row.number, std::move(row.patient));
  }
  record(noticed, now);
  if (answers_change) {
    index->raise_epoch();
  }
  transaction.commit();
  try {
    publish(changed, answers_change);
  } catch (...) {
    loaded = false;  // they are on the disk, but this view is behind it
    lock_up("patients could not be taken into memory; start again");
    throw;
  }
  return numbers;
}

void Registry::Inner::publish(const std::vector<std::pair<PatientNumber, Patient>>& changed,
                              bool answers_change) {
  if (changed.empty()) {
    return;
  }
  const Exclusive exclusive(*this);
  Changed people;
  for (const auto& [number, patient] : changed) {
    book->held.erase(patient.id);  // its keys were just made
    fhir::check(book->put_patient(patient) == number, "index and view number patients alike");
    people.people.push_back(patient.id);
  }
  if (answers_change) {
    ++index_epoch;
    note(people);
  }
}

}  // namespace sekisho::registry
