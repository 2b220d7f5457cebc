#include <mutex>

#include "adapter/agent/clock.h"
#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/serving.h"
#include "adapter/platform/process.h"
#include "fhir/error.h"

namespace sekisho::agent {

int command_run(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  platform::prepare_signals();  // before the first thread
  const std::int64_t begin = steady_ms();
  log::Log& log = session.log;
  try {
    session.installation.become_writer();
    Serving serving(session.installation, session.clock, log);
    platform::return_free_memory();  // what replaying the journal needed is needed no more
    log.write(log::Event::kAgentReady, {{"version", SEKISHO_VERSION},
                                        {"hub_port", serving.hub_port()},
                                        {"health_port", serving.health_port()},
                                        {"locked", serving.locked()},
                                        {"milliseconds", steady_ms() - begin}});
    platform::notify_ready();
    platform::wait_for_stop();
    platform::notify_stopping();
    log.write(log::Event::kAgentStopping);
  } catch (const fhir::Error& e) {
    log.write(log::Event::kAgentFailed, {{"error", e.code()}});
    throw;
  }
  log.write(log::Event::kAgentStopped);
  return kOk;
}

}  // namespace sekisho::agent
