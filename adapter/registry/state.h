#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapter/registry/model.h"

namespace sekisho::registry {

// The in-memory view that decisions read. Filled by Registry from its journal and patient index, or
// by a case file. Not thread-safe by itself: Registry hands it out under a reader lock.
class State {
 public:
  // Filling. Each replaces an entity of the same id (filings: same client, track and version).
  void put(Client client);
  void put(Permit permit);
  void put(Filing filing);
  void put(Notice notice);
  void put(Refusal refusal);
  void put(OptIn optin);
  void put(Source source);
  PatientNumber put(Patient patient);  // returns its number; a known id keeps its number
  void attest_baseline(const std::string& client);
  void link(const std::string& a, const std::string& b, bool certain);

  // Reading; null where there is none. Pointers are good while the state is not changed.
  const Client* client(std::string_view id) const;
  const Client* client_by_subject(std::string_view cert_subject) const;
  const Permit* permit(std::string_view id) const;
  const Patient* patient(std::string_view id) const;
  const Patient* patient(PatientNumber number) const;
  std::optional<PatientNumber> number_of(std::string_view id) const;
  std::size_t patients() const;  // numbers are 0 .. patients() - 1
  bool baseline_attested(std::string_view client) const;
  bool optin_given(std::string_view patient, std::string_view purpose) const;

  std::vector<const Filing*> filings(std::string_view client, Track track) const;
  const std::vector<std::size_t>& notices_of(std::string_view patient) const;  // into notice()
  const Notice& notice(std::size_t index) const;
  const std::vector<std::size_t>& refusals_of(
      std::string_view patient) const;  // names or candidates
  const Refusal& refusal(std::size_t index) const;
  std::size_t refusals() const;
  const std::vector<Source>& sources() const;
  std::vector<const Client*> clients() const;
  std::vector<const Permit*> permits() const;

  // Closures (4.4a): symmetric, transitive, through ids that are in no index too; the patient
  // first.
  std::vector<std::string> certain_closure(std::string_view patient) const;  // links alone
  std::vector<std::string> full_closure(std::string_view patient) const;     // links and maybe

 private:
  // Chosen by adapter/registry; see state.cc.
  struct Ids;
  std::unordered_map<std::string, PatientNumber> numbers_;
  std::vector<Patient> patients_;
  std::map<std::string, Client, std::less<>> clients_;
  std::map<std::string, Permit, std::less<>> permits_;
  std::vector<Filing> filings_;
  std::vector<Notice> notices_;
  std::vector<Refusal> refusals_;
  std::map<std::string, bool, std::less<>> baselines_;
  std::vector<Source> sources_;
};

}  // namespace sekisho::registry
