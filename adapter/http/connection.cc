#include "adapter/http/connection.h"

#include <algorithm>
#include <exception>

#include "fhir/check.h"
#include "fhir/operation_outcome.h"

namespace sekisho::http {
namespace {

// Before a request (RFC 9112 2.2): some clients send one after a body.
constexpr std::size_t kEmptyLines = 2;
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
  fhir::check(
      std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n'; }),
      "http: a header value with a line end");
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

std::string status_line(int status) {
  return "HTTP/1.1 " + std::to_string(status) + ' ' + reason_of(status) + "\r\n";
}

}  // namespace

Connection::Connection(const Poco::Net::StreamSocket& socket, SslContext context,
                       std::string address, const ServerOptions& options, const Handler& handler,
                       const ServerState& state)
    : channel_(socket, std::move(context), state.stopping),
      address_(std::move(address)),
      options_(options),
      handler_(handler),
      state_(state),
      tls_files_(state.tls_files),
      life_(std::int64_t{options.connection_life_s} * 1000),
      due_(timeout_ms()) {}

void Connection::tell(const char* what) const {
  if (options_.unhandled) {
    options_.unhandled(what);
  }
}

Connection::Next Connection::serve() {
  try {
    if (!ready_) {
      if (const auto next = shake_hands()) {
        return *next;
      }
    }
    if (!answer_.empty()) {
      return send_rest();
    }
    if (!asking_) {
      if (outdated()) {
        return Next::kClose;
      }
      // Where another thread answers what is quickly answered, it also waits for the next request.
      if (!has_bytes() && (options_.begin || !channel_.wait_readable(Deadline(kLingerMs)))) {
        return Next::kWait;
      }
      asking_ = true;
      due_ = Deadline(timeout_ms());
    }
    return serve_request();
  } catch (const std::exception&) {
    return Next::kClose;  // the socket failed; the handler's exceptions are caught where it is
                          // called
  }
}

std::optional<Connection::Next> Connection::shake_hands() {
  if (!shaking_) {
    shaking_ = true;
    due_ = Deadline(timeout_ms());
  }
  const Channel::Result result = channel_.handshake();
  if (result == Channel::Result::kNothing && !due_.passed()) {
    return Next::kWait;
  }
  if (result != Channel::Result::kDone) {
    tell("handshake-failed");
    return Next::kClose;
  }
  peer_ = channel_.peer();
  ready_ = true;
  due_ = Deadline(timeout_ms());
  return std::nullopt;
}

Connection::Next Connection::begin() {
  try {
    if (!ready_ || !answer_.empty() || !options_.begin) {
      return Next::kThread;
    }
    if (!asking_) {
      asking_ = true;
      due_ = Deadline(timeout_ms());
    }
    return outdated() ? Next::kClose : begin_request();
  } catch (const std::exception&) {
    return Next::kClose;
  }
}

// What is refused or ended is left to a thread, which finds the same.
Connection::Next Connection::begin_request() {
  while (!head_) {
    HeadFault fault;
    const Head head = take_head(fault);
    if (head == Head::kFault) {
      return Next::kThread;
    }
    if (head == Head::kPart) {
      const Channel::Result result = channel_.receive_now(buffer_);
      if (result == Channel::Result::kNothing && !due_.passed()) {
        return Next::kWait;
      }
      if (result != Channel::Result::kDone) {
        return buffer_.empty() && result == Channel::Result::kClosed ? Next::kClose : Next::kThread;
      }
      if (over()) {
        return Next::kThread;
      }
    }
  }
  if (head_->body_length > 0) {
    return Next::kThread;
  }
  take_request();
  begun_ = options_.begin(request_);
  return begun_ ? Next::kBegun : Next::kThread;
}

Connection::Next Connection::finish() {
  try {
    const Response response = answered([this] { return begun_->finish(); });
    begun_.reset();
    compose(response);
    const Channel::Result result = channel_.send_now(answer_, sent_);
    if (result != Channel::Result::kDone) {
      return result == Channel::Result::kBlocked ? Next::kThread : Next::kClose;
    }
    if (!keep_alive_) {
      return Next::kThread;
    }
    answer_.clear();
    return has_bytes() ? Next::kAgain : Next::kWait;
  } catch (const std::exception&) {
    return Next::kClose;
  }
}

Connection::Next Connection::serve_request() {
  if (!head_) {
    if (const auto next = read_head()) {
      return *next;
    }
  }
  if (const auto next = read_body()) {
    return *next;
  }
  if (outdated()) {
    return Next::kClose;
  }
  take_request();
  compose(answered([this] { return handler_(request_); }));
  return send_rest();
}

Connection::Head Connection::take_head(HeadFault& fault) {
  std::size_t empty = 0;
  while (buffer_.compare(2 * empty, 2, "\r\n") == 0) {
    ++empty;
  }
  if (empty > 0) {
    buffer_.erase(0, 2 * empty);
    search_ = HeadSearch();
    empty_lines_ += empty;
  }
  if (empty_lines_ > kEmptyLines) {
    fault = HeadFault();
    return Head::kFault;
  }
  if (const auto found = find_head(buffer_, search_)) {
    fault = *found;
    return Head::kFault;
  }
  if (search_.size == 0) {
    return Head::kPart;
  }
  head_ = parse_head(std::string_view(buffer_).substr(0, search_.size), fault);
  if (head_ && head_->body_length > options_.max_body) {
    fault = {413, "too-large"};
    head_.reset();
  }
  return head_ ? Head::kWhole : Head::kFault;
}

std::optional<Connection::Next> Connection::read_head() {
  for (bool tried = false; !head_; tried = true) {
    HeadFault fault;
    const Head head = take_head(fault);
    if (head == Head::kFault) {
      return refuse(fault.status, fault.what);
    }
    if (head == Head::kPart) {
      if (tried && over()) {
        return state_.stopping ? Next::kClose : refuse(408, "timeout");
      }
      if (const auto next = receive_more()) {
        return next;
      }
    }
  }
  return std::nullopt;
}

std::optional<Connection::Next> Connection::read_body() {
  const std::size_t total = search_.size + static_cast<std::size_t>(head_->body_length);
  if (head_->expects_continue && buffer_.size() < total) {
    head_->expects_continue = false;
    if (channel_.send(status_line(100) + "\r\n", Deadline(1000), 1000) != Channel::Result::kDone) {
      return Next::kClose;
    }
  }
  while (buffer_.size() < total) {
    if (const auto next = receive_more()) {
      return next;
    }
  }
  return std::nullopt;
}

std::optional<Connection::Next> Connection::receive_more() {
  switch (channel_.receive(buffer_)) {
    case Channel::Result::kDone:
      return std::nullopt;
    case Channel::Result::kNothing:
      if (!due_.passed()) {
        return Next::kWait;
      }
      return buffer_.empty() ? Next::kClose : refuse(408, "timeout");
    case Channel::Result::kBlocked:
    case Channel::Result::kTimeout:
    case Channel::Result::kClosed:
      break;
  }
  return buffer_.empty() ? Next::kClose : refuse(400, "bad-request");
}

void Connection::take_request() {
  if (!request_.request_id.empty()) {
    return;
  }
  request_.request_id = options_.new_request_id();
  request_.method = std::move(head_->method);
  request_.headers = std::move(head_->headers);
  request_.body = buffer_.substr(search_.size, static_cast<std::size_t>(head_->body_length));
  request_.peer = peer_;
  request_.peer_address = address_;
  decode_target(head_->target, request_);
}

Response Connection::answered(const std::function<Response()>& answer) const {
  try {
    return answer();
  } catch (...) {
    tell("handler-failed");
    Response failed;
    failed.status = 500;
    failed.headers = {{"Content-Type", "application/fhir+json; charset=utf-8"},
                      {"Cache-Control", "no-store"}};
    failed.body = fhir::operation_outcome(
        "exception", "The request failed here; ask with its id " + request_.request_id + ".");
    return failed;
  }
}

void Connection::compose(const Response& response) {
  keep_alive_ = head_->keep_alive && !state_.stopping && !life_.passed();
  const bool has_length = response.status != 304 && response.status != 204;
  const bool has_body = has_length && request_.method != "HEAD";
  std::string& out = answer_;
  out = status_line(response.status);
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
  add_header("X-Request-Id", request_.request_id, out);
  add_header("Connection", keep_alive_ ? "keep-alive" : "close", out);
  out += "\r\n";
  if (has_body) {
    out += response.body;
  }
  sent_ = 0;
  buffer_.erase(0, search_.size + static_cast<std::size_t>(head_->body_length));
  asking_ = false;
  empty_lines_ = 0;
  search_ = HeadSearch();
  head_.reset();
  request_ = Request();
  due_ = Deadline(timeout_ms());
}

Connection::Next Connection::send_rest() {
  const std::string_view rest = std::string_view(answer_).substr(sent_);
  const Deadline deadline(timeout_ms() + static_cast<std::int64_t>(rest.size()) / kSlowestRead);
  const Channel::Result result = channel_.send(rest, deadline, timeout_ms());
  answer_ = std::string();
  due_ = Deadline(timeout_ms());
  if (result == Channel::Result::kTimeout) {
    tell("timeout");
  }
  const bool sent = result == Channel::Result::kDone;
  if (sent && !keep_alive_) {
    channel_.close_after_answer();
  }
  return sent && keep_alive_ ? Next::kAgain : Next::kClose;
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
