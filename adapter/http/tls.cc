#include "adapter/http/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <filesystem>
#include <system_error>

#include "adapter/platform/durable_file.h"
#include "fhir/error.h"

namespace sekisho::http {
namespace {

using fhir::Error;
using fhir::ErrorCode;

template <auto free_it>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    free_it(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Crl = std::unique_ptr<X509_CRL, Freed<X509_CRL_free>>;

std::string openssl_reason() {
  std::string reason;
  while (const unsigned long code = ERR_get_error()) {
    const char* const text = ERR_reason_error_string(code);
    reason = text != nullptr ? text : "unknown reason";
  }
  return reason.empty() ? "unknown reason" : reason;
}

[[noreturn]] void refuse(const char* setting, const std::string& file, const char* what) {
  throw Error(ErrorCode::kConfig,
              std::string(setting) + " " + file + ": " + what + " (" + openssl_reason() + ")");
}

void require_readable(const char* setting, const std::string& file) {
  if (file.empty()) {
    throw Error(ErrorCode::kConfig, std::string(setting) + ": no file is named");
  }
  try {
    platform::read_file(file, 16u << 20);
  } catch (const Error& error) {
    throw Error(ErrorCode::kConfig, std::string(setting) + " " + error.text());
  }
}

int no_passphrase(char*, int, int, void*) { return 0; }

void load_identity(SSL_CTX* context, const TlsOptions& options) {
  require_readable("hub.certificate", options.certificate);
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate.c_str()) != 1) {
    refuse("hub.certificate", options.certificate, "is no PEM certificate (with its chain)");
  }
  require_readable("hub.private_key", options.private_key);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_PrivateKey_file(context, options.private_key.c_str(), SSL_FILETYPE_PEM) != 1) {
    if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH) {
      refuse("hub.private_key", options.private_key, "is not the key of hub.certificate");
    }
    refuse("hub.private_key", options.private_key, "is no PEM private key without a passphrase");
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    refuse("hub.private_key", options.private_key, "is not the key of hub.certificate");
  }
}

void load_revocations(SSL_CTX* context, const std::string& file) {
  require_readable("hub.client_crl", file);
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  const Bio bio(BIO_new_file(file.c_str(), "r"));
  int count = 0;
  while (bio) {
    const Crl crl(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
    if (!crl || X509_STORE_add_crl(store, crl.get()) != 1) {
      break;
    }
    ++count;
  }
  const auto last = ERR_peek_last_error();
  if (count == 0 || ERR_GET_REASON(last) != PEM_R_NO_START_LINE) {
    refuse("hub.client_crl", file, "is no PEM list of revoked certificates");
  }
  ERR_clear_error();
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

void load_clients(SSL_CTX* context, const TlsOptions& options) {
  require_readable("hub.client_ca", options.client_ca);
  if (SSL_CTX_load_verify_file(context, options.client_ca.c_str()) != 1) {
    refuse("hub.client_ca", options.client_ca, "holds no PEM certificate");
  }
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(options.client_ca.c_str()));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  if (!options.client_crl.empty()) {
    load_revocations(context, options.client_crl);
  }
}

// Changes when one of the files does.
std::string stamp_of(const TlsOptions& options) {
  std::string stamp;
  for (const std::string* file :
       {&options.certificate, &options.private_key, &options.client_ca, &options.client_crl}) {
    std::error_code ignored;
    const auto path = std::filesystem::u8path(*file);
    const auto time = std::filesystem::last_write_time(path, ignored);
    stamp += std::to_string(time.time_since_epoch().count()) + ' ';
    stamp += std::to_string(std::filesystem::file_size(path, ignored)) + ' ';
  }
  return stamp;
}

}  // namespace

SslContext load_tls(const TlsOptions& options) {
  ERR_clear_error();
  SslContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) {
    throw Error(ErrorCode::kCrypto, "tls: no context (" + openssl_reason() + ")");
  }
  SSL_CTX_set_min_proto_version(context.get(),
                                options.allow_tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");  // of TLS 1.2
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                         SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);  // a record in one read, not head and body in two
  load_identity(context.get(), options);
  load_clients(context.get(), options);
  return context;
}

PeerCertificate peer_of(const SSL* connection) {
  const X509* const certificate = SSL_get0_peer_certificate(connection);
  return certificate == nullptr ? PeerCertificate() : fields_of(certificate);
}

TlsFiles::TlsFiles(TlsOptions options)
    : options_(std::move(options)), stamp_(stamp_of(options_)), context_(load_tls(options_)) {}

SslContext TlsFiles::current(bool& failed) {
  failed = false;
  std::string stamp = stamp_of(options_);
  if (stamp != stamp_) {
    stamp_ = std::move(stamp);
    try {
      context_ = load_tls(options_);
    } catch (const Error&) {
      failed = true;
    }
  }
  return context_;
}

}  // namespace sekisho::http
