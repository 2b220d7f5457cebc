#pragma once

#include <functional>
#include <string>

#include "adapter/http/message.h"

namespace sekisho::release {
class Door;
}

namespace sekisho::hub {

struct HubOptions {
  std::string base_path = "/fhir";  // of the base URL
  std::string base_url;
  std::string version;      // of the agent
  std::string released_on;  // date of the CapabilityStatement
  std::string mapping_hash;
};

// What the hub sees. A pure caller of the door: plain request in, plain response out, whoever the
// caller is. Thread-safe.
class Routes {
 public:
  using ClientOf = std::function<std::string(const http::PeerCertificate&)>;
  Routes(HubOptions options, release::Door& door, ClientOf client_of);
  http::Response operator()(const http::Request& request) const;

 private:
  HubOptions options_;
  release::Door& door_;
  ClientOf client_of_;
  std::string capability_statement_;
};

}  // namespace sekisho::hub
