#include "adapter/http/channel.h"

#include <Poco/Exception.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>

namespace sekisho::http {
namespace {

constexpr std::size_t kBlock = 16 * 1024;
constexpr std::size_t kDiscarded = 1u << 20;
constexpr std::int64_t kOwnWriteMs = 1000;
constexpr std::int64_t kSliceMs = 100;  // how soon a wait notices that the server stops

}  // namespace

Channel::Channel(const Poco::Net::StreamSocket& socket, SslContext context,
                 const std::atomic<bool>& stopping)
    : socket_(socket), context_(std::move(context)), stopping_(stopping) {
  socket_.setNoDelay(true);
  socket_.setBlocking(false);
  if (context_) {
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), static_cast<int>(socket_.impl()->sockfd()));
    SSL_set_accept_state(ssl_.get());
  }
}

Channel::Wants Channel::after_ssl(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return Wants::kNothing;
    case SSL_ERROR_WANT_READ:
      return Wants::kRead;
    case SSL_ERROR_WANT_WRITE:
      return Wants::kWrite;
    default:
      // After such an error OpenSSL allows no further call on the connection, nor a goodbye.
      SSL_set_quiet_shutdown(ssl_.get(), 1);
      ERR_clear_error();
      return Wants::kGone;
  }
}

bool Channel::wait_a_moment(Wants wants, const Poco::Timespan& time) {
  if (wants == Wants::kWrite) {
    return socket_.poll(time, Poco::Net::Socket::SELECT_WRITE);
  }
  if (!readable_) {
    readable_ = std::make_unique<Poco::Net::PollSet>();
    readable_->add(socket_, Poco::Net::PollSet::POLL_READ);
  }
  return !readable_->poll(time).empty();
}

bool Channel::wait(Wants wants, const Deadline& deadline) {
  const Poco::Timespan slice(kSliceMs * 1000);
  while (!deadline.passed()) {
    if (stopping_ && wants == Wants::kRead) {
      return false;
    }
    if (wait_a_moment(wants, std::min(slice, deadline.remaining()))) {
      return true;
    }
  }
  return false;
}

Channel::Result Channel::handshake() {
  while (ssl_ && !shaken_) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
      shaken_ = true;
      break;
    }
    const Result waited = wait_to_write(after_ssl(result));
    if (waited != Result::kDone) {
      return waited;
    }
  }
  return Result::kDone;
}

// Our side of the protocol is a few KB, so a peer that does not take them is not worth a wait.
Channel::Result Channel::wait_to_write(Wants wants) {
  switch (wants) {
    case Wants::kRead:
      return Result::kNothing;
    case Wants::kWrite:
      return wait(wants, Deadline(kOwnWriteMs)) ? Result::kDone : Result::kTimeout;
    case Wants::kNothing:
    case Wants::kGone:
      break;
  }
  return wants == Wants::kNothing ? Result::kDone : Result::kClosed;
}

PeerCertificate Channel::peer() const { return ssl_ ? peer_of(ssl_.get()) : PeerCertificate(); }

bool Channel::has_bytes() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

bool Channel::wait_readable(const Deadline& deadline) {
  return has_bytes() || wait(Wants::kRead, deadline);
}

Channel::Wants Channel::read_some(std::string& buffer) {
  std::array<char, kBlock> block;
  int count = 0;
  if (ssl_) {
    ERR_clear_error();
    count = SSL_read(ssl_.get(), block.data(), static_cast<int>(block.size()));
    if (count <= 0) {
      return after_ssl(count);
    }
  } else {
    count = socket_.receiveBytes(block.data(), static_cast<int>(block.size()));
    if (count <= 0) {
      return count < 0 ? Wants::kRead : Wants::kGone;
    }
  }
  buffer.append(block.data(), static_cast<std::size_t>(count));
  return Wants::kNothing;
}

Channel::Wants Channel::write_some(std::string_view bytes, std::size_t& written) {
  const int size = static_cast<int>(std::min(bytes.size(), kBlock));
  int count = 0;
  if (ssl_) {
    ERR_clear_error();
    count = SSL_write(ssl_.get(), bytes.data(), size);
    if (count <= 0) {
      return after_ssl(count);
    }
  } else {
    // Asked before, because Poco throws where a socket takes nothing.
    if (!socket_.poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_WRITE)) {
      return Wants::kWrite;
    }
    count = socket_.sendBytes(bytes.data(), size);
  }
  written += static_cast<std::size_t>(count);
  return Wants::kNothing;
}

Channel::Result Channel::receive(std::string& buffer) {
  try {
    for (;;) {
      const std::size_t before = buffer.size();
      const Result result = wait_to_write(read_some(buffer));
      if (result != Result::kDone || buffer.size() > before) {
        return result;
      }
    }
  } catch (const Poco::Exception&) {
    return Result::kClosed;
  }
}

Channel::Result Channel::receive_now(std::string& buffer) {
  try {
    switch (read_some(buffer)) {
      case Wants::kNothing:
        return Result::kDone;
      case Wants::kRead:
        return Result::kNothing;
      case Wants::kWrite:
        return Result::kBlocked;
      case Wants::kGone:
        break;
    }
  } catch (const Poco::Exception&) {  // the peer is gone
  }
  return Result::kClosed;
}

Channel::Result Channel::send_now(std::string_view bytes, std::size_t& sent) {
  try {
    Wants wants = Wants::kNothing;
    while (sent < bytes.size() && wants == Wants::kNothing) {
      wants = write_some(bytes.substr(sent), sent);
    }
    return wants == Wants::kNothing ? Result::kDone
           : wants == Wants::kGone  ? Result::kClosed
                                    : Result::kBlocked;
  } catch (const Poco::Exception&) {
    return Result::kClosed;
  }
}

Channel::Result Channel::send(std::string_view bytes, const Deadline& deadline,
                              std::int64_t stall_ms) {
  try {
    for (std::size_t written = 0; written < bytes.size();) {
      const Wants wants = write_some(bytes.substr(written), written);
      if (wants == Wants::kGone) {
        return Result::kClosed;
      }
      if (wants != Wants::kNothing && (deadline.passed() || !wait(wants, Deadline(stall_ms)))) {
        return Result::kTimeout;
      }
    }
    return Result::kDone;
  } catch (const Poco::Exception&) {
    return Result::kClosed;
  }
}

void Channel::close_after_answer() {
  try {
    if (ssl_ && shaken_) {
      ERR_clear_error();
      SSL_shutdown(ssl_.get());
    }
    socket_.shutdownSend();
    const Deadline deadline(1000);
    std::array<char, kBlock> ignored;
    for (std::size_t total = 0; total < kDiscarded && wait(Wants::kRead, deadline);) {
      const int count = socket_.receiveBytes(ignored.data(), static_cast<int>(ignored.size()));
      if (count == 0) {
        return;
      }
      total += static_cast<std::size_t>(std::max(count, 0));
    }
  } catch (const Poco::Exception&) {
    // The peer is gone already.
  }
}

}  // namespace sekisho::http
