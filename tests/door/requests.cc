#include "tests/door/requests.h"

#include <algorithm>

namespace sekisho::door_bench {

namespace {

constexpr std::string_view kBase = "/fhir";

std::string encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_') {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string query_text(const http::Fields& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    text += (text.empty() ? "" : "&") + encoded(name) + "=" + encoded(value);
  }
  return text;
}

// A value as a search takes it: the separators escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ',' || c == '|' || c == '$' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out;
}

bool holds(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

http::Request request_of(const Question& question) {
  http::Request request;
  request.method = question.method;
  request.path = question.path;
  request.headers = question.headers;
  request.request_id = std::string(32, '0');
  if (question.method == "POST") {
    request.body = query_text(question.parameters);
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  } else {
    request.query = question.parameters;
    request.raw_query = query_text(question.parameters);
  }
  return request;
}

std::string to_text(const Question& question) {
  std::string text = question.method + " " + question.path;
  const std::string query = query_text(question.parameters);
  text += (query.empty() ? "" : (question.method == "POST" ? "  body: " : "?") + query) + "\n";
  for (const auto& [name, value] : question.headers) {
    text += name + ": " + value + "\n";
  }
  if (question.pages > 0) {
    text += "(following " + std::to_string(question.pages) + " next links)\n";
  }
  return text;
}

RequestMaker::RequestMaker(const fhir::Json& capability_statement, Known known, std::uint64_t seed)
    : known_(std::move(known)), random_(seed) {
  for (const fhir::Json& rest : capability_statement.items("rest")) {
    for (const fhir::Json& resource : rest.items("resource")) {
      Offered& offered = offered_.emplace_back();
      offered.type = resource.text("type");
      for (const fhir::Json& interaction : resource.items("interaction")) {
        offered.interactions.emplace_back(interaction.text("code"));
      }
      for (const fhir::Json& parameter : resource.items("searchParam")) {
        offered.parameters.emplace_back(parameter.text("name"), parameter.text("type"));
      }
    }
  }
}

Question RequestMaker::next() {
  if (one_in(50)) {
    Question question;
    question.path = std::string(kBase) + (one_in(2) ? "/metadata" : "/status");
    return question;
  }
  // Types that the storage has are asked for most.
  const Offered* offered = &any(offered_);
  while (known_.ids.find(offered->type) == known_.ids.end() && !one_in(8)) {
    offered = &any(offered_);
  }
  const std::string& interaction = any(offered->interactions);
  Question question =
      interaction == "search-type" ? search(*offered) : read(*offered, interaction == "vread");
  add_headers(question);
  return question;
}

std::string RequestMaker::id(const std::string& type) {
  const auto of_x = known_.ids_of_x.find(type);
  if (of_x != known_.ids_of_x.end() && !of_x->second.empty() && one_in(2)) {
    return any(of_x->second);
  }
  const auto all = known_.ids.find(type);
  if (all != known_.ids.end() && !all->second.empty() && !one_in(6)) {
    return any(all->second);
  }
  return one_in(2) ? "unknown-" + std::to_string(below(1000)) : id_of_x();
}

Question RequestMaker::read(const Offered& offered, bool version) {
  Question question;
  question.path = std::string(kBase) + "/" + offered.type + "/" + id(offered.type);
  if (version) {
    question.path += "/_history/" + std::to_string(1 + below(4));
  }
  if (one_in(3)) {
    static const char* const kTags[] = {"W/\"1\"", "W/\"2\"", "*", "W/\"7\", W/\"1\"", "W/\"9\""};
    question.headers.emplace_back("If-None-Match", kTags[below(5)]);
  }
  if (one_in(6)) {
    static const char* const kDates[] = {"Sun, 01 Nov 2026 01:00:00 GMT",
                                         "Fri, 20 Nov 2026 01:00:00 GMT",
                                         "Tue, 01 Dec 2026 00:00:00 GMT"};
    question.headers.emplace_back("If-Modified-Since", kDates[below(3)]);
  }
  if (one_in(10)) {
    question.method = "HEAD";
  }
  return question;
}

Question RequestMaker::search(const Offered& offered) {
  Question question;
  question.path = std::string(kBase) + "/" + offered.type;
  for (std::size_t left = below(3); left > 0; --left) {
    const auto& [name, kind] = any(offered.parameters);
    std::string text = value(name, kind, offered.type);
    if (one_in(5)) {
      text += "," + value(name, kind, offered.type);
    }
    question.parameters.emplace_back(name, text);
  }
  if (one_in(2)) {
    question.parameters.emplace_back("_count", std::to_string(below(8)));
    question.pages = static_cast<int>(below(4));
  }
  if (one_in(6)) {
    static const char* const kTotals[] = {"none", "accurate", "estimate"};
    question.parameters.emplace_back("_total", kTotals[below(3)]);
  }
  if (one_in(20)) {
    question.parameters.emplace_back("_cursor", std::string(32, 'a') + id(offered.type));
  }
  if (one_in(25)) {
    question.parameters.emplace_back("no-such-parameter", id(offered.type));
  }
  if (one_in(4)) {
    question.method = "POST";
    question.path += "/_search";
  }
  return question;
}

std::string RequestMaker::value(const std::string& name, const std::string& kind,
                                const std::string& type) {
  if (name == "_id") {
    return id(type);
  }
  if (kind == "date") {
    return date();
  }
  return kind == "reference" ? patient() : token();
}

std::string RequestMaker::token() {
  const auto& [system, code] = any(known_.tokens);
  switch (below(4)) {
    case 0:
      return escaped(code);
    case 1:
      return escaped(system) + "|";
    case 2:
      return "|" + escaped(code);
    default:
      return escaped(system) + "|" + escaped(code);
  }
}

std::string RequestMaker::date() {
  static const char* const kPrefixes[] = {"", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "xx"};
  static const char* const kDates[] = {"2026",
                                       "2026-05",
                                       "2026-11-01",
                                       "2026-11-20",
                                       "2026-11-20T10:00:00+09:00",
                                       "2025-12-31T23:59"};
  return std::string(kPrefixes[below(10)]) + kDates[below(6)];
}

std::string RequestMaker::patient() {
  const std::string id = this->id("Patient");
  switch (below(4)) {
    case 0:
      return "Patient/" + id;
    case 1:
      return "https://hospital.example:8443/fhir/Patient/" + id;
    case 2:
      return one_in(3) ? "Group/" + id : id;
    default:
      return id;
  }
}

void RequestMaker::add_headers(Question& question) {
  static const char* const kPermits[] = {"PM0", "PM0", "PM0", "PM0",    "PM0",
                                         "PM0", "PM0", "PM0", "NARROW", "NONE"};
  if (!one_in(60)) {
    question.headers.emplace_back("Sekisho-Permit", kPermits[below(10)]);
  }
  if (one_in(8)) {
    question.headers.emplace_back("Sekisho-Purpose", one_in(4) ? "TRAIN" : "HRESCH");
  }
  if (!holds({"GET", "HEAD"}, question.method) || one_in(2)) {
    question.headers.emplace_back("Accept", "application/fhir+json");
  }
}

}  // namespace sekisho::door_bench
