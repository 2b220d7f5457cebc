#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "adapter/http/message.h"
#include "fhir/instant.h"

namespace sekisho::http {

// PEM files. They are read again for the next connection when one of them changes; files that
// cannot be used then leave the former ones in place.
struct TlsOptions {
  std::string certificate, private_key;
  std::string client_ca;   // a client certificate is required and verified against it
  std::string client_crl;  // of every CA in a client's chain; empty: revocation is not checked
  bool allow_tls12 = false;
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: a free one
  std::uint32_t threads = 64;
  std::uint32_t max_connections = 256;
  std::uint32_t max_connections_per_address = 64;
  std::uint32_t max_body = 1u << 20;
  std::uint32_t timeout_s = 10;  // receive and send
  // After its next answer a connection of that age ends, so that a certificate that is no longer in
  // date does not ask on.
  std::uint32_t connection_life_s = 900;
  // With it, requests that it begins are answered by the threads that watch connections, many for
  // one wait; the handler is asked for the others. Throws nothing.
  Begin begin;
  std::function<std::string()> new_request_id;
  fhir::Clock clock;  // for the Date header; without one none is sent
  // Told of what never reached the handler: "bad-request", "length-required", "too-large",
  // "timeout", "connection-refused", "handshake-failed"; and of "handler-failed",
  // "tls-reload-failed". For metrics; called from several threads.
  std::function<void(const char* what)> unhandled;
};

// An HTTP/1.1 listener with the guards of libraries 6.3. Answers from several threads;
// the handler may throw: 500 with an OperationOutcome that names nothing but the request id. What
// cannot be parsed gets a status without a body. A connection holds a thread only while it is
// answered, and one address never holds all of them, so silent and slow clients block nobody else.
// When the TLS files change, open connections end and shake hands anew. Stops when destroyed,
// after the requests under way. Throws Error(kConfig) naming the file that cannot be used,
// Error(kNetwork) where the address cannot be listened on.
class Server {
 public:
  Server(ServerOptions options, Handler handler);                  // plain; local listeners only
  Server(ServerOptions options, TlsOptions tls, Handler handler);  // mutual TLS
  ~Server();
  std::uint16_t port() const;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace sekisho::http
