// Refusal lines are compared again with every new or changed patient, before
// anything of that patient can be released: those that name nobody yet, and
// those that a card number settled, which the rest of the line may contradict
// as soon as more is known of the card's owner.

#include <algorithm>
#include <tuple>
#include <utility>

#include "adapter/registry/registry_inner.h"

namespace sekisho::registry {

using fhir::Json;

namespace {

Json list_of(const std::vector<std::string> &texts) {
  Json list = Json::Array{};
  for (const std::string &text : texts) {
    list.push(text);
  }
  return list;
}

bool holds(const std::vector<std::string> &list, const std::string &id) {
  return std::find(list.begin(), list.end(), id) != list.end();
}

std::vector<std::string> missing_in(const std::vector<std::string> &found,
                                    const std::vector<std::string> &a,
                                    const std::vector<std::string> &b) {
  std::vector<std::string> missing;
  for (const std::string &each : found) {
    if (!holds(a, each) && !holds(b, each)) {
      missing.push_back(each);
    }
  }
  return missing;
}

// Nothing of it is in force any more.
bool over(const Refusal &refusal) {
  return refusal.status == RefusalStatus::kWithdrawn ||
         refusal.status == RefusalStatus::kRejected;
}

} // namespace

void Registry::Inner::lines_touched_by(const PatientIndex::Row &row,
                                       std::set<std::string> &refusals) {
  for (const std::string &line : book->pending.touched_by(row.digests.search)) {
    refusals.insert(line);
  }
  // What a card settled: of this patient, and of whoever else has the same
  // card.
  std::vector<std::string> owners = {row.patient.id};
  for (PatientIndex::Found &other : index->find(row.digests.card)) {
    owners.push_back(std::move(other.id));
  }
  for (const std::string &owner : owners) {
    for (const std::size_t each : book->state.refusals_of(owner)) {
      refusals.insert(book->state.refusal(each).id);
    }
  }
}

void Registry::Inner::record_matches(const std::set<std::string> &refusals,
                                     fhir::Instant now) {
  Json matches = Json::Array{};
  Json reopened = Json::Array{};
  for (const std::string &id : refusals) {
    const Refusal *refusal = book->state.refusal(id);
    const auto line =
        refusal == nullptr || over(*refusal) ? std::nullopt : book->keys_of(id);
    if (!line) {
      continue;
    }
    const Match found = match(*line, *index);
    auto candidates =
        missing_in(found.candidates, refusal->patients, refusal->candidates);
    if (refusal->status == RefusalStatus::kUnresolved) {
      const auto exact = missing_in(found.exact, refusal->patients, {});
      if (!exact.empty() || !candidates.empty()) {
        matches.push(Json::object({{"id", id},
                                   {"patients", list_of(exact)},
                                   {"candidates", list_of(candidates)}}));
      }
      continue;
    }
    // A card settled this line. Does something speak against it now, or is it
    // somebody else's?
    const auto others =
        missing_in(found.exact, refusal->patients, refusal->candidates);
    candidates.insert(candidates.end(), others.begin(), others.end());
    if (!others.empty() ||
        (found.exact.empty() && !index->find(line->digests.card).empty())) {
      reopened.push(
          Json::object({{"id", id}, {"candidates", list_of(candidates)}}));
    }
  }
  for (auto &[type, key, list] :
       {std::tuple{"refusal-reopen", "reopened", &reopened},
        std::tuple{"refusal-match", "matches", &matches}}) {
    if (!list->get<Json::Array>()->empty()) {
      JournalLine line;
      line.time = now;
      line.type = type;
      line.body = Json::object({{key, std::move(*list)}});
      write(line);
    }
  }
}

// An unresolved line waits for the patients that it may mean. The keys of one
// that a card settled rest sealed: what the registry learns of the card's owner
// may contradict them.
void Book::rest_or_wait(const Refusal &refusal) {
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

void Book::forget_keys(const std::string &refusal) {
  pending.remove(refusal);
  sealed_.erase(refusal);
}

std::optional<LineKeys> Book::keys_of(const std::string &refusal) const {
  if (const LineKeys *waiting = pending.find(refusal)) {
    return *waiting;
  }
  const auto sealed = sealed_.find(refusal);
  const auto keys = sealed == sealed_.end()
                        ? std::nullopt
                        : unseal_keys(sealed->second, refusal, keys_.seal);
  return keys ? std::optional(line_keys(*keys, keys_.seal)) : std::nullopt;
}

// Whom the card named stays blocked, as one of several who may be meant, until
// people decide.
Changed Book::apply_reopen(const Recorded &event) {
  Changed changed;
  for (const Json &item : event.body.items("reopened")) {
    const Refusal *known = state.refusal(item.text("id"));
    if (known == nullptr || over(*known)) {
      continue;
    }
    Refusal refusal = *known;
    std::vector<std::string> meant = std::exchange(refusal.patients, {});
    for (const Json &each : item.items("candidates")) {
      if (const auto *text = each.get<std::string>()) {
        meant.push_back(*text);
      }
    }
    for (std::string &each : meant) {
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

} // namespace sekisho::registry
