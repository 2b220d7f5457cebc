#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "adapter/http/channel.h"
#include "adapter/http/head.h"
#include "adapter/http/message.h"
#include "adapter/http/server.h"

namespace sekisho::http {

// What a server tells all its connections.
struct ServerState {
  std::atomic<bool> stopping{false};
  // Counts up when certificates or revocation lists were read again: who was let in by the former
  // ones shakes hands anew.
  std::atomic<std::uint32_t> tls_files{0};
};

// One client's connection: request after request, each read whole before the handler sees it and
// answered before the next is read. Used by one thread at a time.
class Connection {
 public:
  Connection(const Poco::Net::StreamSocket& socket, SslContext context, std::string address,
             const ServerOptions& options, const Handler& handler, const ServerState& state);

  enum class Next {
    kAgain,  // a request was answered; another may follow at once
    kWait,   // bytes are missing: give the thread back until some come, or `due` has passed
    kClose,
  };
  Next serve();  // throws nothing

  // Up to when the peer has to do what is expected now: shake hands, ask, or end what it began.
  const Deadline& due() const { return due_; }
  // The peer began something: when `due` has passed, `serve` once more tells it so.
  bool begun() const { return ready_ ? asking_ : shaking_; }
  bool has_bytes() const { return !buffer_.empty() || channel_.has_bytes(); }  // read already
  const Poco::Net::StreamSocket& socket() const { return channel_.socket(); }
  const std::string& address() const { return address_; }

 private:
  std::optional<Next> shake_hands();  // these four: what to do instead of going on
  std::optional<Next> read_head();
  std::optional<Next> read_body();
  std::optional<Next> receive_more();
  Next serve_request();
  Next answer();
  Response handle(const Request& request);
  bool send(const Request& request, const Response& response, bool keep_alive);
  Next refuse(int status, const char* what);  // without a body, and closes
  void tell(const char* what) const;
  std::int64_t timeout_ms() const { return std::int64_t{options_.timeout_s} * 1000; }
  bool outdated() const { return state_.tls_files != tls_files_; }

  Channel channel_;
  std::string address_;
  const ServerOptions& options_;
  const Handler& handler_;
  const ServerState& state_;
  std::uint32_t tls_files_;
  Deadline life_;
  Deadline due_;
  bool shaking_ = false;  // bytes of a handshake came
  bool ready_ = false;    // the handshake is done
  PeerCertificate peer_;

  std::string buffer_;   // received, not used yet
  bool asking_ = false;  // bytes of a request came; the rest is what is known of it
  HeadSearch search_;
  std::optional<RequestHead> head_;
};

}  // namespace sekisho::http
