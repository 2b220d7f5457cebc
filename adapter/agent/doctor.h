#pragma once

#include "adapter/agent/finding.h"
#include "fhir/instant.h"

namespace sekisho::agent {

class Installation;

// The checks of `sekisho doctor`, each by itself: one that fails does not hide the next. They read
// only and take no lock, so they work beside a running agent.
void check_configuration(Installation& installation, Findings& findings);
void check_folders(Installation& installation, fhir::Instant now, Findings& findings);
void check_certificates(Installation& installation, fhir::Instant now, Findings& findings);
void check_clock(Installation& installation, fhir::Instant now, Findings& findings);
void check_store(Installation& installation, fhir::Instant now, Findings& findings);
void check_registry(Installation& installation, fhir::Instant now, Findings& findings);
void check_ledger(Installation& installation, fhir::Instant now, Findings& findings);
void check_agent(Installation& installation, fhir::Instant now, Findings& findings);

}  // namespace sekisho::agent
