#include "adapter/hub/test_hub.h"

#include "adapter/release/door.h"

namespace sekisho::hub {

TestHub::TestHub(const std::string& name) : hospital("hub_" + name) {
  hospital.open_for_business(R"(["D1","I1","I4","I5"])");
  hospital.permit("PTWO", R"({"purposes":["HRESCH","PATSFTY"]})");
  hospital.permit("PM2", R"({"mode":"M2"})");
  for (const char* id : {"p1", "p2", "p8"}) {
    hospital.put_patient(id);
    hospital.put_condition(std::string("c-") + id, id);
    for (const char* number : {"1", "2", "3"}) {
      hospital.put_observation(std::string("o") + number + "-" + id, id,
                               R"(,"effectiveDateTime":"2026-10-0)" + std::string(number) + '"');
    }
  }
  hospital.notify({"p1", "p2"});
  hospital.refuse("p2");
  for (const char* id : {"p1", "p2"}) {
    hospital.put_condition(std::string("gone-") + id, id);
    hospital.remove("Condition", std::string("gone-") + id);
  }
  door = hospital.door();
  HubOptions options;
  options.base_url = hospital.door_options().base_url;
  options.version = "0.1.0";
  options.released_on = "2026-11-20";
  options.mapping_hash = "test";
  routes = std::make_unique<Routes>(options, *door, [](const http::PeerCertificate& peer) {
    const std::string uri = peer.san_uris.empty() ? "" : peer.san_uris.front();
    return std::string(uri == "urn:sekisho:test:hub"   ? "RP"
                       : uri == "urn:sekisho:test:new" ? "RQ"
                                                       : "");
  });
}

http::Request TestHub::request(const std::string& target) const {
  http::Request request;
  request.method = "GET";
  http::decode_target(target, request);
  request.headers = {{"Sekisho-Permit", "PM0"}};
  request.peer.san_uris = {"urn:sekisho:test:hub"};
  request.peer.fingerprint = std::string(64, 'a');
  request.request_id = "0123456789abcdef0123456789abcdef";
  return request;
}

http::Response TestHub::get(const std::string& target, http::Fields headers) const {
  http::Request asked = request(target);
  asked.headers = std::move(headers);
  return (*routes)(asked);
}

http::Response TestHub::post(const std::string& target, const std::string& form) const {
  http::Request asked = request(target);
  asked.method = "POST";
  asked.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  asked.body = form;
  return (*routes)(asked);
}

std::vector<fhir::Json> TestHub::records() const {
  std::vector<fhir::Json> found;
  ledger::list(hospital.ledger_dir(), [&](std::string_view line) {
    fhir::Json json = fhir::parse_json(line);
    if (json.text("kind") == "request") {
      found.push_back(std::move(json));
    }
    return true;
  });
  return found;
}

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [given, value] : response.headers) {
    if (given == name) {
      return value;
    }
  }
  return "";
}

}  // namespace sekisho::hub
