// A head that is taken is framed by one length and its target decodes to UTF-8 without NUL; paths
// and negotiation take any text.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/http/head.h"
#include "adapter/http/message.h"
#include "adapter/hub/negotiation.h"
#include "adapter/hub/path.h"
#include "fhir/check.h"
#include "fhir/text.h"

using namespace sekisho;

namespace {

void check_text(std::string_view text) {
  fhir::check(fhir::is_valid_utf8(text) && text.find('\0') == std::string_view::npos,
              "what was decoded is UTF-8 without NUL");
}

// A head ends at the same place whether it comes at once or byte by byte.
void check_pieces(std::string_view text) {
  http::HeadSearch whole;
  const auto fault = http::find_head(text, whole);
  http::HeadSearch pieces;
  bool faulty = false;
  for (std::size_t size = 1; size <= text.size() && !faulty && pieces.size == 0; ++size) {
    faulty = http::find_head(text.substr(0, size), pieces).has_value();
  }
  fhir::check(faulty == fault.has_value() && pieces.size == whole.size, "pieces change nothing");
}

// Read by another rule than the parser's: what a server in front might take for that header.
std::size_t headers_named(std::string_view head, std::string_view name) {
  std::size_t found = 0;
  for (std::size_t at = head.find('\n'); at != std::string_view::npos;
       at = head.find('\n', at + 1)) {
    std::string_view line = head.substr(at + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    const std::size_t end = line.find_first_of(": \t\r\n");
    const bool same =
        std::equal(name.begin(), name.end(), line.begin(),
                   line.begin() + static_cast<std::ptrdiff_t>(std::min(end, line.size())),
                   [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b | 32 : b); });
    found += same ? 1u : 0u;
  }
  return found;
}

void check_request(const http::RequestHead& head) {
  http::Request request;
  request.method = head.method;
  request.headers = head.headers;
  http::decode_target(head.target, request);
  fhir::check(request.path.empty() == request.undecodable,
              "a path, or the word that there is none");
  check_text(request.path);
  for (const auto& [name, value] : request.query) {
    check_text(name);
    check_text(value);
  }
  fhir::check(request.header("Content-Length").size() <= 1, "one length");
  fhir::check(request.header("Transfer-Encoding").empty(), "no other framing");
  const hub::Path path = hub::parse_path(request.path, "/fhir");
  hub::interaction_of(path, request.method);
  hub::allowed_methods(path);
  const std::string target = hub::target_of(path);
  fhir::check(target.size() <= 128, "a target is a type and an id");
  hub::accepts_json(request.header("Accept"), {});
  hub::is_form(request.header("Content-Type"));
  hub::matches_etag(request.header("If-None-Match"), "\"a\"");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (size <= 4096) {
    check_pieces(text);
  }
  http::HeadFault fault;
  if (const auto head = http::parse_head(text, fault)) {
    check_request(*head);
    fhir::check(
        headers_named(text, "content-length") <= 1 && headers_named(text, "transfer-encoding") == 0,
        "nobody in front can see another framing");
  } else {
    fhir::check(fault.status >= 400 && fault.status < 600, "a refusal has a status");
  }
  http::Fields fields;
  if (http::parse_form(text, fields)) {
    for (const auto& [name, value] : fields) {
      check_text(name);
      check_text(value);
    }
  }
  hub::accepts_json({std::string(text)}, {});
  hub::accepts_json({}, {std::string(text)});
  return 0;
}
