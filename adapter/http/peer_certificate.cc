#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "adapter/http/tls.h"
#include "fhir/digest.h"

namespace sekisho::http {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Names = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;

std::string subject_of(const X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free_all);
  if (X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0,
                         XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) < 0) {
    return {};  // what was printed up to there could be another's name
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

std::vector<std::string> uris_of(const X509* certificate) {
  std::vector<std::string> uris;
  int found = 0;
  const Names names(static_cast<GENERAL_NAMES*>(
                        X509_get_ext_d2i(certificate, NID_subject_alt_name, &found, nullptr)),
                    GENERAL_NAMES_free);
  if (!names && found != -1) {
    return {""};  // broken, or there twice
  }
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) {
      continue;
    }
    const ASN1_IA5STRING* const text = name->d.uniformResourceIdentifier;
    std::string uri(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                    static_cast<std::size_t>(ASN1_STRING_length(text)));
    uris.push_back(uri.find('\0') == std::string::npos ? std::move(uri) : std::string());
  }
  return uris;
}

}  // namespace

PeerCertificate fields_of(const X509* certificate) {
  PeerCertificate peer;
  fhir::Digest digest{};
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  peer.fingerprint = fhir::to_hex(digest);
  peer.subject = subject_of(certificate);
  peer.san_uris = uris_of(certificate);
  ERR_clear_error();
  return peer;
}

}  // namespace sekisho::http
