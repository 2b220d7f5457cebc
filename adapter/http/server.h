#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "adapter/http/message.h"

namespace sekisho::http {

struct TlsOptions {
  std::string certificate, private_key;  // PEM files
  std::string client_ca;                 // a client certificate is required and verified against it
  std::string client_crl;                // empty: none
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
  std::function<std::string()> new_request_id;
  // Told of what never reached the handler: "bad-request", "length-required", "connection-refused",
  // "handshake-failed". For metrics.
  std::function<void(const char* what)> unhandled;
};

// An HTTP/1.1 listener with the guards of design/libraries.md 6.3. Answers from several threads;
// the handler may throw: 500 with an OperationOutcome that names nothing but the request id. Stops
// when destroyed, after the requests under way.
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
