#include "adapter/registry/event_table.h"

namespace sekisho::registry {

namespace {

template <void (Preparing::*kMember)(fhir::Json&)>
void prepared_by(Preparing& preparing, fhir::Json& body, const std::string&) {
  (preparing.*kMember)(body);
}

void prepare_refusal(Preparing& preparing, fhir::Json& body, const std::string& id) {
  preparing.refusal(body, id);
}

template <Changed (Book::*kMember)(const Recorded&)>
Changed applied_by(Book& book, const Recorded& event) {
  return (book.*kMember)(event);
}

Changed apply_nothing(Book&, const Recorded&) { return {}; }

constexpr EventKind kKinds[] = {
    {"client", prepared_by<&Preparing::client>, applied_by<&Book::apply_client>},
    {"permit", prepared_by<&Preparing::permit>, applied_by<&Book::apply_permit>},
    {"permit-revoke", prepared_by<&Preparing::permit_revoke>, applied_by<&Book::apply_revocation>},
    {"filing", prepared_by<&Preparing::filing>, applied_by<&Book::apply_filing>},
    {"notice", prepared_by<&Preparing::notice>, applied_by<&Book::apply_notice>},
    {"notice-version", prepared_by<&Preparing::notice_version>,
     applied_by<&Book::apply_notice_version>},
    {"notice-revoke", prepared_by<&Preparing::notice_revoke>,
     applied_by<&Book::apply_notice_revocation>},
    {"campaign", prepared_by<&Preparing::campaign>, applied_by<&Book::apply_campaign>},
    {"campaign-run", prepared_by<&Preparing::campaign_run>, applied_by<&Book::apply_campaign_run>},
    {"campaign-revoke", prepared_by<&Preparing::campaign_revoke>,
     applied_by<&Book::apply_campaign_revocation>},
    {"receipt", prepared_by<&Preparing::receipt>, applied_by<&Book::apply_receipt>},
    {"refusal", prepare_refusal, applied_by<&Book::apply_refusal>},
    {"refusal-status", prepared_by<&Preparing::refusal_status>,
     applied_by<&Book::apply_refusal_status>},
    {"refusal-match", nullptr, applied_by<&Book::apply_matches>},
    {"refusal-reopen", nullptr, applied_by<&Book::apply_reopen>},
    {"optin", prepared_by<&Preparing::optin>, applied_by<&Book::apply_optin>},
    {"link", prepared_by<&Preparing::link>, applied_by<&Book::apply_link>},
    {"unlink", prepared_by<&Preparing::unlink>, applied_by<&Book::apply_unlink>},
    {"patient-status", prepared_by<&Preparing::patient_status>,
     applied_by<&Book::apply_patient_status>},
    {"baseline", prepared_by<&Preparing::baseline>, applied_by<&Book::apply_baseline>},
    {"source-sync", prepared_by<&Preparing::source_sync>, applied_by<&Book::apply_sync>},
    {"policy", prepared_by<&Preparing::policy>, applied_by<&Book::apply_policy>},
    {"cut", nullptr, apply_nothing},
};

}  // namespace

const EventKind* event_kind(std::string_view type) {
  for (const EventKind& kind : kKinds) {
    if (kind.type == type) {
      return &kind;
    }
  }
  return nullptr;
}

}  // namespace sekisho::registry
