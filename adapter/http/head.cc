#include "adapter/http/head.h"

#include <algorithm>
#include <charconv>

#include "fhir/text.h"

namespace sekisho::http {
namespace {

bool is_token(std::string_view text) {
  constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOther.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

bool parse_target(std::string_view target, RequestHead& head) {
  if (!std::all_of(target.begin(), target.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte != 0x7F && byte != '#';
      })) {
    return false;
  }
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (fhir::ascii_lower(target.substr(0, scheme.size())) == scheme) {
      target.remove_prefix(scheme.size());
      const std::size_t path = target.find_first_of("/?");
      if (path == 0) {
        return false;
      }
      target.remove_prefix(std::min(path, target.size()));
      if (target.empty() || target.front() == '?') {
        head.target = "/";
      }
      break;
    }
  }
  head.target += target;
  return head.target == "*" || (!head.target.empty() && head.target.front() == '/');
}

bool parse_request_line(std::string_view line, RequestHead& head, bool& http_1_1,
                        HeadFault& fault) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) {
    return false;
  }
  head.method = line.substr(0, first);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(head.method) || head.method.size() > 16 || version.substr(0, 5) != "HTTP/") {
    return false;
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    fault.status = 505;
    return false;
  }
  http_1_1 = version == "HTTP/1.1";
  if (last - first - 1 > kMaxTarget) {
    fault = {414, "too-large"};
    return false;
  }
  return parse_target(line.substr(first + 1, last - first - 1), head);
}

// What the headers say of framing and connection.
struct Framing {
  std::optional<std::uint64_t> length;
  bool transfer_encoding = false;
  int hosts = 0;
  bool close = false;
  bool keep = false;
};

bool note_header(const std::string& name, std::string_view value, Framing& framing,
                 RequestHead& head, HeadFault& fault) {
  if (name == "content-length") {
    std::uint64_t length = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, length);
    if (framing.length || error != std::errc() || stop != end) {
      return false;
    }
    framing.length = length;
  } else if (name == "transfer-encoding") {
    framing.transfer_encoding = true;
  } else if (name == "host") {
    ++framing.hosts;
  } else if (name == "connection") {
    const std::string options = "," + fhir::ascii_lower(value) + ",";
    framing.close = framing.close || options.find("close") != std::string::npos;
    framing.keep = framing.keep || options.find("keep-alive") != std::string::npos;
  } else if (name == "expect") {
    if (fhir::ascii_lower(value) != "100-continue") {
      fault.status = 417;
      return false;
    }
    head.expects_continue = true;
  }
  return true;
}

bool parse_header_line(std::string_view line, Framing& framing, RequestHead& head,
                       HeadFault& fault) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return false;
  }
  const std::string_view value = fhir::trim_blanks(line.substr(colon + 1));
  if (head.headers.size() >= kMaxHeaders || value.size() > kMaxHeaderValue) {
    fault = {431, "too-large"};
    return false;
  }
  if (!is_field_value(value)) {
    return false;
  }
  head.headers.emplace_back(line.substr(0, colon), value);
  return note_header(fhir::ascii_lower(line.substr(0, colon)), value, framing, head, fault);
}

bool settle_framing(const Framing& framing, bool http_1_1, RequestHead& head, HeadFault& fault) {
  if (framing.transfer_encoding && framing.length) {
    return false;
  }
  const bool has_body = head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
  if (framing.transfer_encoding || (has_body && !framing.length)) {
    fault = {411, "length-required"};
    return false;
  }
  if (framing.hosts > 1 || (http_1_1 && framing.hosts == 0)) {
    return false;
  }
  head.body_length = framing.length.value_or(0);
  head.keep_alive = !framing.close && (http_1_1 || framing.keep);
  return true;
}

}  // namespace

std::optional<HeadFault> find_head(std::string_view received, HeadSearch& search) {
  while (search.size == 0) {
    const std::size_t line_feed = received.find('\n', search.searched);
    if (line_feed == std::string_view::npos) {
      search.searched = received.size();
      break;
    }
    if (line_feed == 0 || received[line_feed - 1] != '\r') {
      return HeadFault();
    }
    search.searched = line_feed + 1;
    if (line_feed >= 3 && received.substr(line_feed - 3, 3) == "\r\n\r") {
      search.size = line_feed + 1;
    }
  }
  if (std::max(search.size, search.searched) <= kMaxHead) {
    return std::nullopt;
  }
  const bool in_target = received.substr(0, kMaxHead).find('\n') == std::string_view::npos;
  return HeadFault{in_target ? 414 : 431, "too-large"};
}

std::optional<RequestHead> parse_head(std::string_view text, HeadFault& fault) {
  fault = {};
  RequestHead head;
  Framing framing;
  bool http_1_1 = true;
  for (bool first = true;; first = false) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (std::any_of(line.begin(), line.end(),
                    [](char c) { return c == '\r' || c == '\n' || c == '\0'; })) {
      return std::nullopt;
    }
    if (first) {
      if (!parse_request_line(line, head, http_1_1, fault)) {
        return std::nullopt;
      }
    } else if (line.empty()) {
      break;
    } else if (!parse_header_line(line, framing, head, fault)) {
      return std::nullopt;
    }
  }
  if (!text.empty() || !settle_framing(framing, http_1_1, head, fault)) {
    return std::nullopt;
  }
  return head;
}

}  // namespace sekisho::http
