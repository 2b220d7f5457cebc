#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "adapter/registry/book.h"
#include "adapter/registry/patient_index.h"
#include "adapter/registry/registry.h"

namespace sekisho::registry {

// Turns events as people and files give them into bodies for the journal: checks them against what
// is known, resolves card numbers to patients, matches and seals refusal lines, signs permits.
// Several events of one import see each other's clients and refusal ids.
class Preparing {
 public:
  Preparing(const Book& book, PatientIndex& index, const Registry::Options& options,
            const Actor& actor, fhir::Instant now);

  // Nothing where the event is wrong; issues() says why. `id` names what the event makes.
  std::optional<fhir::Json> prepare(const Event& event, const std::string& id);
  const fhir::Issues& issues() const { return issues_; }

  // What the functions of event_table.h have to hand.
  const Book& book() const { return book_; }
  const Registry::Options& options() const { return options_; }
  fhir::Instant now() const { return now_; }
  Reading reading() const { return {options_.vocabulary, place_, {}}; }
  void take(const Reading& reading);  // its Issues
  void refuse(std::string_view key, std::string code, std::string diagnostics);
  bool two_people(std::string_view why);
  void check_client_known(const std::string& client);
  std::optional<std::string> patient_of_card(const std::string& card, std::string_view key);

  // One for each type of event that people record.
  void client(fhir::Json& body);
  void permit(fhir::Json& body);
  void permit_revoke(fhir::Json& body);
  void filing(fhir::Json& body);           // filing_event.cc
  void notice(fhir::Json& body);           // notice_event.cc
  void notice_version(fhir::Json& body);   // notice_event.cc
  void notice_revoke(fhir::Json& body);    // notice_event.cc
  void campaign(fhir::Json& body);         // campaign_event.cc
  void campaign_run(fhir::Json& body);     // campaign_event.cc
  void campaign_revoke(fhir::Json& body);  // campaign_event.cc
  void receipt(fhir::Json& body);          // receipt_event.cc
  void refusal(fhir::Json& body, const std::string& id);
  void refusal_status(fhir::Json& body);
  void optin(fhir::Json& body);
  void link(fhir::Json& body);    // link_event.cc
  void unlink(fhir::Json& body);  // link_event.cc
  void patient_status(fhir::Json& body);
  void baseline(fhir::Json& body);
  void source_sync(fhir::Json& body);
  void policy(fhir::Json& body);

 private:
  const Filing* filing_of(const std::string& client, std::optional<Track> track,
                          std::int64_t version) const;
  // An Issue where that filing is not registered or has not all the items.
  void check_filed(const std::string& client, std::optional<Track> track, std::int64_t version,
                   fhir::CategorySet items);
  void fill_from_version(fhir::Json& body);
  const Campaign* standing_campaign(std::string_view key, std::string_view id);
  void match_refusal(RefusalEvent& event, fhir::Json& body);
  void check_withdrawal(const RefusalStatusEvent& event, const Refusal& refusal);
  void check_resolution(const RefusalStatusEvent& event, const Refusal& refusal);

  const Book& book_;
  PatientIndex& index_;
  const Registry::Options& options_;
  const Actor& actor_;
  fhir::Instant now_;
  fhir::Issues issues_;
  std::string place_;
  bool from_list_ = false;
  std::set<std::string> new_clients_, new_subjects_, new_refusals_, new_notices_;
  std::map<Papers::FilingKey, Filing> new_filings_;
};

}  // namespace sekisho::registry
