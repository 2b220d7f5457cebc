#include "adapter/crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <ctime>
#include <memory>

#include "fhir/error.h"

namespace sekisho::crypto {
namespace {

using fhir::Error;
using fhir::ErrorCode;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using RevocationList = std::unique_ptr<X509_CRL, Deleter<X509_CRL_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;

Bio memory(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// An encrypted key must not make a service ask at a terminal.
int no_password(char*, int, int, void*) { return -1; }

fhir::Instant instant_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    throw Error(ErrorCode::kCrypto, "its validity cannot be read; issue it again");
  }
  const fhir::CivilDate day =
      fhir::civil_date(parts.tm_year + 1900, static_cast<unsigned>(parts.tm_mon + 1),
                       static_cast<unsigned>(parts.tm_mday));
  const auto seconds = std::chrono::sys_seconds(day).time_since_epoch().count() +
                       parts.tm_hour * 3600 + parts.tm_min * 60 + parts.tm_sec;
  return fhir::Instant{seconds * 1000};
}

std::string subject_of(const X509* certificate) {
  const Bio out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string name_of(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) {
    return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name.d.dNSName)),
                       static_cast<std::size_t>(ASN1_STRING_length(name.d.dNSName)));
  }
  if (name.type == GEN_IPADD && ASN1_STRING_length(name.d.iPAddress) == 4) {
    const unsigned char* bytes = ASN1_STRING_get0_data(name.d.iPAddress);
    std::string text;
    for (int i = 0; i < 4; ++i) {
      text += (i == 0 ? "" : ".") + std::to_string(bytes[i]);
    }
    return text;
  }
  return {};
}

CertificateFacts facts_of(X509* certificate) {
  CertificateFacts facts;
  facts.not_before = instant_of(X509_get0_notBefore(certificate));
  facts.not_after = instant_of(X509_get0_notAfter(certificate));
  facts.subject = subject_of(certificate);
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    std::string name = name_of(*sk_GENERAL_NAME_value(names.get(), i));
    if (!name.empty()) {
      facts.names.push_back(std::move(name));
    }
  }
  return facts;
}

}  // namespace

std::vector<CertificateFacts> read_certificates(std::string_view pem) {
  const Bio in = memory(pem);
  std::vector<CertificateFacts> result;
  while (
      const Certificate certificate{PEM_read_bio_X509(in.get(), nullptr, no_password, nullptr)}) {
    result.push_back(facts_of(certificate.get()));
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) {
    throw Error(ErrorCode::kCrypto, "holds something that is no certificate in PEM form");
  }
  if (result.empty()) {
    throw Error(ErrorCode::kCrypto, "holds no certificate in PEM form");
  }
  return result;
}

fhir::Instant next_update_of(std::string_view crl_pem) {
  const Bio in = memory(crl_pem);
  const RevocationList list(PEM_read_bio_X509_CRL(in.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (list == nullptr) {
    throw Error(ErrorCode::kCrypto, "holds no revocation list in PEM form");
  }
  return instant_of(X509_CRL_get0_nextUpdate(list.get()));
}

bool key_fits(std::string_view certificate_pem, std::string_view private_key_pem) {
  const Bio certificate_text = memory(certificate_pem);
  const Certificate certificate(
      PEM_read_bio_X509(certificate_text.get(), nullptr, no_password, nullptr));
  const Bio key_text = memory(private_key_pem);
  const Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (certificate == nullptr || key == nullptr) {
    throw Error(ErrorCode::kCrypto, "holds no private key that can be read without a password");
  }
  return X509_check_private_key(certificate.get(), key.get()) == 1;
}

}  // namespace sekisho::crypto
