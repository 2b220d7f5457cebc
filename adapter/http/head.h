#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/http/message.h"

namespace sekisho::http {

inline constexpr std::size_t kMaxHead = 64 * 1024;
inline constexpr std::size_t kMaxTarget = 16 * 1024;
inline constexpr std::size_t kMaxHeaders = 100;
inline constexpr std::size_t kMaxHeaderValue = 8 * 1024;

// What stands before a request's body (RFC 9112), and how the body is framed.
struct RequestHead {
  std::string method;
  std::string target;  // origin form: "/fhir/Patient?_id=x"
  Fields headers;
  std::uint64_t body_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
};

// Why a head is refused: the status of the answer and a word for metrics.
struct HeadFault {
  int status = 400;
  const char* what = "bad-request";
};

// Where a head ends in bytes that come piece by piece. `searched` is how far it was looked for, 0
// at first; the size of the head with its empty line, or 0 where that has not come yet. Gives up,
// with a fault, at a line that does not end in CRLF and beyond kMaxHead.
struct HeadSearch {
  std::size_t searched = 0;
  std::size_t size = 0;
};
std::optional<HeadFault> find_head(std::string_view received, HeadSearch& search);

// Reads a head up to and with its empty line. Strict: CRLF only, no folded lines, no space before a
// colon, one Host, one Content-Length in digits, and no Transfer-Encoding (411), so that a proxy
// and this parser cannot see two different requests in the same bytes.
std::optional<RequestHead> parse_head(std::string_view text, HeadFault& fault);

}  // namespace sekisho::http
