#include "adapter/registry/policy.h"

#include "fhir/digest.h"

namespace sekisho::registry {

std::string_view built_in_policies() {
  return R"({"policies":[
{"basis":"jisedai52","track":"anon","state":"on","law":"次世代医療基盤法52条","client":"certified:anon","evidence":"filing","notice":"individual+wait","refusal":"immediate","refusal_scope":"all permits","deletion":"on request","registries":"at least one required, fresh"},
{"basis":"jisedai57","track":"pseudo","state":"on","law":"次世代医療基盤法57条","client":"certified:pseudo","evidence":"filing","notice":"individual+wait","refusal":"immediate","refusal_scope":"all permits","deletion":"on request","registries":"at least one required, fresh"}
]})";
}

std::string built_in_policy_hash() { return fhir::to_hex(fhir::sha256(built_in_policies())); }

std::string_view track_of_basis(std::string_view basis) {
  if (basis == "jisedai52") {
    return "anon";
  }
  return basis == "jisedai57" ? "pseudo" : "";
}

}  // namespace sekisho::registry
