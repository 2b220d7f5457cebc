#include <algorithm>

#include "adapter/agent/clock_guard.h"
#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/request_setup.h"
#include "adapter/ledger/ledger.h"
#include "fhir/error.h"

namespace sekisho::agent {

namespace {

// Of registry and ledger. A ledger that does not verify locks the agent for that reason.
fhir::Instant latest_record(Installation& installation, fhir::Instant now) {
  fhir::Instant latest = installation.registry().last_time();
  try {
    latest =
        std::max(latest, ledger::Ledger::open(installation.ledger_options(), now)->last_time());
  } catch (const fhir::Error& e) {
    if (e.code() != fhir::ErrorCode::kCorrupt) {
      throw;
    }
  }
  return latest;
}

}  // namespace

int command_clock_confirm(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const registry::Actor actor = actor_of(session, 1);
  if (session.live != nullptr) {
    session.live->confirm_clock();
  } else {
    session.installation.become_writer();
    const fhir::Instant now = session.clock();
    const fhir::Instant others = latest_record(session.installation, now);
    ClockGuard guard(session.installation.state_file("clock.json"), now, others);
    guard.confirm(now, others);
  }
  session.console.out("clock: confirmed at " + fhir::to_japan_text(session.clock()));
  return kOk;
}

}  // namespace sekisho::agent
