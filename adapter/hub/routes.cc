#include "adapter/hub/routes.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

#include "adapter/hub/answers.h"
#include "adapter/hub/capability.h"
#include "adapter/hub/negotiation.h"
#include "adapter/hub/path.h"
#include "adapter/release/door.h"
#include "fhir/digest.h"
#include "fhir/json.h"

namespace sekisho::hub {
namespace {

// The values of a header that may stand in several lines or in one with commas.
std::vector<std::string> values_of(const http::Request& request, std::string_view name) {
  std::vector<std::string> values;
  for (const std::string& line : request.header(name)) {
    std::size_t begin = 0;
    while (begin <= line.size()) {
      const std::size_t end = std::min(line.find(',', begin), line.size());
      std::string value = line.substr(begin, end - begin);
      value.erase(0, value.find_first_not_of(" \t"));
      value.erase(value.find_last_not_of(" \t") + 1);
      if (!value.empty()) {
        values.push_back(std::move(value));
      }
      begin = end + 1;
    }
  }
  return values;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += (text.empty() ? "" : ", ") + line;
  }
  return text;
}

// Takes _format out of the parameters.
std::vector<std::string> take_formats(http::Fields& parameters) {
  std::vector<std::string> formats;
  http::Fields others;
  for (auto& parameter : parameters) {
    if (parameter.first != "_format") {
      others.push_back(std::move(parameter));
    } else if (!parameter.second.empty()) {
      formats.push_back(std::move(parameter.second));
    }
  }
  parameters = std::move(others);
  return formats;
}

bool any_with_value(const http::Fields& parameters) {
  for (const auto& [name, value] : parameters) {
    if (!value.empty()) {
      return true;
    }
  }
  return false;
}

// What is wrong with the request whoever asks, before anything of the hospital is looked at.
std::optional<http::Response> refuse_form(const http::Request& request, const Path& path,
                                          http::Fields& parameters) {
  if (request.undecodable) {
    return outcome(400, "invalid", "The URL has a broken %-escape or is no UTF-8.");
  }
  if (path.kind == Path::Kind::kUnknown) {
    return not_found();
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const bool writes_operation = request.method == "POST" && path.kind == Path::Kind::kUnbuilt;
  const bool by_post = path.kind == Path::Kind::kSearchByPost;
  if (by_post ? request.method != "POST" : !reads && !writes_operation) {
    return not_allowed(allowed_methods(path));
  }
  if (by_post) {
    if (!is_form(request.header("Content-Type"))) {
      return outcome(415, "not-supported",
                     "_search takes a body of type application/x-www-form-urlencoded.");
    }
    if (!http::parse_form(request.body, parameters)) {
      return outcome(400, "invalid", "The body has a broken %-escape or is no UTF-8.");
    }
  }
  if (!accepts_json(request.header("Accept"), take_formats(parameters))) {
    return outcome(406, "not-supported", "Answers are application/fhir+json, FHIR version 4.0.");
  }
  if (path.kind == Path::Kind::kBase || path.kind == Path::Kind::kUnbuilt) {
    return outcome(501, "not-supported", "This interaction is not served; see /metadata.");
  }
  if ((path.kind == Path::Kind::kInstance || path.kind == Path::Kind::kVersion) &&
      any_with_value(parameters)) {
    return outcome(400, "not-supported", "A read takes no parameter but _format.");
  }
  return std::nullopt;
}

bool is_read(const Path& path) {
  return path.kind == Path::Kind::kInstance || path.kind == Path::Kind::kVersion;
}

release::ReadRequest read_of(const http::Request& request, const Path& path) {
  release::ReadRequest read;
  read.type = path.type;
  read.id = path.id;
  read.version = path.version;
  read.if_none_match = joined(request.header("If-None-Match"));
  read.if_modified_since = joined(request.header("If-Modified-Since"));
  return read;
}

class BegunRead final : public http::Begun {
 public:
  explicit BegunRead(release::PendingAnswer answer) : answer_(std::move(answer)) {}
  http::Response finish() override { return of_view(answer_.finish()); }

 private:
  release::PendingAnswer answer_;
};

}  // namespace

Routes::Routes(HubOptions options, release::Door& door, ClientOf client_of)
    : options_(std::move(options)),
      door_(door),
      client_of_(std::move(client_of)),
      capability_statement_(capability_statement(options_)),
      capability_etag_('"' + fhir::to_hex(fhir::sha256(capability_statement_)).substr(0, 16) +
                       '"') {}

http::Response Routes::operator()(const http::Request& request) const {
  release::Asker asker;
  asker.request_id = request.request_id;
  try {
    const Path path = parse_path(request.path, options_.base_path);
    asker = asker_of(request, path);
    return answer(request, path, asker);
  } catch (const std::exception&) {
    // The door keeps its own failures to itself: nothing was recorded yet.
    return recorded(asker, closed());
  }
}

std::unique_ptr<http::Begun> Routes::begin(const http::Request& request) const {
  try {
    const Path path = parse_path(request.path, options_.base_path);
    http::Fields parameters = request.query;
    if (!is_read(path) || refuse_form(request, path, parameters)) {
      return nullptr;
    }
    return std::make_unique<BegunRead>(
        door_.begin_read(asker_of(request, path), read_of(request, path)));
  } catch (const std::exception&) {
    return nullptr;  // asked again, it fails again, and that is recorded
  }
}

release::Asker Routes::asker_of(const http::Request& request, const Path& path) const {
  release::Asker asker;
  asker.request_id = request.request_id;
  asker.certificate = request.peer.fingerprint;
  asker.permits = values_of(request, "Sekisho-Permit");
  asker.purposes = values_of(request, "Sekisho-Purpose");
  asker.interaction = interaction_of(path, request.method);
  asker.target = target_of(path);
  asker.client = client_of_(request.peer);
  return asker;
}

http::Response Routes::answer(const http::Request& request, const Path& path,
                              release::Asker& asker) const {
  http::Fields parameters = request.query;
  if (auto refusal = refuse_form(request, path, parameters)) {
    return recorded(asker, std::move(*refusal));
  }
  if (path.kind == Path::Kind::kMetadata) {
    return recorded(asker, metadata(request));
  }
  if (path.kind == Path::Kind::kStatus) {
    return recorded(asker, status(asker));
  }
  return data(request, path, parameters, asker);
}

http::Response Routes::recorded(const release::Asker& asker, http::Response response) const {
  try {
    door_.record(asker, response.status);
    return response;
  } catch (const std::exception&) {
    return closed();
  }
}

http::Response Routes::metadata(const http::Request& request) const {
  http::Response response =
      json_answer(capability_statement_, "application/fhir+json; charset=utf-8");
  response.headers = {{"Content-Type", "application/fhir+json; charset=utf-8"},
                      {"Cache-Control", "no-cache"},
                      {"ETag", capability_etag_}};
  if (matches_etag(request.header("If-None-Match"), capability_etag_)) {
    response.status = 304;
  }
  return response;
}

http::Response Routes::status(const release::Asker& asker) const {
  const release::Door::Status now = door_.status(asker.client);
  fhir::Json body = fhir::Json::object({{"status", now.open ? "serving" : "closed"},
                                        {"version", options_.version},
                                        {"fhirVersion", "4.0.1"},
                                        {"mapping", options_.mapping_hash}});
  if (now.data_as_of) {
    body.set("data_as_of", fhir::to_text(*now.data_as_of));
  }
  return json_answer(fhir::write_json(body), "application/json");
}

http::Response Routes::data(const http::Request& request, const Path& path,
                            const http::Fields& parameters, const release::Asker& asker) const {
  if (is_read(path)) {
    return of_view(door_.begin_read(asker, read_of(request, path)).finish());
  }
  auto opened = door_.open(asker);
  if (const auto* refusal = std::get_if<release::Refusal>(&opened)) {
    return refused(*refusal);
  }
  release::SearchRequest search;
  search.type = path.type;
  search.parameters = parameters;
  return of_view(std::get<release::ReleaseView>(opened).search(search));
}

}  // namespace sekisho::hub
