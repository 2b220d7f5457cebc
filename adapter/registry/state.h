#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapter/registry/model.h"
#include "adapter/registry/notice_model.h"

namespace sekisho::registry {

// The in-memory view that decisions read. Filled by Registry from its journal and patient index, or
// by a case file. Not thread-safe by itself: Registry hands it out under a reader lock; concurrent
// reading is fine.
class State {
 public:
  State() = default;
  State(const State&) = delete;  // its index points into itself
  State& operator=(const State&) = delete;
  State(State&&) = default;
  State& operator=(State&&) = default;

  // Filling. Each replaces an entity of the same id (filings: same client, track and version;
  // opt-ins: same patient and purpose). A notice without an id is always added.
  void put(Client client);
  void put(Permit permit);
  void put(Filing filing);
  void append(Filing filing);  // beside any of the same version; both must name an item then
  void put(Notice notice);
  // One notice that many patients were given alike; its `patient` is left empty.
  void put(Notice notice, const std::vector<std::string>& patients);
  void put(Notice notice, const std::vector<std::string_view>& patients);
  // A revoked notice counts for nobody, or not for this patient; it stays revoked if put again.
  void revoke_notice(std::string_view id);
  void revoke_notice(std::string_view id, std::string_view patient);
  void revoke_notices_of(std::string_view campaign);
  Papers& papers() { return papers_; }
  void put(Refusal refusal);
  void put(OptIn optin);
  void put(Source source);
  PatientNumber put(Patient patient);  // returns its number; a known id keeps its number
  void attest_baseline(const std::string& client);
  void link(const std::string& a, const std::string& b, bool certain);
  void unlink(const std::string& a, const std::string& b);  // what link() said of these two

  void use(fhir::CategoryVocabulary vocabulary);  // for the order of categories

  // Reading; null where there is none. Pointers are good while the state is not changed.
  const Client* client(std::string_view id) const;
  const Client* client_by_subject(std::string_view cert_subject) const;
  const Permit* permit(std::string_view id) const;
  const Patient* patient(std::string_view id) const;
  const Patient* patient(PatientNumber number) const;
  std::optional<PatientNumber> number_of(std::string_view id) const;
  std::size_t patients() const;  // numbers are 0 .. patients() - 1
  bool baseline_attested(std::string_view client) const;

  std::vector<const Filing*> filings(std::string_view client, Track track) const;
  const std::vector<std::size_t>& notices_of(std::string_view patient) const;  // into notice()
  const Notice& notice(std::size_t index) const;
  const Notice* notice(std::string_view id) const;
  std::size_t notices() const;
  // Refusals that name the patient or hold it as a candidate, into refusal().
  const std::vector<std::size_t>& refusals_of(std::string_view patient) const;
  const Refusal& refusal(std::size_t index) const;
  const Refusal* refusal(std::string_view id) const;
  std::size_t refusals() const;
  const std::vector<Source>& sources() const;
  std::vector<const Client*> clients() const;
  std::vector<const Permit*> permits() const;
  const std::vector<Filing>& filings() const;
  const Papers& papers() const { return papers_; }
  const fhir::CategoryVocabulary& vocabulary() const { return vocabulary_; }

  // Closures (4.4a): symmetric, transitive, through ids that are in no index too; the patient
  // first.
  std::vector<std::string> certain_closure(std::string_view patient) const;  // links alone
  std::vector<std::string> full_closure(std::string_view patient) const;     // links and maybe

  // The same by person: everyone the registry ever heard of, in the index or not.
  using Person = std::uint32_t;
  std::optional<Person> person(std::string_view id) const;
  Person person(PatientNumber number) const;
  const std::string& id_of(Person person) const;
  const Patient* patient_of(Person person) const;  // null: in no index
  const std::vector<std::size_t>& notices_of(Person person) const;
  const std::vector<std::size_t>& refusals_of(Person person) const;
  const std::vector<OptIn>& optins_of(Person person) const;
  const std::vector<std::size_t>& taken_back_of(Person person) const;  // revoked for this one
  // Fills `out` with the closure, the person first; `out` is scratch space that callers reuse.
  void closure(Person person, bool certain_only, std::vector<Person>& out) const;

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  struct Edge {
    Person other;
    bool certain;
    Person owner;  // whose patient record says so; kNone: link()
  };
  struct Node {
    const std::string* id = nullptr;  // in ids_
    PatientNumber patient = kNone;
    std::vector<Edge> edges;
    std::vector<std::size_t> notices, refusals;
  };

  Person intern(std::string_view id);
  std::vector<std::string> named_closure(std::string_view patient, bool certain_only) const;
  void connect(Person a, Person b, bool certain, Person owner);
  void disconnect(Person a, Person b, Person owner);

  std::vector<Node> people_;
  std::deque<std::string> ids_;  // never move, so by_id_ can look into them
  std::unordered_map<std::string_view, Person> by_id_;
  std::vector<Person> by_number_;
  std::deque<Patient> patients_;
  std::map<std::string, Client, std::less<>> clients_;
  std::map<std::string, Permit, std::less<>> permits_;
  std::vector<Filing> filings_;
  std::deque<Notice> notices_;
  std::unordered_map<std::string, std::size_t> notice_by_id_;
  std::deque<Refusal> refusals_;
  std::unordered_map<std::string, std::size_t> refusal_by_id_;
  std::unordered_map<Person, std::vector<OptIn>> optins_;
  std::unordered_map<Person, std::vector<std::size_t>> taken_back_;  // indexes of notices
  std::map<std::string, bool, std::less<>> baselines_;
  std::vector<Source> sources_;
  Papers papers_;
  fhir::CategoryVocabulary vocabulary_;
};

}  // namespace sekisho::registry
