#include "adapter/decision/case_file.h"

#include <set>
#include <utility>

#include "adapter/decision/case_entities.h"
#include "adapter/decision/case_node.h"
#include "fhir/json.h"

namespace sekisho::decision {

using fhir::Error;
using fhir::Json;
using registry::Environment;
using registry::State;

namespace {

// The defaults with one case laid over them (4.4b).
Json merged(const Json& file, const Json& one) {
  Json result = Json::object({});
  for (const char* key : {"env", "request", "clients", "permits", "patients"}) {
    Json object = Json::object({});
    for (const Json* layer : {file.find(key), one.find(key)}) {
      if (layer == nullptr) {
        continue;
      }
      const auto* members = layer->get<Json::Object>();
      if (members == nullptr) {
        refuse(key, "is no object");
      }
      for (const Json::Member& member : *members) {
        object.set(member.name, member.value);
      }
    }
    result.set(key, std::move(object));
  }
  for (const char* key : {"filings", "notices", "optouts"}) {
    Json list = Json::Array{};
    for (const Json* layer : {file.find(key), one.find(key)}) {
      if (layer != nullptr && layer->get<Json::Array>() == nullptr) {
        refuse(key, "is no list");
      }
      for (const Json& item : layer == nullptr ? Json::Array{} : *layer->get<Json::Array>()) {
        list.push(item);
      }
    }
    result.set(key, std::move(list));
  }
  return result;
}

// The X- codes that the file uses as categories anywhere, so that a site's own vocabulary can be
// tried out.
void gather_site_codes(const Json& value, bool categories, std::set<std::string>& codes) {
  const std::string* text = value.get<std::string>();
  if (text != nullptr && categories && text->size() > 2 && text->compare(0, 2, "X-") == 0) {
    codes.insert(*text);
  }
  if (const auto* items = value.get<Json::Array>()) {
    for (const Json& item : *items) {
      gather_site_codes(item, categories, codes);
    }
  }
  if (const auto* members = value.get<Json::Object>()) {
    for (const Json::Member& member : *members) {
      const bool inside = member.name == "categories" || member.name == "items" ||
                          member.name == "category" || member.name == "carried_by";
      gather_site_codes(member.value, inside, codes);
    }
  }
}

template <class Put>
void put_members(State& state, const Json& world, std::string_view key, Put put) {
  for (const Json::Member& member : *world.find(key)->get<Json::Object>()) {
    put(state, member.name, member.value);
  }
}

template <class Put>
void put_items(State& state, const Json& world, std::string_view key, Put put) {
  const auto& items = world.items(key);
  for (std::size_t i = 0; i < items.size(); ++i) {
    put(state, items[i], std::string(key) + "[" + std::to_string(i) + "]");
  }
}

Reason decide_world(const Json& world, const fhir::CategoryVocabulary& vocabulary) {
  State state;
  state.use(vocabulary);
  put_members(state, world, "clients", put_client);
  put_members(state, world, "permits", put_permit);
  put_members(state, world, "patients", put_patient);
  put_items(state, world, "filings", put_filing);
  put_items(state, world, "notices", put_notice);
  put_items(state, world, "optouts", put_refusal);
  const Environment environment = read_environment(state, *world.find("env"));
  const Request request = read_request(state, *world.find("request"));
  return decide(state, environment, request.asking, request.subject).reason;
}

std::string verdict(Reason reason) {
  return (reason == Reason::kOk ? "PERMIT " : "DENY ") + std::string(name_of(reason));
}

CaseResult decide_case(const Json& file, const Json& one,
                       const fhir::CategoryVocabulary& vocabulary, std::size_t number) {
  const std::string place = "cases[" + std::to_string(number) + "]";
  const Node node(one, place,
                  {"id", "title", "expect", "env", "request", "clients", "permits", "filings",
                   "patients", "notices", "optouts"});
  CaseResult result;
  result.id = node.text("id");
  try {
    result.reason = decide_world(merged(file, one), vocabulary);
  } catch (const Error& e) {
    throw e.within(place);
  }
  if (const Json* expect = node.find("expect")) {
    const auto words = Node::texts_of(*expect, place + ".expect");
    std::string wanted;
    for (const std::string& word : words) {
      wanted += (wanted.empty() ? "" : " ") + word;
    }
    if (wanted != verdict(result.reason)) {
      result.expected = wanted;
    }
  }
  return result;
}

}  // namespace

std::vector<CaseResult> decide_cases(std::string_view text) {
  const Json file = fhir::within("case file", [&] { return fhir::parse_json(text); });
  const Node node(file, "the file",
                  {"env", "request", "clients", "permits", "filings", "patients", "notices",
                   "optouts", "cases"});
  std::set<std::string> codes;
  gather_site_codes(file, false, codes);
  const fhir::CategoryVocabulary vocabulary(std::vector<std::string>(codes.begin(), codes.end()));
  const Json* cases = node.find("cases");
  if (cases == nullptr || cases->get<Json::Array>() == nullptr) {
    refuse("cases", "is no list");
  }
  // The defaults must hold by themselves too, also where every case replaces them.
  if (cases->get<Json::Array>()->empty()) {
    decide_world(merged(file, Json::object({})), vocabulary);
  }
  std::vector<CaseResult> results;
  for (const Json& one : *cases->get<Json::Array>()) {
    results.push_back(decide_case(file, one, vocabulary, results.size()));
  }
  return results;
}

std::string to_json_line(const CaseResult& result) {
  return fhir::write_json(
      Json::object({{"id", result.id},
                    {"outcome", result.reason == Reason::kOk ? "PERMIT" : "DENY"},
                    {"reason", name_of(result.reason)}}));
}

}  // namespace sekisho::decision
