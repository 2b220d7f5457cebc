#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapter/http/message.h"

namespace sekisho::release {
class Door;
class ReleaseView;
struct Asker;
}  // namespace sekisho::release

namespace sekisho::hub {

struct Path;

struct HubOptions {
  std::string base_path = "/fhir";  // of the base URL
  std::string base_url;
  std::string version;      // of the agent
  std::string released_on;  // date of the CapabilityStatement
  std::string mapping_hash;
};

// What the hub sees. A pure caller of the door: plain request in, plain response out, whoever the
// caller is. Each request leaves exactly one ledger record; where it cannot, the answer is 503.
// Throws nothing. Thread-safe.
class Routes {
 public:
  using ClientOf = std::function<std::string(const http::PeerCertificate&)>;
  Routes(HubOptions options, release::Door& door, ClientOf client_of);
  http::Response operator()(const http::Request& request) const;
  // A read begins without waiting for the ledger; nothing for what may take longer.
  std::unique_ptr<http::Begun> begin(const http::Request& request) const;

 private:
  release::Asker asker_of(const http::Request& request, const Path& path) const;
  http::Response answer(const http::Request& request, const Path& path,
                        release::Asker& asker) const;
  http::Response recorded(const release::Asker& asker, http::Response response) const;
  http::Response metadata(const http::Request& request) const;
  http::Response status(const release::Asker& asker) const;
  http::Response data(const http::Request& request, const Path& path,
                      const http::Fields& parameters, const release::Asker& asker) const;

  HubOptions options_;
  release::Door& door_;
  ClientOf client_of_;
  std::string capability_statement_;
  std::string capability_etag_;
};

}  // namespace sekisho::hub
