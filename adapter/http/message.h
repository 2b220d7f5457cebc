#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sekisho::http {

// The client certificate of a connection; empty fields on a plain listener.
struct PeerCertificate {
  std::string subject;                // DN in RFC 4514 form
  std::vector<std::string> san_uris;  // exact
  std::string fingerprint;            // SHA-256 of the DER, lower-case hex
};

using Fields = std::vector<std::pair<std::string, std::string>>;

// A request as plain data: path and parameters %-decoded, header names as sent.
struct Request {
  std::string method;
  std::string path;       // decoded once, without query: "/fhir/Patient/x"
  std::string raw_query;  // as sent
  Fields query;           // decoded, in order ('+' is a space)
  Fields headers;
  // Path or query has a broken %-escape, a NUL, or is no UTF-8: `path` and `query` are empty then.
  bool undecodable = false;
  std::string body;
  PeerCertificate peer;
  std::string peer_address;
  std::string request_id;  // ours, 32 hex characters; goes back as X-Request-Id

  std::vector<std::string> header(std::string_view name) const;  // case-insensitive, every value
};

struct Response {
  int status = 200;
  Fields headers;    // Content-Length, Date, X-Request-Id and Connection are the server's
  std::string body;  // not sent for HEAD and 304
};

using Handler = std::function<Response(const Request&)>;

// An answer of which all is done but a wait that several share. The request outlives it.
class Begun {
 public:
  virtual ~Begun() = default;
  virtual Response finish() = 0;  // once
};
// Begins what takes a look-up, so that one thread may begin several requests and then wait once;
// only the first after a change of what decides may take longer, while others wait for it.
// Nothing: this one may take longer, and the handler is asked by a thread of its own.
using Begin = std::function<std::unique_ptr<Begun>(const Request&)>;

// application/x-www-form-urlencoded, also a query string: appends to `out`. False where %-escapes
// are broken or the result holds a NUL or is no UTF-8.
bool parse_form(std::string_view text, Fields& out);

// Fills path, raw_query, query and undecodable from a request's target ("/fhir/Patient?_id=x").
void decode_target(std::string_view target, Request& request);

}  // namespace sekisho::http
