#include "adapter/registry/prepare.h"

#include <algorithm>
#include <utility>

#include "adapter/registry/event_table.h"
#include "adapter/registry/policy.h"
#include "fhir/digest.h"
#include "fhir/text.h"

namespace sekisho::registry {

using fhir::Json;

Preparing::Preparing(const Book& book, PatientIndex& index, const Registry::Options& options,
                     const Actor& actor, fhir::Instant now)
    : book_(book), index_(index), options_(options), actor_(actor), now_(now) {}

void Preparing::refuse(std::string_view key, std::string code, std::string diagnostics) {
  fhir::Issue issue;
  issue.code = std::move(code);
  issue.expression = key.empty() ? place_ : place_ + "." + std::string(key);
  issue.diagnostics = std::move(diagnostics);
  issues_.push_back(std::move(issue));
}

void Preparing::take(const Reading& reading) {
  issues_.insert(issues_.end(), reading.issues.begin(), reading.issues.end());
}

bool Preparing::two_people(std::string_view why) {
  std::set<std::string> names;
  for (const std::string& name : actor_.by) {
    names.insert(fhir::fold_for_identity(name));
  }
  names.erase("");
  if (names.size() < 2) {
    refuse("by", "two-people", std::string(why) + " takes two different names (--by)");
    return false;
  }
  return true;
}

void Preparing::check_client_known(const std::string& id) {
  if (!id.empty() && book_.state.client(id) == nullptr && new_clients_.count(id) == 0) {
    refuse("client", "not-found", "no client of this id is registered");
  }
}

std::optional<std::string> Preparing::patient_of_card(const std::string& card,
                                                      std::string_view key) {
  PersonKeys keys;
  keys.card = card;
  const auto found = index_.find(digests_of(keys, options_.key).card);
  if (found.size() == 1) {
    return found[0].id;
  }
  refuse(key, "not-found",
         found.empty() ? "no patient of the index has this card number; ingest first"
                       : "several patients of the index have this card number");
  return std::nullopt;
}

std::optional<Json> Preparing::prepare(const Event& event, const std::string& id) {
  const std::size_t before = issues_.size();
  place_ = event.place.empty() ? event.type : event.place;
  from_list_ = event.from_list;
  Json body = event.body;
  if (std::all_of(actor_.by.begin(), actor_.by.end(),
                  [](const std::string& name) { return fhir::fold_for_identity(name).empty(); })) {
    refuse("by", "required", "name who does this (--by)");
  }
  const EventKind* kind = event_kind(event.type);
  if (kind == nullptr || kind->prepare == nullptr) {
    refuse("", "unknown-type", "the registry knows no such event");
  } else {
    kind->prepare(*this, body, id);
  }
  return issues_.size() == before ? std::optional(std::move(body)) : std::nullopt;
}

void Preparing::client(Json& body) {
  Reading reading = this->reading();
  const Client read = read_client(body, reading);
  take(reading);
  for (const Client* other : book_.state.clients()) {
    if (other->id != read.id && other->cert_subject == read.cert_subject) {
      refuse("cert_subject", "conflict", "another client has this certificate subject");
    }
  }
  if (new_clients_.count(read.id) == 0 && !new_subjects_.insert(read.cert_subject).second) {
    refuse("cert_subject", "conflict", "another client has this certificate subject");
  }
  new_clients_.insert(read.id);
}

void Preparing::permit(Json& body) {
  Reading reading = this->reading();
  const Permit read = read_permit(body, reading);
  take(reading);
  check_client_known(read.client);
  two_people("a permit of the hospital itself");
  if (body.find("signature") != nullptr) {
    refuse("signature", "value", "it is made here, when the permit is recorded");
  }
  if (!options_.signing_key) {
    refuse("signature", "processing", "this installation has no signing key");
  } else if (body.get<Json::Object>() != nullptr) {
    body.set("signature", fhir::to_hex(options_.signing_key->sign(signed_permit(body, actor_.by))));
  }
}

void Preparing::permit_revoke(Json& body) {
  Reading reading = this->reading();
  const std::string id = read_permit_revocation(body, reading);
  take(reading);
  if (book_.state.permit(id) == nullptr) {
    refuse("id", "not-found", "there is no permit of this id");
  }
}

void Preparing::optin(Json& body) {
  Reading reading = this->reading();
  const OptInEvent event = read_optin(body, reading);
  take(reading);
  if (!event.card.empty()) {
    body.erase("card");
    if (auto patient = patient_of_card(event.card, "card")) {
      body.set("patient", *std::move(patient));
    }
  }
}

void Preparing::patient_status(Json& body) {
  Reading reading = this->reading();
  const PatientStatus status = read_patient_status(body, reading);
  take(reading);
  if (!(status.deceased.value_or(true) && status.incapacity.value_or(true) &&
        status.identity_conflict.value_or(true))) {
    two_people("taking back what holds a patient's data");
  }
}

void Preparing::baseline(Json& body) {
  Reading reading = this->reading();
  const Baseline read = read_baseline(body, reading);
  take(reading);
  check_client_known(read.client);
  two_people("attesting the list of earlier refusals");
  if (read.as_of && *read.as_of > fhir::japan_date(now_)) {
    refuse("as_of", "value", "it lies in the future");
  }
  // Data was provided before this installation, yet nobody ever refused: possible, but say why.
  const bool nothing = read.none_known || read.line_count == 0;
  const bool filed_earlier = std::any_of(
      book_.state.filings().begin(), book_.state.filings().end(), [&](const Filing& filing) {
        return filing.accepted && filing.start && book_.created &&
               *filing.start < fhir::japan_date(*book_.created);
      });
  const auto lines = std::count_if(book_.list_lines.begin(), book_.list_lines.end(),
                                   [&](const auto& line) { return line.first.first == read.list; });
  if (!read.none_known && read.line_count && *read.line_count != lines && read.reason.empty()) {
    refuse("line_count", "value",
           "the registry has " + std::to_string(lines) +
               " lines of this list; import it under this name (--list), or say why the numbers "
               "differ (reason)");
  }
  if (nothing && filed_earlier && read.reason.empty()) {
    refuse("reason", "required",
           "a filing began before this installation and no earlier refusal is listed: say why");
  }
}

void Preparing::source_sync(Json& body) {
  Reading reading = this->reading();
  const SourceSync sync = read_source_sync(body, reading);
  take(reading);
  const bool configured =
      std::any_of(options_.sources.begin(), options_.sources.end(),
                  [&](const Source& source) { return source.name == sync.name; });
  if (!configured) {
    refuse("name", "not-found", "no list of this name is configured (registry.sources)");
  }
  for (const auto& [key, instant] : {std::pair{"at", sync.at}, std::pair{"issued", sync.issued}}) {
    if (instant && instant->ms > now_.ms + 60'000) {
      refuse(key, "value", "it lies in the future");
    }
  }
  const auto last = book_.source_sequences.find(sync.name);
  if (last != book_.source_sequences.end() && sync.sequence != last->second + 1) {
    refuse("sequence", "value",
           "the last list was number " + std::to_string(last->second) +
               ": a gap, a repeat or a step back is refused");
  }
}

void Preparing::policy(Json& body) {
  if (body.text("hash") != built_in_policy_hash()) {
    refuse("hash", "value", "it is not the hash of the policies that this program implements");
  }
  two_people("putting policies into force");
}

}  // namespace sekisho::registry
