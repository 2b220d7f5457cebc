// What is handed to who refused (article 51 of the Ordinance). Who asked stands sealed in the
// journal: it is needed only where the paper is printed again.

#include <utility>

#include "adapter/crypto/keys.h"
#include "adapter/registry/body.h"
#include "adapter/registry/event_table.h"
#include "fhir/digest.h"

namespace sekisho::registry {

using fhir::Json;

namespace {
std::string bound_to(const std::string& refusal) { return "receipt\x1f" + refusal; }
}  // namespace

ReceiptEvent read_receipt(const Json& body, Reading& reading) {
  const Body in(
      body, reading.place,
      {"refusal", "issued_on", "stopped_at", "form", "econsent", "name", "facts", "sealed"},
      reading.issues);
  ReceiptEvent event;
  Receipt& receipt = event.receipt;
  receipt.refusal = in.needed_text("refusal");
  receipt.issued_on = in.date("issued_on");
  if (!receipt.issued_on) {
    in.refuse("issued_on", "required", "the day on which it was handed over is missing");
  }
  receipt.stopped_at = in.instant("stopped_at");
  receipt.electronic = in.word("form", {"paper", "electronic"}) == std::size_t{1};
  if (receipt.electronic && !in.flag("econsent", false)) {
    in.refuse("econsent", "value", "an electronic receipt needs the requester's prior consent");
  }
  event.requester.name = in.text("name");
  event.requester.facts = in.text("facts");
  receipt.sealed = in.text("sealed");
  return event;
}

void Preparing::receipt(Json& body) {
  Reading reading = this->reading();
  const ReceiptEvent event = read_receipt(body, reading);
  take(reading);
  for (const char* key : {"sealed", "stopped_at"}) {
    if (body.find(key) != nullptr) {
      refuse(key, "value", "the registry fills this in");
    }
  }
  if (event.requester.name.empty() || event.requester.facts.empty()) {
    refuse("name", "required",
           "a receipt names who asked (name) and what identifies that person (facts)");
  }
  const Refusal* refusal = book_.state.refusal(event.receipt.refusal);
  if (refusal == nullptr) {
    refuse("refusal", "not-found", "there is no refusal of this id");
    return;
  }
  if (event.receipt.issued_on &&
      (*event.receipt.issued_on > fhir::japan_date(now_) ||
       *event.receipt.issued_on < fhir::japan_date(refusal->recorded_at))) {
    refuse("issued_on", "value", "it is handed over from the day of the refusal on, up to today");
  }
  if (body.get<Json::Object>() == nullptr) {
    return;
  }
  const std::string text = fhir::write_json(
      Json::object({{"name", event.requester.name}, {"facts", event.requester.facts}}));
  body.erase("name");
  body.erase("facts");
  body.set("stopped_at", fhir::to_text(refusal->recorded_at));
  body.set("sealed",
           fhir::to_hex(crypto::seal(options_.key, text, bound_to(event.receipt.refusal))));
}

Changed Book::apply_receipt(const Recorded& event) {
  state.papers().receipts.push_back(read_receipt(event.body, event.reading).receipt);
  return {};
}

std::optional<Requester> unseal_requester(const Receipt& receipt, std::string_view key) {
  const auto sealed = fhir::from_hex(receipt.sealed);
  if (!sealed || sealed->empty()) {
    return std::nullopt;
  }
  const Json value = fhir::parse_json(crypto::unseal(key, *sealed, bound_to(receipt.refusal)));
  return Requester{std::string(value.text("name")), std::string(value.text("facts"))};
}

}  // namespace sekisho::registry
