#include "adapter/http/connection.h"

#include <algorithm>
#include <exception>

#include "fhir/check.h"
#include "fhir/operation_outcome.h"

namespace sekisho::http {
namespace {

// How long a thread stays with a connection after an answer, for the next request.
constexpr std::int64_t kLingerMs = 100;
// The slowest that a client may take an answer, beyond the time-out: bytes a millisecond (1
// Mbit/s).
constexpr std::int64_t kSlowestRead = 128;

const char* reason_of(int status) {
  struct Reason {
    int status;
    const char* text;
  };
  static constexpr Reason kReasons[] = {{100, "Continue"},
                                        {200, "OK"},
                                        {202, "Accepted"},
                                        {204, "No Content"},
                                        {304, "Not Modified"},
                                        {400, "Bad Request"},
                                        {401, "Unauthorized"},
                                        {403, "Forbidden"},
                                        {404, "Not Found"},
                                        {405, "Method Not Allowed"},
                                        {406, "Not Acceptable"},
                                        {408, "Request Timeout"},
                                        {410, "Gone"},
                                        {411, "Length Required"},
                                        {413, "Content Too Large"},
                                        {414, "URI Too Long"},
                                        {415, "Unsupported Media Type"},
                                        {417, "Expectation Failed"},
                                        {429, "Too Many Requests"},
                                        {431, "Request Header Fields Too Large"},
                                        {500, "Internal Server Error"},
                                        {501, "Not Implemented"},
                                        {503, "Service Unavailable"},
                                        {505, "HTTP Version Not Supported"}};
  for (const Reason& reason : kReasons) {
    if (reason.status == status) {
      return reason.text;
    }
  }
  return "Status";
}

void add_header(std::string_view name, std::string_view value, std::string& out) {
  fhir::check(value.find_first_of("\r\n") == std::string_view::npos,
              "http: a header value with a line end");
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

std::string status_line(int status) {
  return "HTTP/1.1 " + std::to_string(status) + ' ' + reason_of(status) + "\r\n";
}

bool has_bare_line_feed(std::string_view text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    if (at == 0 || text[at - 1] != '\r') {
      return true;
    }
  }
  return false;
}

}  // namespace

Connection::Connection(const Poco::Net::StreamSocket& socket, SslContext context,
                       std::string address, const ServerOptions& options, const Handler& handler,
                       const std::atomic<bool>& stopping)
    : channel_(socket, std::move(context), stopping),
      address_(std::move(address)),
      options_(options),
      handler_(handler),
      stopping_(stopping) {}

void Connection::tell(const char* what) const {
  if (options_.unhandled) {
    options_.unhandled(what);
  }
}

Connection::Next Connection::serve() {
  try {
    if (!ready_) {
      if (channel_.handshake(Deadline(std::int64_t{options_.timeout_s} * 1000)) !=
          Channel::Result::kDone) {
        tell("handshake-failed");
        return Next::kClose;
      }
      peer_ = channel_.peer();
      ready_ = true;
    }
    if (buffer_.empty() && !channel_.wait_readable(Deadline(kLingerMs))) {
      return Next::kIdle;
    }
    return serve_request();
  } catch (const std::exception&) {
    return Next::kClose;  // the socket failed; the handler's exceptions are caught where it is
                          // called
  }
}

Connection::Next Connection::serve_request() {
  const Deadline deadline(std::int64_t{options_.timeout_s} * 1000);
  std::size_t head_size = 0;
  Next next = Next::kClose;
  if (!read_head(deadline, head_size, next)) {
    return next;
  }
  HeadFault fault;
  const auto head = parse_head(std::string_view(buffer_).substr(0, head_size), fault);
  if (!head) {
    return refuse(fault.status, fault.what);
  }
  if (head->body_length > options_.max_body) {
    return refuse(413, "too-large");
  }
  const std::size_t total = head_size + static_cast<std::size_t>(head->body_length);
  if (!read_body(*head, total, deadline)) {
    return refuse(deadline.passed() ? 408 : 400, deadline.passed() ? "timeout" : "bad-request");
  }
  next = answer(*head, head_size);
  buffer_.erase(0, total);
  return next;
}

bool Connection::read_head(const Deadline& deadline, std::size_t& head_size, Next& next) {
  for (std::size_t searched = 0;;) {
    while (buffer_.compare(0, 2, "\r\n") == 0) {  // an empty line before a request is allowed
      buffer_.erase(0, 2);
    }
    const std::size_t end = buffer_.find("\r\n\r\n", searched);
    if (end != std::string::npos) {
      head_size = end + 4;
      return true;
    }
    if (buffer_.size() > kMaxHead ||
        has_bare_line_feed(std::string_view(buffer_).substr(searched))) {
      next = buffer_.size() > kMaxHead ? refuse(431, "too-large") : refuse(400, "bad-request");
      return false;
    }
    searched = buffer_.size() - std::min<std::size_t>(buffer_.size(), 3);
    switch (channel_.receive(buffer_, deadline)) {
      case Channel::Result::kDone:
        break;
      case Channel::Result::kTimeout:
        next = buffer_.empty() ? Next::kClose : refuse(408, "timeout");
        return false;
      case Channel::Result::kClosed:
        if (!buffer_.empty()) {
          tell("bad-request");
        }
        next = Next::kClose;
        return false;
    }
  }
}

bool Connection::read_body(const RequestHead& head, std::size_t total, const Deadline& deadline) {
  if (head.expects_continue && buffer_.size() < total &&
      channel_.send(status_line(100) + "\r\n", deadline, 1000) != Channel::Result::kDone) {
    return false;
  }
  while (buffer_.size() < total) {
    if (channel_.receive(buffer_, deadline) != Channel::Result::kDone) {
      return false;
    }
  }
  return true;
}

Connection::Next Connection::answer(const RequestHead& head, std::size_t head_size) {
  Request request;
  request.method = head.method;
  request.headers = head.headers;
  request.body = buffer_.substr(head_size, static_cast<std::size_t>(head.body_length));
  request.peer = peer_;
  request.peer_address = address_;
  request.request_id = options_.new_request_id();
  decode_target(head.target, request);
  const Response response = handle(request);
  const bool keep_alive = head.keep_alive && !stopping_;
  return send(request, response, keep_alive) && keep_alive ? Next::kAgain : Next::kClose;
}

Response Connection::handle(const Request& request) {
  try {
    return handler_(request);
  } catch (...) {
    tell("handler-failed");
    Response failed;
    failed.status = 500;
    failed.headers = {{"Content-Type", "application/fhir+json; charset=utf-8"},
                      {"Cache-Control", "no-store"}};
    failed.body = fhir::operation_outcome(
        "exception", "The request failed here; ask with its id " + request.request_id + ".");
    return failed;
  }
}

bool Connection::send(const Request& request, const Response& response, bool keep_alive) {
  const bool has_length = response.status != 304 && response.status != 204;
  const bool has_body = has_length && request.method != "HEAD";
  std::string out = status_line(response.status);
  out.reserve(512 + (has_body ? response.body.size() : 0));
  for (const auto& [name, value] : response.headers) {
    add_header(name, value, out);
  }
  if (has_length) {
    add_header("Content-Length", std::to_string(response.body.size()), out);
  }
  if (options_.clock) {
    add_header("Date", fhir::to_http_date(options_.clock()), out);
  }
  add_header("X-Request-Id", request.request_id, out);
  add_header("Connection", keep_alive ? "keep-alive" : "close", out);
  out += "\r\n";
  if (has_body) {
    out += response.body;
  }
  const std::int64_t timeout = std::int64_t{options_.timeout_s} * 1000;
  const Deadline deadline(timeout + static_cast<std::int64_t>(out.size()) / kSlowestRead);
  const Channel::Result result = channel_.send(out, deadline, timeout);
  if (result == Channel::Result::kTimeout) {
    tell("timeout");
  }
  const bool sent = result == Channel::Result::kDone;
  if (sent && !keep_alive) {
    channel_.close_after_answer();
  }
  return sent;
}

Connection::Next Connection::refuse(int status, const char* what) {
  tell(what);
  std::string out = status_line(status);
  add_header("Content-Length", "0", out);
  add_header("Connection", "close", out);
  out += "\r\n";
  if (channel_.send(out, Deadline(1000), 1000) == Channel::Result::kDone) {
    channel_.close_after_answer();
  }
  return Next::kClose;
}

}  // namespace sekisho::http
