// A client certificate as it came in a handshake, DER. Whatever it holds, what is said of its
// holder is text that can be compared and logged, and a name that cannot be read is nobody's.

#include <openssl/x509v3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "adapter/http/tls.h"
#include "fhir/check.h"
#include "fhir/text.h"

using namespace sekisho;

namespace {

void check_text(const std::string& text) {
  fhir::check(text.find('\0') == std::string::npos, "no NUL in a name");
}

// URIs as OpenSSL counts them, or one where the names cannot be read.
std::size_t uris_in(const X509* certificate) {
  int found = 0;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, &found, nullptr)),
      GENERAL_NAMES_free);
  if (!names) {
    return found == -1 ? 0 : 1;
  }
  std::size_t uris = 0;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    uris += sk_GENERAL_NAME_value(names.get(), i)->type == GEN_URI ? 1u : 0u;
  }
  return uris;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const unsigned char* at = bytes;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      d2i_X509(nullptr, &at, static_cast<long>(size)), X509_free);
  if (!certificate) {
    return 0;
  }
  const http::PeerCertificate peer = http::fields_of(certificate.get());
  fhir::check(peer.fingerprint.size() == 64, "a fingerprint is a SHA-256 in hex");
  fhir::check(fhir::is_valid_utf8(peer.subject), "a subject is UTF-8");
  fhir::check(std::none_of(peer.subject.begin(), peer.subject.end(),
                           [](char c) { return (c >= '\0' && c < ' ') || c == '\x7F'; }),
              "a subject has no control characters");
  fhir::check(peer.san_uris.size() == uris_in(certificate.get()), "each URI is said");
  for (const std::string& uri : peer.san_uris) {
    check_text(uri);
  }
  return 0;
}
