#include "tests/fakes/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>

namespace sekisho::fakes {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

Bio bio_of(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

}  // namespace

std::shared_ptr<SSL_CTX> client_context(const ClientTls& tls) {
  if (tls.certificate_authority.empty()) {
    return nullptr;
  }
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  X509* const authority =
      PEM_read_bio_X509(bio_of(tls.certificate_authority).get(), nullptr, nullptr, nullptr);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority);
  X509_free(authority);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (tls.highest_version != 0) {
    SSL_CTX_set_max_proto_version(context.get(), tls.highest_version);
  }
  if (!tls.certificate.empty()) {
    X509* const own = PEM_read_bio_X509(bio_of(tls.certificate).get(), nullptr, nullptr, nullptr);
    EVP_PKEY* const key =
        PEM_read_bio_PrivateKey(bio_of(tls.private_key).get(), nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context.get(), own);
    SSL_CTX_use_PrivateKey(context.get(), key);
    X509_free(own);
    EVP_PKEY_free(key);
  }
  return context;
}

HttpClient::HttpClient(std::uint16_t port, std::shared_ptr<SSL_CTX> context, int receive_buffer,
                       const char* from)
    : context_(std::move(context)) {
  ::signal(SIGPIPE, SIG_IGN);
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval timeout{20, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (receive_buffer != 0) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::inet_addr(from);
  ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (connected_ && context_) {
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    SSL_set1_host(ssl_.get(), "localhost");
    ERR_clear_error();
    connected_ = SSL_connect(ssl_.get()) == 1;
  }
}

HttpClient::~HttpClient() {
  if (ssl_ && connected_) {
    SSL_shutdown(ssl_.get());
  }
  ::close(socket_);
}

bool HttpClient::send(std::string_view bytes) {
  while (connected_ && !bytes.empty()) {
    ERR_clear_error();
    const long count = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                            : ::send(socket_, bytes.data(), bytes.size(), 0);
    if (count <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return connected_;
}

long HttpClient::read(char* bytes, std::size_t capacity) {
  ERR_clear_error();
  return ssl_ ? SSL_read(ssl_.get(), bytes, static_cast<int>(capacity))
              : ::recv(socket_, bytes, capacity, 0);
}

HttpAnswer HttpClient::receive(bool head_only) {
  HttpAnswer answer;
  std::array<char, 16384> block;
  std::size_t head = std::string::npos;
  std::size_t length = 0;
  for (;;) {
    if (head == std::string::npos && (head = buffer_.find("\r\n\r\n")) != std::string::npos) {
      answer.status = std::atoi(buffer_.c_str() + std::min<std::size_t>(9, buffer_.size()));
      for (std::size_t at = buffer_.find("\r\n") + 2; at < head + 2;) {
        const std::size_t end = buffer_.find("\r\n", at);
        const std::size_t colon = buffer_.find(": ", at);
        answer.headers[lower(buffer_.substr(at, colon - at))] =
            buffer_.substr(colon + 2, end - colon - 2);
        at = end + 2;
      }
      const auto found = answer.headers.find("content-length");
      length = found == answer.headers.end() || head_only
                   ? 0
                   : static_cast<std::size_t>(std::atol(found->second.c_str()));
    }
    if (head != std::string::npos && buffer_.size() >= head + 4 + length) {
      answer.body = buffer_.substr(head + 4, length);
      buffer_.erase(0, head + 4 + length);
      return answer;
    }
    const long count = connected_ ? read(block.data(), block.size()) : 0;
    if (count <= 0) {
      return HttpAnswer();
    }
    buffer_.append(block.data(), static_cast<std::size_t>(count));
  }
}

void HttpClient::end_sending() { ::shutdown(socket_, SHUT_WR); }

bool HttpClient::closed_by_peer() {
  char byte = 0;
  return buffer_.empty() && read(&byte, 1) <= 0;
}

}  // namespace sekisho::fakes
