#include "adapter/registry/matching.h"

#include <algorithm>
#include <utility>

namespace sekisho::registry {
namespace {

using Found = PatientIndex::Found;

bool differ(const std::string& a, const std::string& b) {
  return !a.empty() && !b.empty() && a != b;
}

// The card says one thing, the rest of the line another: perhaps the card number is wrong.
bool contradicts(const LineKeys& line, const PatientIndex::Known& patient) {
  if (line.birth && patient.birth && line.birth != patient.birth) {
    return true;
  }
  if (!line.digests.kana.empty() && !patient.kana.empty()) {
    return line.digests.kana != patient.kana;
  }
  return differ(line.digests.name, patient.name);
}

// K2: the birth date narrows a family down, unless the record has none.
bool may_be_insured(const LineKeys& line, const Found& found, PatientIndex& index) {
  const auto known = index.known(found.number);
  return !(line.birth && known && known->birth && *known->birth != *line.birth);
}

std::vector<std::string> digests_in(const LineKeys& line) {
  std::vector<std::string> all = line.digests.insurance;
  all.insert(all.end(), line.digests.name_birth.begin(), line.digests.name_birth.end());
  if (!line.digests.card.empty()) {
    all.push_back(line.digests.card);
  }
  return all;
}

}  // namespace

LineKeys line_keys(const PersonKeys& keys, std::string_view key) {
  return {digests_of(keys, key), keys.birth};
}

Match match(const LineKeys& line, PatientIndex& index) {
  Match result;
  const auto card = index.find(line.digests.card);
  if (card.size() == 1) {
    const auto known = index.known(card[0].number);
    if (known && !contradicts(line, *known)) {
      result.exact.push_back(card[0].id);
      return result;
    }
  }
  std::set<std::string> candidates;
  for (const Found& found : card) {
    candidates.insert(found.id);
  }
  for (const std::string& digest : line.digests.insurance) {
    for (const Found& found : index.find(digest)) {
      if (may_be_insured(line, found, index)) {
        candidates.insert(found.id);
      }
    }
  }
  for (const std::string& digest : line.digests.name_birth) {
    for (const Found& found : index.find(digest)) {
      candidates.insert(found.id);
    }
  }
  result.candidates.assign(candidates.begin(), candidates.end());
  return result;
}

void PendingLines::put(const std::string& refusal, LineKeys keys) {
  remove(refusal);
  for (const std::string& digest : digests_in(keys)) {
    by_digest_.emplace(digest, refusal);
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
  lines_.erase(line);
}

const LineKeys* PendingLines::find(const std::string& refusal) const {
  const auto line = lines_.find(refusal);
  return line == lines_.end() ? nullptr : &line->second;
}

std::set<std::string> PendingLines::touched_by(const std::vector<std::string>& digests) const {
  std::set<std::string> refusals;
  for (const std::string& digest : digests) {
    const auto [begin, end] = by_digest_.equal_range(digest);
    for (auto at = begin; at != end; ++at) {
      refusals.insert(at->second);
    }
  }
  return refusals;
}

}  // namespace sekisho::registry
