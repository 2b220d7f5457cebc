#pragma once

#include <memory>
#include <string>
#include <vector>

namespace sekisho::fakes {

struct Identity {
  std::string certificate;  // PEM
  std::string private_key;  // PEM
  long serial = 0;
};

struct CertificateWish {
  std::string common_name = "test";
  std::vector<std::string> uris;  // subject alternative names
  bool server = false;            // SAN localhost and 127.0.0.1
  bool expired = false;
};

// A certificate authority for tests: EC P-256, everything in memory, valid from a day ago on.
class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name);
  ~CertificateAuthority();
  std::string certificate() const;  // PEM
  Identity issue(const CertificateWish& wish);
  std::string revoke(const std::vector<long>& serials) const;  // PEM of a CRL

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace sekisho::fakes
