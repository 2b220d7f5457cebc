#include "adapter/crypto/certificate.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "adapter/crypto/keys.h"
#include "fhir/error.h"

namespace sekisho::crypto {
namespace {

constexpr std::int64_t kBegin = 1'795'000'000;  // 2026-11-18T03:06:40Z
constexpr std::int64_t kWeek = 7 * 86'400;

struct Pair {
  std::string certificate, key;
};

template <class Write>
std::string pem(Write&& write) {
  BIO* out = BIO_new(BIO_s_mem());
  write(out);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(out);
  return text;
}

Pair self_signed() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  ASN1_TIME_set(X509_getm_notBefore(certificate), kBegin);
  ASN1_TIME_set(X509_getm_notAfter(certificate), kBegin + kWeek);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("hub test"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate, key, EVP_sha256());
  Pair pair{pem([&](BIO* out) { PEM_write_bio_X509(out, certificate); }), pem([&](BIO* out) {
              PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
            })};
  X509_free(certificate);
  EVP_PKEY_free(key);
  return pair;
}

TEST(Certificate, TellsItsValidityAndItsNames) {
  const auto all = read_certificates(self_signed().certificate);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].subject, "CN=hub test");
  EXPECT_EQ(all[0].names, (std::vector<std::string>{"localhost", "127.0.0.1"}));
  EXPECT_EQ(all[0].not_before.ms, kBegin * 1000);
  EXPECT_EQ(all[0].not_after.ms, (kBegin + kWeek) * 1000);
}

TEST(Certificate, ReadsAWholeChain) {
  EXPECT_EQ(read_certificates(self_signed().certificate + "\n" + self_signed().certificate).size(),
            2u);
}

TEST(Certificate, RefusesAChainOfWhichAPartCannotBeRead) {
  std::string cut = self_signed().certificate;
  cut.erase(cut.size() / 2, 8);
  EXPECT_THROW(read_certificates(self_signed().certificate + cut), fhir::Error);
  EXPECT_THROW(read_certificates(cut), fhir::Error);
  EXPECT_THROW(read_certificates("no certificate"), fhir::Error);
}

TEST(Certificate, KnowsWhichKeyIsItsOwn) {
  const Pair pair = self_signed();
  EXPECT_TRUE(key_fits(pair.certificate, pair.key));
  EXPECT_FALSE(key_fits(pair.certificate, self_signed().key));
  EXPECT_FALSE(key_fits(pair.certificate, SigningKey::generate().to_pem()));
}

TEST(RevocationList, TellsWhenTheNextOneIsDue) {
  X509_CRL* list = X509_CRL_new();
  ASN1_TIME* time = ASN1_TIME_new();
  ASN1_TIME_set(time, kBegin);
  X509_CRL_set1_lastUpdate(list, time);
  ASN1_TIME_set(time, kBegin + kWeek);
  X509_CRL_set1_nextUpdate(list, time);
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509_CRL_sign(list, key, EVP_sha256());
  const std::string text = pem([&](BIO* out) { PEM_write_bio_X509_CRL(out, list); });
  EVP_PKEY_free(key);
  ASN1_TIME_free(time);
  X509_CRL_free(list);
  EXPECT_EQ(next_update_of(text).ms, (kBegin + kWeek) * 1000);
  EXPECT_THROW(next_update_of(self_signed().certificate), fhir::Error);
  EXPECT_THROW(next_update_of(""), fhir::Error);
}

TEST(Certificate, RefusesWhatIsNone) {
  const Pair pair = self_signed();
  EXPECT_THROW(read_certificates(""), fhir::Error);
  EXPECT_THROW(read_certificates(pair.key), fhir::Error);
  EXPECT_THROW(key_fits(pair.certificate, pair.certificate), fhir::Error);
}

}  // namespace
}  // namespace sekisho::crypto
