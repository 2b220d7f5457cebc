#include "adapter/agent/clock_guard.h"
#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/request_setup.h"

namespace sekisho::agent {

int command_clock_confirm(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const registry::Actor actor = actor_of(session, 1);
  if (session.live != nullptr) {
    session.live->confirm_clock(actor.by.front());
  } else {
    session.installation.become_writer();
    const fhir::Instant now = session.clock();
    ClockGuard guard(session.installation.state_file("clock.json"), now,
                     session.installation.registry().last_time());
    guard.confirm(now);
  }
  session.console.out("clock: confirmed at " + fhir::to_japan_text(session.clock()));
  return kOk;
}

}  // namespace sekisho::agent
