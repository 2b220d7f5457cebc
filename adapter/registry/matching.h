#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapter/registry/patient_index.h"
#include "adapter/registry/person_key.h"

namespace sekisho::registry {

// Whom a refusal line means, by steps K1 to K4 of release-decision 4.6. Keys only ever add people.
struct Match {
  std::vector<std::string> exact;       // K1, K4: exactly this person, nothing speaks against it
  std::vector<std::string> candidates;  // all of them stay blocked until people decide
};

struct LineKeys {
  KeyDigests digests;
  std::optional<fhir::CivilDate> birth;
};
LineKeys line_keys(const PersonKeys& keys, std::string_view key);

Match match(const LineKeys& line, PatientIndex& index);

// The refusal lines that still wait for a person, findable by what they say.
class PendingLines {
 public:
  void put(const std::string& refusal, LineKeys keys);
  void remove(const std::string& refusal);
  const LineKeys* find(const std::string& refusal) const;
  // The lines that share a digest with a patient, or the birth date: who gets it by a correction
  // may be meant by a former name or insurance, which the record does not say any more.
  std::set<std::string> touched_by(const std::vector<std::string>& digests,
                                   const std::optional<fhir::CivilDate>& birth) const;
  std::vector<fhir::CivilDate> births() const;  // of the lines, each once

 private:
  std::map<std::string, LineKeys> lines_;
  std::unordered_multimap<std::string, std::string> by_digest_;
  std::map<fhir::CivilDate, std::set<std::string>> by_birth_;
};

}  // namespace sekisho::registry
