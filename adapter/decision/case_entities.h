#pragma once

#include <string>

#include "adapter/decision/decision.h"
#include "fhir/json.h"

namespace sekisho::decision {

// The objects of a case file (release-decision 4.4b), read into a State. Each throws Error(kInput)
// for an unknown key or a value of the wrong kind; unknown words are read in the denying direction.
void put_client(registry::State& state, const std::string& id, const fhir::Json& value);
void put_permit(registry::State& state, const std::string& id, const fhir::Json& value);
void put_patient(registry::State& state, const std::string& id, const fhir::Json& value);
void put_filing(registry::State& state, const fhir::Json& value, const std::string& place);
void put_notice(registry::State& state, const fhir::Json& value, const std::string& place);
void put_refusal(registry::State& state, const fhir::Json& value, const std::string& place);

// After the clients: an attested baseline is everyone's.
registry::Environment read_environment(registry::State& state, const fhir::Json& value);

struct Request {
  Asking asking;
  Subject subject;
};
Request read_request(const registry::State& state, const fhir::Json& value);

}  // namespace sekisho::decision
