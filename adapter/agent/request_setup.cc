#include "adapter/agent/request_setup.h"

#include <set>

#include "adapter/agent/installation.h"
#include "fhir/error.h"
#include "fhir/text.h"

namespace sekisho::agent {

using fhir::Error;
using fhir::ErrorCode;

decision::Asking asking_of(const Session& session, const registry::State& state) {
  const std::string id = session.arguments.required("--permit");
  const registry::Permit* permit = state.permit(id);
  if (permit == nullptr) {
    throw Error(ErrorCode::kNotFound,
                "--permit: the registry has no such permit; `sekisho registry list --of permits` "
                "shows them");
  }
  decision::Asking asking;
  asking.now = session.clock();
  asking.client = permit->client;
  asking.token_client = permit->client;
  asking.permit = permit->id;
  asking.purpose = session.arguments.one("--purpose");
  if (asking.purpose.empty()) {
    if (permit->purposes.size() != 1) {
      throw Error(ErrorCode::kUsage,
                  "--purpose: the permit names several purposes; say which one is asked for");
    }
    asking.purpose = permit->purposes.front();
  }
  return asking;
}

std::string patient_named(std::string given, const registry::Registry& registry) {
  if (given.starts_with("Patient/")) {
    given.erase(0, 8);
  }
  if (registry.view()->number_of(given)) {
    return given;
  }
  return registry.patient_of_card(given).value_or(given);
}

std::string patient_of(const Session& session, const registry::Registry& registry) {
  return patient_named(session.arguments.required("--patient"), registry);
}

registry::Actor actor_of(const Session& session, std::size_t least) {
  registry::Actor actor;
  std::set<std::string> different;
  for (const std::string& name : session.arguments.all("--by")) {
    const std::string trimmed = fhir::trim(name);
    if (trimmed.empty()) {
      throw Error(ErrorCode::kUsage, "--by: needs a name");
    }
    if (different.insert(fhir::fold_for_identity(trimmed)).second) {
      actor.by.push_back(trimmed);
    }
  }
  if (actor.by.size() < least) {
    throw Error(ErrorCode::kUsage,
                least == 2 ? "--by: two different people are needed: --by NAME --by NAME"
                           : "--by: say who acts: --by NAME");
  }
  actor.os_user = session.os_user;
  return actor;
}

}  // namespace sekisho::agent
