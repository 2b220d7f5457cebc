#pragma once

#include <atomic>
#include <string>

#include "adapter/http/channel.h"
#include "adapter/http/head.h"
#include "adapter/http/message.h"
#include "adapter/http/server.h"

namespace sekisho::http {

// One client's connection: request after request, each read whole before the handler sees it and
// answered before the next is read. Used by one thread at a time.
class Connection {
 public:
  Connection(const Poco::Net::StreamSocket& socket, SslContext context, std::string address,
             const ServerOptions& options, const Handler& handler,
             const std::atomic<bool>& stopping);

  enum class Next {
    kAgain,  // a request was answered; another may follow at once
    kIdle,   // nothing came for a moment: give the thread back until something does
    kClose,
  };
  Next serve();  // throws nothing

  bool has_bytes() const { return !buffer_.empty() || channel_.has_bytes(); }  // read already
  const Poco::Net::StreamSocket& socket() const { return channel_.socket(); }
  const std::string& address() const { return address_; }

 private:
  Next serve_request();
  bool read_head(const Deadline& deadline, std::size_t& head_size, Next& next);
  bool read_body(const RequestHead& head, std::size_t total, const Deadline& deadline);
  Next answer(const RequestHead& head, std::size_t head_size);
  Response handle(const Request& request);
  bool send(const Request& request, const Response& response, bool keep_alive);
  Next refuse(int status, const char* what);  // without a body, and closes
  void tell(const char* what) const;

  Channel channel_;
  std::string address_;
  const ServerOptions& options_;
  const Handler& handler_;
  const std::atomic<bool>& stopping_;
  PeerCertificate peer_;
  std::string buffer_;  // received, not used yet
  bool ready_ = false;  // the handshake is done
};

}  // namespace sekisho::http
