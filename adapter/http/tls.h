#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "adapter/http/message.h"
#include "adapter/http/server.h"

namespace sekisho::http {

using SslContext = std::shared_ptr<SSL_CTX>;
using SslConnection = std::unique_ptr<SSL, decltype(&SSL_free)>;

// TLS 1.3 (1.2 where allowed), a client certificate required and verified, no session resumption: a
// certificate revoked meanwhile would go on being accepted. Throws Error(kConfig) with the file.
SslContext load_tls(const TlsOptions& options);

// What a certificate says of its holder. What cannot be read matches nobody: a subject is empty
// then, and so is a URI, which stays in the list so that the subject is not asked instead.
PeerCertificate fields_of(const X509* certificate);
PeerCertificate peer_of(const SSL* connection);  // of a connection whose handshake is done

// The context that new connections take, loaded again when a file changed. Not thread-safe.
class TlsFiles {
 public:
  explicit TlsFiles(TlsOptions options);
  // `failed` is set where changed files cannot be used; the former context stays then.
  SslContext current(bool& failed);

 private:
  TlsOptions options_;
  std::string stamp_;
  SslContext context_;
};

}  // namespace sekisho::http
