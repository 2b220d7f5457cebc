#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
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
// answered before the next is read. Used by one thread at a time: by one of its own with `serve`,
// or by one that goes through many, which calls `begin` for each that has bytes, and then `finish`
// for those that were begun; these two do not wait for the peer.
class Connection {
 public:
  Connection(const Poco::Net::StreamSocket& socket, SslContext context, std::string address,
             const ServerOptions& options, const Handler& handler, const ServerState& state);

  enum class Next {
    kAgain,  // a request was answered; another may follow at once
    kWait,   // bytes are missing: give the thread back until some come, or `due` has passed
    kClose,
    kBegun,   // `finish` gives the answer
    kThread,  // what is to be done now may take longer: by `serve`
  };
  Next serve();  // these throw nothing
  Next begin();
  Next finish();

  // Up to when the peer has to do what is expected now: shake hands, ask, or end what it began.
  const Deadline& due() const { return due_; }
  // The peer began something: when `due` has passed, `serve` once more tells it so.
  bool begun() const { return ready_ ? asking_ : shaking_; }
  bool has_bytes() const { return !buffer_.empty() || channel_.has_bytes(); }  // read already
  const Poco::Net::StreamSocket& socket() const { return channel_.socket(); }
  const std::string& address() const { return address_; }

 private:
  enum class Head { kWhole, kPart, kFault };
  Head take_head(HeadFault& fault);  // from what was received

  std::optional<Next> shake_hands();  // these four: what to do instead of going on
  std::optional<Next> read_head();
  std::optional<Next> read_body();
  std::optional<Next> receive_more();
  Next serve_request();
  Next begin_request();
  void take_request();
  Response answered(const std::function<Response()>& answer) const;
  void compose(const Response& response);  // and is done with the request
  Next send_rest();
  Next refuse(int status, const char* what);  // without a body, and closes
  void tell(const char* what) const;
  std::int64_t timeout_ms() const { return std::int64_t{options_.timeout_s} * 1000; }
  // No more is read of a head, however fast it comes.
  bool over() const { return due_.passed() || state_.stopping; }
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

  std::string buffer_;           // received, not used yet
  bool asking_ = false;          // bytes of a request came; the rest is what is known of it
  std::size_t empty_lines_ = 0;  // before it
  HeadSearch search_;
  std::optional<RequestHead> head_;
  Request request_;  // made of it; without an id: not yet
  std::unique_ptr<Begun> begun_;

  std::string answer_;  // as bytes, of which `sent_` are sent
  std::size_t sent_ = 0;
  bool keep_alive_ = true;  // after the answer
};

}  // namespace sekisho::http
