// Filings with the ministers: what a decision reads of them, and what they say in words.

#include "adapter/registry/body.h"
#include "adapter/registry/event_table.h"

namespace sekisho::registry {

using fhir::Json;

namespace {

void read_holder(const Json& body, const std::string& place, FilingText& text,
                 fhir::Issues& issues) {
  const Body in(body, place, {"name", "address", "representative"}, issues);
  text.holder_name = in.needed_text("name");
  text.holder_address = in.needed_text("address");
  text.representative = in.text("representative");
}

}  // namespace

FilingEvent read_filing(const Json& body, Reading& reading) {
  const Body in(
      body, reading.place,
      {"client", "track", "filing_no", "version", "accepted", "accepted_on", "published_on",
       "start", "items", "holder", "purpose", "acquisition_method", "provision_method",
       "stop_method", "reception_method", "update_method", "contact_point"},
      reading.issues);
  FilingEvent event;
  Filing& filing = event.filing;
  filing.client = in.needed_text("client");
  filing.track = in.track("track");
  filing.filing_no = in.text("filing_no");
  filing.version = in.integer("version").value_or(1);
  filing.accepted = in.flag("accepted", false);
  filing.start = in.date("start");
  if (!filing.start) {
    in.refuse("start", "required", "a filing has the day from which data may be provided");
  }
  in.categories("items", reading.vocabulary, filing.items);
  if (filing.items.empty()) {
    in.refuse("items", "required", "a filing lists at least one data category");
  }
  FilingText& text = event.text;
  text.accepted_on = in.date("accepted_on");
  text.published_on = in.date("published_on");
  if (const Json* holder = in.find("holder")) {
    read_holder(*holder, reading.place + ".holder", text, reading.issues);
  }
  text.purpose = in.text("purpose");
  text.acquisition_method = in.text("acquisition_method");
  text.provision_method = in.text("provision_method");
  text.stop_method = in.text("stop_method");
  text.reception_method = in.text("reception_method");
  text.update_method = in.text("update_method");
  text.contact_point = in.text("contact_point");
  return event;
}

const Filing* Preparing::filing_of(const std::string& client, std::optional<Track> track,
                                   std::int64_t version) const {
  const auto added = new_filings_.find({client, track, version});
  if (added != new_filings_.end()) {
    return &added->second;
  }
  for (const Filing& filing : book_.state.filings()) {
    if (filing.client == client && filing.track == track && filing.version == version) {
      return &filing;
    }
  }
  return nullptr;
}

void Preparing::check_filed(const std::string& client, std::optional<Track> track,
                            std::int64_t version, fhir::CategorySet items) {
  const Filing* filing = filing_of(client, track, version);
  if (filing == nullptr) {
    refuse("filing_version", "not-found",
           "no filing of this client, track and version is registered");
  } else if (!filing->items.contains(items)) {
    refuse("items", "value", "it names a data category that the filing of this version has not");
  }
}

void Preparing::filing(Json& body) {
  Reading reading = this->reading();
  const FilingEvent read = read_filing(body, reading);
  take(reading);
  const Filing& filing = read.filing;
  check_client_known(filing.client);
  if (filing.accepted && (!read.text.accepted_on || filing.filing_no.empty())) {
    refuse("accepted_on", "required",
           "an accepted filing has its number (filing_no) and the day of acceptance");
  }
  if (read.text.accepted_on && *read.text.accepted_on > fhir::japan_date(now_)) {
    refuse("accepted_on", "value", "it lies in the future");
  }
  const Filing* known = filing_of(filing.client, filing.track, filing.version);
  if (known != nullptr && known->accepted && !(known->items == filing.items)) {
    refuse("items", "conflict",
           "the items of an accepted filing do not change: file and notify anew, as the next "
           "version");
  }
  new_filings_[{filing.client, filing.track, filing.version}] = filing;
}

Changed Book::apply_filing(const Recorded& event) {
  FilingEvent read = read_filing(event.body, event.reading);
  const Filing& filing = read.filing;
  state.papers().filing_texts[{filing.client, filing.track, filing.version}] = std::move(read.text);
  state.put(std::move(read.filing));
  return Changed{true, {}};
}

}  // namespace sekisho::registry
