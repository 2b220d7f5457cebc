#include "tests/fakes/certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace sekisho::fakes {
namespace {

constexpr long kDay = 24 * 3600;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Crl = std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

void require(bool holds, const char* what) {
  if (!holds) {
    throw std::runtime_error(std::string("certificates: ") + what);
  }
}

std::string text_of(const Bio& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

template <class Write>
std::string pem(Write&& write) {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free_all);
  require(write(bio.get()) == 1, "PEM");
  return text_of(bio);
}

Key new_key() { return Key(EVP_EC_gen("P-256"), EVP_PKEY_free); }

std::string key_pem(EVP_PKEY* key) {
  return pem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void set_name(X509_NAME* name, const std::string& common_name) {
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.data());
  X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("JP"),
                             -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("Sekisho Test"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, static_cast<int>(common_name.size()),
                             -1, 0);
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const made = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(made != nullptr, "extension");
  X509_add_ext(certificate, made, -1);
  X509_EXTENSION_free(made);
}

Certificate new_certificate(EVP_PKEY* key, long serial, const std::string& name) {
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -2 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 7 * kDay);
  X509_set_pubkey(made.get(), key);
  set_name(X509_get_subject_name(made.get()), name);
  return made;
}

std::string certificate_pem(X509* certificate) {
  return pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

}  // namespace

struct CertificateAuthority::Inner {
  Key key = new_key();
  Certificate certificate{nullptr, X509_free};
  long next_serial = 100;
};

CertificateAuthority::CertificateAuthority(const std::string& name)
    : inner_(std::make_unique<Inner>()) {
  inner_->certificate = new_certificate(inner_->key.get(), 1, name);
  X509* const own = inner_->certificate.get();
  X509_set_issuer_name(own, X509_get_subject_name(own));
  extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
  extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(own, own, NID_subject_key_identifier, "hash");
  require(X509_sign(own, inner_->key.get(), EVP_sha256()) > 0, "sign");
}

CertificateAuthority::~CertificateAuthority() = default;

std::string CertificateAuthority::certificate() const {
  return certificate_pem(inner_->certificate.get());
}

Identity CertificateAuthority::issue(const CertificateWish& wish) {
  const Key key = new_key();
  Identity identity;
  identity.serial = inner_->next_serial++;
  const Certificate made = new_certificate(key.get(), identity.serial, wish.common_name);
  if (wish.expired) {
    X509_gmtime_adj(X509_getm_notAfter(made.get()), -kDay);
  }
  X509_set_issuer_name(made.get(), X509_get_subject_name(inner_->certificate.get()));
  X509* const issuer = inner_->certificate.get();
  extend(made.get(), issuer, NID_ext_key_usage, wish.server ? "serverAuth" : "clientAuth");
  std::string names = wish.server ? "DNS:localhost,IP:127.0.0.1" : "";
  for (const std::string& uri : wish.uris) {
    names += (names.empty() ? "URI:" : ",URI:") + uri;
  }
  if (!names.empty()) {
    extend(made.get(), issuer, NID_subject_alt_name, names);
  }
  require(X509_sign(made.get(), inner_->key.get(), EVP_sha256()) > 0, "sign");
  identity.certificate = certificate_pem(made.get());
  identity.private_key = key_pem(key.get());
  return identity;
}

std::string CertificateAuthority::revoke(const std::vector<long>& serials) const {
  const Crl crl(X509_CRL_new(), X509_CRL_free);
  X509_CRL_set_version(crl.get(), 1);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(inner_->certificate.get()));
  ASN1_TIME* const time = ASN1_TIME_new();
  X509_gmtime_adj(time, -kDay);
  X509_CRL_set1_lastUpdate(crl.get(), time);
  for (const long serial : serials) {
    X509_REVOKED* const entry = X509_REVOKED_new();
    ASN1_INTEGER* const number = ASN1_INTEGER_new();
    ASN1_INTEGER_set(number, serial);
    X509_REVOKED_set_serialNumber(entry, number);
    X509_REVOKED_set_revocationDate(entry, time);
    X509_CRL_add0_revoked(crl.get(), entry);
    ASN1_INTEGER_free(number);
  }
  X509_gmtime_adj(time, kDay);
  X509_CRL_set1_nextUpdate(crl.get(), time);
  ASN1_TIME_free(time);
  X509_CRL_sort(crl.get());
  require(X509_CRL_sign(crl.get(), inner_->key.get(), EVP_sha256()) > 0, "sign");
  return pem([&](BIO* bio) { return PEM_write_bio_X509_CRL(bio, crl.get()); });
}

}  // namespace sekisho::fakes
