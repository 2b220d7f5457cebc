#include "adapter/registry/entities.h"

#include <algorithm>
#include <utility>

#include "adapter/registry/body.h"
#include "adapter/registry/policy.h"

namespace sekisho::registry {

using fhir::Json;

Client read_client(const Json& body, Reading& reading) {
  const Body in(body, reading.place, {"id", "cert_subject", "certified", "public_body", "enabled"},
                reading.issues);
  Client client;
  client.id = in.needed_name("id");
  client.cert_subject = in.needed_text("cert_subject");
  in.tracks("certified", client.certified);
  client.public_body = in.flag("public_body", false);
  client.enabled = !in.has("enabled") || in.flag("enabled", false);
  return client;
}

namespace {

void read_period(const Body& in, Permit& permit) {
  const std::vector<std::string> ends = in.texts("data_period");
  permit.has_period = in.has("data_period");
  if (ends.size() == 2) {
    permit.period_from = fhir::parse_civil_date(ends[0]);
    permit.period_to = fhir::parse_civil_date(ends[1]);
  }
  if (permit.has_period && !(permit.period_from && permit.period_to)) {
    in.refuse("data_period", "value", "it takes two days: the first and the last");
  } else if (permit.has_period && *permit.period_to < *permit.period_from) {
    in.refuse("data_period", "value", "it ends before it begins");
  }
}

void read_validity(const Body& in, Permit& permit) {
  const auto from = in.instant("from");
  const auto to = in.instant("to");
  if (from && to && *from < *to) {
    permit.valid_from = *from;
    permit.valid_to = *to;
  } else {
    in.refuse("to", "value", "a permit has \"from\" and a later \"to\"");
  }
}

void check_purposes(const Body& in, const Permit& permit) {
  static constexpr std::string_view kServed[] = {"PUBHLTH", "PATSFTY", "HSYSADMIN", "STAT",
                                                 "TRAIN",   "HRESCH",  "AIDEV",     "HQUALIMP"};
  for (const std::string& purpose : permit.purposes) {
    if (std::find(std::begin(kServed), std::end(kServed), purpose) == std::end(kServed)) {
      in.refuse("purposes", "value",
                "it holds a purpose that is not served (release-decision 2.4)");
    }
  }
  if (permit.purposes.empty()) {
    in.refuse("purposes", "required", "it is missing");
  }
}

}  // namespace

Permit read_permit(const Json& body, Reading& reading) {
  const Body in(
      body, reading.place,
      {"id", "class", "basis", "client", "issuer", "track", "mode", "purposes", "categories",
       "cohort", "data_period", "from", "to", "requires_optin", "ip_ok", "signature"},
      reading.issues);
  Permit permit;
  permit.id = in.needed_name("id");
  // A class that nobody knows is no real permit.
  const auto permit_class =
      in.has("class") ? in.word("class", {"real", "rehearsal"}) : std::optional<std::size_t>(0);
  permit.permit_class =
      permit_class == std::size_t{0} ? Permit::Class::kReal : Permit::Class::kRehearsal;
  permit.basis = in.needed_text("basis");
  permit.client = in.needed_text("client");
  permit.issuer = in.has("issuer") ? in.text("issuer") : "local";
  permit.track = in.track("track");
  if (track_of_basis(permit.basis) != in.text("track")) {
    in.refuse("basis", "value",
              "jisedai52 goes with track anon, jisedai57 with pseudo; no other "
              "basis is on");
    permit.track.reset();
  }
  if (permit.issuer != "local") {
    in.refuse("issuer", "value", "only permits of the hospital itself (\"local\") are accepted");
  }
  const auto mode = in.word("mode", {"M0", "M1", "M2", "M3"});
  permit.mode = mode ? static_cast<Mode>(*mode) : Mode::kUnknown;
  permit.purposes = in.texts("purposes");
  check_purposes(in, permit);
  in.categories("categories", reading.vocabulary, permit.categories);
  if (permit.categories.empty()) {
    in.refuse("categories", "required", "a permit lists at least one data category");
  }
  if (in.has("cohort")) {
    permit.cohort = in.logical_ids("cohort");
  }
  if (in.has("data_period")) {
    read_period(in, permit);
  }
  read_validity(in, permit);
  permit.requires_optin = in.has("requires_optin") && in.flag("requires_optin", true);
  permit.ip_ok = in.flag("ip_ok", false);
  permit.signature_ok = false;  // until it is verified
  return permit;
}

std::string read_permit_revocation(const Json& body, Reading& reading) {
  const Body in(body, reading.place, {"id"}, reading.issues);
  return in.needed_name("id");
}

OptInEvent read_optin(const Json& body, Reading& reading) {
  const Body in(body, reading.place,
                {"patient", "card", "purpose", "given", "recipients", "from", "to", "consent_doc"},
                reading.issues);
  OptInEvent event;
  event.card = in.text("card");
  event.optin.patient = event.card.empty() ? in.needed_text("patient") : in.text("patient");
  event.optin.purpose = in.needed_text("purpose");
  event.optin.given = in.flag("given", true);
  event.optin.recipients = in.texts("recipients");
  event.optin.from = in.date("from");
  event.optin.to = in.date("to");
  if ((in.has("from") && !event.optin.from) || (in.has("to") && !event.optin.to) ||
      (in.has("recipients") && event.optin.recipients.empty())) {
    event.optin.given = false;  // a limit that cannot be read permits nothing
  }
  return event;
}

LinkEvent read_link(const Json& body, Reading& reading) {
  const Body in(body, reading.place, {"a", "b", "certain", "remove"}, reading.issues);
  LinkEvent event;
  event.a = in.needed_text("a");
  event.b = in.needed_text("b");
  event.certain = in.flag("certain", false);
  event.remove = in.flag("remove", false);
  if (event.a == event.b) {
    in.refuse("b", "value", "a record is not linked with itself");
  }
  return event;
}

LinkEvent read_unlink(const Json& body, Reading& reading) {
  const Body in(body, reading.place, {"a", "b", "refusals"}, reading.issues);
  LinkEvent event;
  event.a = in.needed_text("a");
  event.b = in.needed_text("b");
  event.remove = true;
  return event;
}

PatientStatus read_patient_status(const Json& body, Reading& reading) {
  const Body in(body, reading.place,
                {"patient", "deceased", "deceased_on", "incapacity", "identity_conflict"},
                reading.issues);
  PatientStatus status;
  status.patient = in.needed_text("patient");
  // What cannot be read is read as what denies.
  if (in.has("deceased")) {
    status.deceased = in.flag("deceased", true);
  }
  if (in.has("deceased_on")) {
    status.deceased_on = in.date("deceased_on");
    status.deceased = status.deceased.value_or(true);
  }
  if (in.has("incapacity")) {
    status.incapacity = in.flag("incapacity", true);
  }
  if (in.has("identity_conflict")) {
    status.identity_conflict = in.flag("identity_conflict", true);
  }
  return status;
}

Baseline read_baseline(const Json& body, Reading& reading) {
  const Body in(body, reading.place,
                {"client", "list", "as_of", "line_count", "file_hash", "none_known", "reason"},
                reading.issues);
  Baseline baseline;
  baseline.client = in.needed_text("client");
  baseline.none_known = in.flag("none_known", false);
  baseline.reason = in.text("reason");
  baseline.as_of = in.date("as_of");
  baseline.list = in.text("list");
  baseline.line_count = in.integer("line_count");
  baseline.file_hash = in.text("file_hash");
  if (!baseline.as_of) {
    in.refuse("as_of", "required", "the day as of which the list is complete is missing");
  }
  if (!baseline.none_known && (baseline.list.empty() || !baseline.line_count ||
                               *baseline.line_count < 0 || baseline.file_hash.size() != 64)) {
    in.refuse("list", "required",
              "name the list of earlier refusals with its line_count and file_hash (SHA-256, 64 "
              "hexadecimal digits), or say none_known");
  }
  return baseline;
}

SourceSync read_source_sync(const Json& body, Reading& reading) {
  const Body in(body, reading.place, {"name", "at", "issued", "next_update", "sequence"},
                reading.issues);
  SourceSync sync;
  sync.name = in.needed_text("name");
  sync.at = in.instant("at");
  if (!sync.at) {
    in.refuse("at", "required", "the instant at which the list was read is missing");
  }
  sync.issued = in.instant("issued");
  sync.next_update = in.instant("next_update");
  if (in.has("issued") != in.has("next_update") ||
      (sync.issued && sync.next_update && *sync.next_update <= *sync.issued)) {
    in.refuse("next_update", "value", "a list states when it was issued and a later next_update");
  }
  sync.sequence = in.integer("sequence");
  return sync;
}

}  // namespace sekisho::registry
