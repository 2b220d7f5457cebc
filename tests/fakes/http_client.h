#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace sekisho::fakes {

// What a test client trusts and shows; PEM texts. Empty `certificate_authority`: no TLS.
struct ClientTls {
  std::string certificate_authority;
  std::string certificate, private_key;
  int highest_version = 0;  // TLS1_2_VERSION; 0: any
};
std::shared_ptr<SSL_CTX> client_context(const ClientTls& tls);

struct HttpAnswer {
  int status = 0;                              // 0: the connection ended without an answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// A client that sends exactly the bytes that it is told, for tests and benchmarks. One connection
// to 127.0.0.1; blocking, with a time-out of 20 s. Nothing throws: a failure is an answer of status
// 0.
class HttpClient {
 public:
  // `receive_buffer`: bytes that the system may keep for a client that does not read; 0: its own.
  // `from`: the address that it comes from, 127.0.0.2 for a second machine.
  HttpClient(std::uint16_t port, std::shared_ptr<SSL_CTX> context, int receive_buffer = 0,
             const char* from = "127.0.0.1");
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  bool connected() const { return connected_; }  // with TLS: the handshake is done on this side
  bool send(std::string_view bytes);
  // Reads one answer; `head_only` for the answer to HEAD.
  HttpAnswer receive(bool head_only = false);
  HttpAnswer ask(std::string_view bytes) {
    send(bytes);
    return receive(bytes.substr(0, 5) == "HEAD ");
  }
  void end_sending();     // half-close
  bool closed_by_peer();  // nothing more comes: the connection was ended

 private:
  long read(char* bytes, std::size_t capacity);
  int socket_ = -1;
  std::shared_ptr<SSL_CTX> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace sekisho::fakes
