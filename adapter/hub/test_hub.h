#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapter/hub/routes.h"
#include "adapter/release/test_hospital.h"
#include "fhir/json.h"

namespace sekisho::hub {

// Routes over a hospital of invented people: p1 may be given, p2 refused, p8 was never notified.
// The hub "RP" shows a certificate with the URI urn:sekisho:test:hub; its permits are PM0 (HRESCH),
// PTWO (two purposes) and PM2 (a mode that is not served yet).
class TestHub {
 public:
  explicit TestHub(const std::string& name);

  // A request of RP with PM0; a form makes it a POST with that body.
  http::Request request(const std::string& target) const;
  http::Response get(const std::string& target) const { return (*routes)(request(target)); }
  http::Response get(const std::string& target, http::Fields headers) const;
  http::Response post(const std::string& target, const std::string& form) const;
  // The records of requests in the ledger.
  std::vector<fhir::Json> records() const;

  release::TestHospital hospital;
  std::unique_ptr<release::Door> door;
  std::unique_ptr<Routes> routes;
};

std::string header(const http::Response& response, std::string_view name);

}  // namespace sekisho::hub
