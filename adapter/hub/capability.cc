#include "adapter/hub/capability.h"

#include "fhir/json.h"
#include "fhir/search_parameter.h"

namespace sekisho::hub {
namespace {

using fhir::Json;

constexpr const char* kUse =
    "Read-only. Name the permit in the header Sekisho-Permit with each request, and the purpose in "
    "Sekisho-Purpose where the permit has several. A search parameter or modifier that is not "
    "listed is an error (400), never ignored. Searches take _count and _total (none, estimate, "
    "accurate); follow Bundle.link next for more.";

const char* kind_name(fhir::SearchKind kind) {
  switch (kind) {
    case fhir::SearchKind::kToken:
      return "token";
    case fhir::SearchKind::kReference:
      return "reference";
    case fhir::SearchKind::kDate:
      return "date";
  }
  return "token";
}

Json search_parameter(std::string_view name, std::string_view definition, const char* type) {
  return Json::object({{"name", name}, {"definition", definition}, {"type", type}});
}

Json resource_of(std::string_view type) {
  Json interactions(Json::Array{});
  for (const char* code : {"read", "vread", "search-type"}) {
    interactions.push(Json::object({{"code", code}}));
  }
  Json parameters(Json::Array{});
  parameters.push(
      search_parameter("_id", "http://hl7.org/fhir/SearchParameter/Resource-id", "token"));
  parameters.push(search_parameter(
      "_lastUpdated", "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated", "date"));
  for (const fhir::SearchParameter& parameter : fhir::search_parameters(type)) {
    parameters.push(
        search_parameter(parameter.name, parameter.definition, kind_name(parameter.kind)));
  }
  return Json::object({{"type", type},
                       {"interaction", std::move(interactions)},
                       {"versioning", "versioned"},
                       {"readHistory", true},
                       {"updateCreate", false},
                       {"conditionalCreate", false},
                       {"conditionalRead", "full-support"},
                       {"conditionalUpdate", false},
                       {"conditionalDelete", "not-supported"},
                       {"searchParam", std::move(parameters)}});
}

Json security() {
  Json coding =
      Json::object({{"system", "http://terminology.hl7.org/CodeSystem/restful-security-service"},
                    {"code", "Certificates"}});
  Json service = Json::object({{"coding", Json(Json::Array{std::move(coding)})}});
  return Json::object(
      {{"cors", false},
       {"service", Json(Json::Array{std::move(service)})},
       {"description", "Mutual TLS 1.3. The client certificate names the registered client."}});
}

}  // namespace

std::string capability_statement(const HubOptions& options) {
  Json resources(Json::Array{});
  for (const std::string_view type : fhir::served_types()) {
    resources.push(resource_of(type));
  }
  Json rest = Json::object({{"mode", "server"},
                            {"documentation", kUse},
                            {"security", security()},
                            {"resource", std::move(resources)}});
  Json implementation = Json::object({{"description", "Sekisho, a hospital's release point"}});
  if (!options.base_url.empty()) {
    implementation.set("url", options.base_url);
  }
  return fhir::write_json(
      Json::object({{"resourceType", "CapabilityStatement"},
                    {"status", "active"},
                    {"date", options.released_on},
                    {"kind", "instance"},
                    {"software", Json::object({{"name", "Sekisho"},
                                               {"version", options.version},
                                               {"releaseDate", options.released_on}})},
                    {"implementation", std::move(implementation)},
                    {"fhirVersion", "4.0.1"},
                    {"format", Json(Json::Array{Json("application/fhir+json"), Json("json")})},
                    {"rest", Json(Json::Array{std::move(rest)})}}));
}

}  // namespace sekisho::hub
