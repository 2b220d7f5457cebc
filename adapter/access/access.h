#pragma once

#include <string>

#include "adapter/http/message.h"

namespace sekisho::registry {
class Registry;
}

namespace sekisho::access {

// The registered client of a certificate: by one exact SAN URI, or by the DN where the certificate
// has no SAN URI (release-decision 4.11a). Empty where there is none, or where several URIs name
// different clients. Whether the client is enabled is the decision's question (G1).
std::string client_of(const http::PeerCertificate& certificate, const registry::Registry& registry);

}  // namespace sekisho::access
