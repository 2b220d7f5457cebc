#pragma once

#include <Poco/Clock.h>
#include <Poco/Net/PollSet.h>
#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapter/http/tls.h"

namespace sekisho::http {

// A moment up to which something may take; by the monotonic clock, for timeouts only.
class Deadline {
 public:
  explicit Deadline(std::int64_t milliseconds) : limit_(milliseconds * 1000) {}
  Poco::Timespan remaining() const { return {limit_ - start_.elapsed()}; }
  bool passed() const { return start_.isElapsed(limit_); }

 private:
  Poco::Clock start_;
  Poco::Clock::ClockDiff limit_;
};

// The bytes of one connection, plain or in TLS. Shaking hands and receiving take what is there and
// wait at most for the peer to take our side of the protocol; sending waits, with a deadline as a
// whole: a peer that sends or takes one byte now and then does not hold a thread for longer. What
// is
// `_now` never waits.
class Channel {
 public:
  // kNothing: no bytes there yet; kBlocked: the peer has to take some first.
  enum class Result { kDone, kNothing, kBlocked, kTimeout, kClosed };

  // `context` empty: plain. `stopping` must outlive it.
  Channel(const Poco::Net::StreamSocket& socket, SslContext context,
          const std::atomic<bool>& stopping);

  Result handshake();  // as far as the bytes go; at once kDone where plain
  PeerCertificate peer() const;

  bool has_bytes() const;                        // received from the peer, not read from here yet
  bool wait_readable(const Deadline& deadline);  // gives up when the server stops
  Result receive(std::string& buffer);           // appends what there is
  Result receive_now(std::string& buffer);
  // Also gives up where the peer takes nothing for `stall_ms`.
  Result send(std::string_view bytes, const Deadline& deadline, std::int64_t stall_ms);
  Result send_now(std::string_view bytes, std::size_t& sent);  // what the peer takes at once
  // Says goodbye and reads what still comes for a moment, so that an answer to a request that was
  // not read to its end is not lost by a reset.
  void close_after_answer();

  const Poco::Net::StreamSocket& socket() const { return socket_; }

 private:
  enum class Wants { kNothing, kRead, kWrite, kGone };
  Wants read_some(std::string& buffer);
  Wants write_some(std::string_view bytes, std::size_t& written);
  Wants after_ssl(int result);
  Result wait_to_write(Wants wants);
  bool wait(Wants wants, const Deadline& deadline);
  bool wait_a_moment(Wants wants, const Poco::Timespan& time);

  Poco::Net::StreamSocket socket_;
  SslContext context_;
  SslConnection ssl_{nullptr, SSL_free};
  bool shaken_ = false;
  // Kept, because Poco's wait for one socket makes and closes an epoll instance each time.
  std::unique_ptr<Poco::Net::PollSet> readable_;
  const std::atomic<bool>& stopping_;
};

}  // namespace sekisho::http
