#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/instant.h"

namespace sekisho::crypto {

// What `doctor` must know of a certificate of this machine: when it is good, and for whom.
struct CertificateFacts {
  fhir::Instant not_before, not_after;
  std::string subject;             // RFC 4514
  std::vector<std::string> names;  // DNS names and IPv4 addresses of the SAN
};

// Every certificate of a PEM text, in order. Throws Error(kCrypto) where one cannot be read or
// there is none.
std::vector<CertificateFacts> read_certificates(std::string_view pem);

// When the authority of a revocation list (PEM) will have made the next one: until then it holds.
// Throws Error(kCrypto) where it cannot be read or does not say.
fhir::Instant next_update_of(std::string_view crl_pem);

// Whether the private key belongs to the first certificate. Throws Error(kCrypto).
bool key_fits(std::string_view certificate_pem, std::string_view private_key_pem);

}  // namespace sekisho::crypto
