#include "adapter/registry/matching.h"

#include <algorithm>
#include <utility>

namespace sekisho::registry {
namespace {

using Found = PatientIndex::Found;

template <class List>
bool holds(const List& list, const std::string& digest) {
  return std::find(list.begin(), list.end(), digest) != list.end();
}

// Another birth date, or another name, than the patient is known by.
bool contradicts(const LineKeys& line, const PatientIndex::Known& patient) {
  if (line.birth && patient.now.birth && line.birth != patient.now.birth) {
    return true;
  }
  if (!line.digests.kana.empty() && !patient.now.kana.empty()) {
    return !holds(line.digests.kana, patient.now.kana);
  }
  if (!line.digests.name.empty() && !patient.now.name.empty()) {
    return !holds(line.digests.name, patient.now.name) &&
           !holds(line.digests.name, patient.now.kana);
  }
  return false;
}

class Search {
 public:
  Search(const LineKeys& line, PatientIndex& index) : line_(line), index_(index) {}

  // Whom the card or the link code names, if that is one person and nothing speaks against it.
  std::optional<std::string> exact() {
    for (const std::string* digest : {&line_.digests.card, &line_.digests.link_code}) {
      for (Found& found : index_.find(*digest)) {
        owners_.emplace(found.id, found.number);
      }
    }
    if (owners_.size() != 1) {
      return std::nullopt;
    }
    const auto& [id, number] = *owners_.begin();
    const auto known = index_.known(number);
    if (!known || (contradicts(line_, *known) && !called_so(*known, number))) {
      return std::nullopt;
    }
    return id;
  }

  std::vector<std::string> candidates() {
    std::set<std::string> all;
    for (const auto& [id, number] : owners_) {
      all.insert(id);
    }
    for (const std::string& digest : line_.digests.insurance) {
      for (Found& found : index_.find(digest)) {
        if (may_be_insured(found)) {
          all.insert(std::move(found.id));
        }
      }
    }
    for (const std::string& digest : line_.digests.name_birth) {
      for (Found& found : index_.find(digest)) {
        all.insert(std::move(found.id));
      }
    }
    for (const std::string& digest : line_.digests.open_name) {
      for (Found& found : index_.find(digest)) {
        const auto known = index_.known(found.number);
        if (known && known->open_name) {  // by now its record may say the name
          all.insert(std::move(found.id));
        }
      }
    }
    return {all.begin(), all.end()};
  }

 private:
  // Born that day, and at some time known by that name, or not known by any yet.
  bool called_so(const PatientIndex::Known& known, PatientNumber number) {
    if (!line_.birth || line_.birth != known.now.birth) {
      return false;
    }
    const auto finds = [&](const std::string& digest) {
      const auto found = index_.find(digest);
      return std::any_of(found.begin(), found.end(),
                         [&](const Found& each) { return each.number == number; });
    };
    return known.open_name ||
           std::any_of(line_.digests.name_birth.begin(), line_.digests.name_birth.end(), finds);
  }

  // K2: the birth date narrows a family down, unless the record has none.
  bool may_be_insured(const Found& found) {
    const auto known = index_.known(found.number);
    return !(line_.birth && known && known->now.birth && *known->now.birth != *line_.birth);
  }

  const LineKeys& line_;
  PatientIndex& index_;
  std::map<std::string, PatientNumber> owners_;
};

std::vector<std::string> digests_in(const LineKeys& line) {
  std::vector<std::string> all = line.digests.insurance;
  for (const auto* more : {&line.digests.name_birth, &line.digests.open_name}) {
    all.insert(all.end(), more->begin(), more->end());
  }
  for (const std::string* one : {&line.digests.card, &line.digests.link_code}) {
    if (!one->empty()) {
      all.push_back(*one);
    }
  }
  return all;
}

}  // namespace

LineKeys line_keys(const PersonKeys& keys, std::string_view key) {
  return {digests_of(keys, key), keys.birth};
}

Match match(const LineKeys& line, PatientIndex& index) {
  Search search(line, index);
  Match result;
  if (auto exact = search.exact()) {
    result.exact.push_back(*std::move(exact));
  } else {
    result.candidates = search.candidates();
  }
  return result;
}

void PendingLines::put(const std::string& refusal, LineKeys keys) {
  remove(refusal);
  for (const std::string& digest : digests_in(keys)) {
    by_digest_.emplace(digest, refusal);
  }
  if (keys.birth) {
    by_birth_[*keys.birth].insert(refusal);
  }
  lines_.emplace(refusal, std::move(keys));
}

void PendingLines::remove(const std::string& refusal) {
  const auto line = lines_.find(refusal);
  if (line == lines_.end()) {
    return;
  }
  for (const std::string& digest : digests_in(line->second)) {
    const auto [begin, end] = by_digest_.equal_range(digest);
    for (auto at = begin; at != end;) {
      at = at->second == refusal ? by_digest_.erase(at) : std::next(at);
    }
  }
  if (const auto& birth = line->second.birth) {
    auto& same = by_birth_[*birth];
    same.erase(refusal);
    if (same.empty()) {
      by_birth_.erase(*birth);
    }
  }
  lines_.erase(line);
}

const LineKeys* PendingLines::find(const std::string& refusal) const {
  const auto line = lines_.find(refusal);
  return line == lines_.end() ? nullptr : &line->second;
}

std::set<std::string> PendingLines::touched_by(const std::vector<std::string>& digests,
                                               const std::optional<fhir::CivilDate>& birth) const {
  std::set<std::string> refusals;
  for (const std::string& digest : digests) {
    const auto [begin, end] = by_digest_.equal_range(digest);
    for (auto at = begin; at != end; ++at) {
      refusals.insert(at->second);
    }
  }
  const auto same = birth ? by_birth_.find(*birth) : by_birth_.end();
  if (same != by_birth_.end()) {
    refusals.insert(same->second.begin(), same->second.end());
  }
  return refusals;
}

std::vector<fhir::CivilDate> PendingLines::births() const {
  std::vector<fhir::CivilDate> days;
  for (const auto& [day, refusals] : by_birth_) {
    days.push_back(day);
  }
  return days;
}

}  // namespace sekisho::registry
