#include "adapter/access/access.h"

#include <set>

#include "adapter/registry/registry.h"

namespace sekisho::access {

std::string client_of(const http::PeerCertificate& certificate,
                      const registry::Registry& registry) {
  const auto view = registry.view();
  const auto client_named = [&](const std::string& subject) {
    const registry::Client* client = view->client_by_subject(subject);
    return client == nullptr ? std::string() : client->id;
  };
  if (certificate.san_uris.empty()) {
    return certificate.subject.empty() ? std::string() : client_named(certificate.subject);
  }
  // A certificate with URIs is never looked up by its DN.
  std::set<std::string> clients;
  for (const std::string& uri : certificate.san_uris) {
    const std::string client = client_named(uri);
    if (!client.empty()) {
      clients.insert(client);
    }
  }
  return clients.size() == 1 ? *clients.begin() : std::string();
}

}  // namespace sekisho::access
