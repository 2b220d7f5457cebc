// What a new or changed patient tells about who is who, before anything of that patient can be
// released. Refusal lines are compared again: those that name nobody yet, and those that a card
// number settled, which the rest of the line may contradict as soon as more is known of the card's
// owner. A card may have been given to somebody else.

#include <algorithm>
#include <utility>

#include "adapter/registry/registry_inner.h"

namespace sekisho::registry {

using fhir::Json;

namespace {

Json list_of(const std::vector<std::string>& texts) {
  Json list = Json::Array{};
  for (const std::string& text : texts) {
    list.push(text);
  }
  return list;
}

std::vector<std::string> ids_of(const Json& item, std::string_view key) {
  std::vector<std::string> ids;
  for (const Json& each : item.items(key)) {
    if (const auto* text = each.get<std::string>()) {
      ids.push_back(*text);
    }
  }
  return ids;
}

void add_event(Json& events, const char* type, Json body) {
  events.push(Json::object({{"type", type}, {"body", std::move(body)}}));
}

bool holds(const std::vector<std::string>& list, const std::string& id) {
  return std::find(list.begin(), list.end(), id) != list.end();
}

std::vector<std::string> missing_in(const std::vector<std::string>& found,
                                    const std::vector<std::string>& a,
                                    const std::vector<std::string>& b) {
  std::vector<std::string> missing;
  for (const std::string& each : found) {
    if (!holds(a, each) && !holds(b, each)) {
      missing.push_back(each);
    }
  }
  return missing;
}

// Nothing of it is in force any more.
bool over(const Refusal& refusal) {
  return refusal.status == RefusalStatus::kWithdrawn || refusal.status == RefusalStatus::kRejected;
}

// A card that now has another name and another birth date was perhaps given to somebody else, who
// has the notices of the first. A marriage changes one, a correction the other.
bool another_person(const PatientIndex::Named& first, const PatientIndex::Named& now) {
  enum class Compared { kUnknown, kSame, kDifferent };
  const auto compare = [](const auto& a, const auto& b, bool known) {
    return !known ? Compared::kUnknown : a == b ? Compared::kSame : Compared::kDifferent;
  };
  const Compared seen[] = {compare(first.birth, now.birth, first.birth && now.birth),
                           compare(first.kana, now.kana, !first.kana.empty() && !now.kana.empty()),
                           compare(first.name, now.name, !first.name.empty() && !now.name.empty())};
  const auto any = [&](Compared what) {
    return std::find(std::begin(seen), std::end(seen), what) != std::end(seen);
  };
  return !any(Compared::kSame) && any(Compared::kDifferent);
}

void fill(std::string& first, const std::string& now) {
  if (first.empty()) {
    first = now;
  }
}

}  // namespace

bool Registry::Inner::take_first(PatientIndex::Row& row) {
  const auto known = index->known(row.number);
  PatientIndex::Named now{row.patient.birth, row.digests.kana, row.digests.name};
  if (row.digests.temporary_name) {
    now.kana.clear();  // the person's own is still to come
    now.name.clear();
  }
  row.first = known ? known->first : now;
  const bool another = known && another_person(known->first, now);
  if (another) {
    row.first = now;
  } else if (known && known->key_format != kKeyFormat) {
    row.first.kana = now.kana;
    row.first.name = now.name;
  }
  row.first.birth = row.first.birth ? row.first.birth : now.birth;
  fill(row.first.kana, now.kana);
  fill(row.first.name, now.name);
  return another;
}

void Registry::Inner::notice(const PatientIndex::Row& row, Noticed& noticed) {
  const std::string& id = row.patient.id;
  for (const std::string& line : book->pending.touched_by(row.digests.search, row.patient.birth)) {
    noticed.lines.insert(line);
  }
  // What a card or link code settled: of this patient, and of whoever else has the same.
  std::vector<std::string> owners = {id};
  for (const std::string* digest : {&row.digests.card, &row.digests.link_code}) {
    for (PatientIndex::Found& other : index->find(*digest)) {
      owners.push_back(std::move(other.id));
    }
  }
  for (const std::string& owner : owners) {
    for (const std::size_t each : book->state.refusals_of(owner)) {
      noticed.lines.insert(book->state.refusal(each).id);
    }
  }
}

void Registry::Inner::record(const Noticed& noticed, fhir::Instant now) {
  Json events = Json::Array{};
  compare_lines(noticed.lines, events);
  for (const std::string& id : noticed.other_people) {
    add_event(events, "patient-status",
              Json::object({{"patient", id}, {"identity_conflict", true}}));
  }
  const auto& list = *events.get<Json::Array>();
  if (list.empty()) {
    return;
  }
  JournalLine line;
  line.time = now;
  if (list.size() == 1) {
    line.type = list[0].text("type");
    line.body = *list[0].find("body");
  } else {
    line.type = "import";
    line.body = Json::object({{"events", std::move(events)}});
  }
  write(line);
}

void Registry::Inner::compare_lines(const std::set<std::string>& refusals, Json& events) {
  Json matches = Json::Array{};
  Json reopened = Json::Array{};
  for (const std::string& id : refusals) {
    const Refusal* refusal = book->state.refusal(id);
    const auto line = refusal == nullptr || over(*refusal) ? std::nullopt : book->keys_of(id);
    if (!line) {
      continue;
    }
    const Match found = match(*line, *index);
    auto candidates = missing_in(found.candidates, refusal->patients, refusal->candidates);
    if (refusal->status == RefusalStatus::kUnresolved) {
      const auto exact = missing_in(found.exact, refusal->patients, {});
      if (!exact.empty() || !candidates.empty()) {
        matches.push(Json::object(
            {{"id", id}, {"patients", list_of(exact)}, {"candidates", list_of(candidates)}}));
      }
      continue;
    }
    // A card settled this line. Does something speak against it now, or is it somebody else's?
    const auto others = missing_in(found.exact, refusal->patients, refusal->candidates);
    candidates.insert(candidates.end(), others.begin(), others.end());
    const bool owned =
        !index->find(line->digests.card).empty() || !index->find(line->digests.link_code).empty();
    if (!others.empty() || (found.exact.empty() && owned)) {
      reopened.push(Json::object({{"id", id}, {"candidates", list_of(candidates)}}));
    }
  }
  if (!reopened.get<Json::Array>()->empty()) {
    add_event(events, "refusal-reopen", Json::object({{"reopened", std::move(reopened)}}));
  }
  if (!matches.get<Json::Array>()->empty()) {
    add_event(events, "refusal-match", Json::object({{"matches", std::move(matches)}}));
  }
}

void Registry::Inner::hold_older_keys(Changed& changed) {
  if (!older_keys) {
    return;
  }
  for (const fhir::CivilDate birth : book->pending.births()) {
    if (!held_for.insert(birth).second) {
      continue;
    }
    for (const PatientIndex::Found& found : index->of_older_keys(birth)) {
      if (book->hold(found.id)) {
        changed.people.push_back(found.id);
      }
    }
  }
}

bool Book::hold(const std::string& patient) {
  if (!held.insert(patient).second) {
    return false;
  }
  if (const Patient* known = state.patient(patient)) {
    const auto original = indexed_.find(patient);
    put_patient(original == indexed_.end() ? *known : original->second);
  }
  return true;
}

PatientNumber Book::put_held(Patient patient) {
  patient.identity_conflict = patient.identity_conflict || held.count(patient.id) != 0;
  return state.put(std::move(patient));
}

// An unresolved line waits for the patients that it may mean. The keys of one that a card settled
// rest sealed: what the registry learns of the card's owner may contradict them.
void Book::rest_or_wait(const Refusal& refusal) {
  if (over(refusal)) {
    forget_keys(refusal.id);
  } else if (refusal.status != RefusalStatus::kUnresolved) {
    pending.remove(refusal.id);
  } else if (pending.find(refusal.id) == nullptr) {
    if (auto keys = keys_of(refusal.id)) {
      pending.put(refusal.id, *std::move(keys));
    }
  }
}

void Book::forget_keys(const std::string& refusal) {
  pending.remove(refusal);
  sealed_.erase(refusal);
}

std::optional<LineKeys> Book::keys_of(const std::string& refusal) const {
  if (const LineKeys* waiting = pending.find(refusal)) {
    return *waiting;
  }
  const auto sealed = sealed_.find(refusal);
  const auto keys =
      sealed == sealed_.end() ? std::nullopt : unseal_keys(sealed->second, refusal, keys_.seal);
  return keys ? std::optional(line_keys(*keys, keys_.seal)) : std::nullopt;
}

// Whom the card named stays blocked, as one of several who may be meant, until people decide.
Changed Book::apply_reopen(const Recorded& event) {
  Changed changed;
  for (const Json& item : event.body.items("reopened")) {
    const Refusal* known = state.refusal(item.text("id"));
    if (known == nullptr || over(*known)) {
      continue;
    }
    Refusal refusal = *known;
    std::vector<std::string> meant = std::exchange(refusal.patients, {});
    for (std::string& each : ids_of(item, "candidates")) {
      meant.push_back(std::move(each));
    }
    for (std::string& each : meant) {
      if (!holds(refusal.candidates, each)) {
        refusal.candidates.push_back(std::move(each));
      }
    }
    refusal.status = RefusalStatus::kUnresolved;
    changed.people.insert(changed.people.end(), refusal.candidates.begin(),
                          refusal.candidates.end());
    rest_or_wait(refusal);
    state.put(std::move(refusal));
  }
  return changed;
}

}  // namespace sekisho::registry
