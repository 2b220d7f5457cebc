#include <mutex>

#include "adapter/agent/clock.h"
#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/log.h"
#include "adapter/agent/serving.h"
#include "adapter/platform/process.h"
#include "fhir/error.h"

namespace sekisho::agent {

int command_run(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  platform::prepare_signals();  // before the first thread
  const std::int64_t begin = steady_ms();
  Log log(session.clock, to_standard_error());
  try {
    session.installation.become_writer();
    Serving serving(session.installation, session.clock, log);
    platform::return_free_memory();  // what replaying the journal needed is needed no more
    log.write(Log::Level::kInfo, "agent.ready",
              {{"version", SEKISHO_VERSION},
               {"hub_port", std::int64_t{serving.hub_port()}},
               {"health_port", std::int64_t{serving.health_port()}},
               {"locked", serving.locked()},
               {"milliseconds", steady_ms() - begin}});
    platform::notify_ready();
    platform::wait_for_stop();
    platform::notify_stopping();
    log.write(Log::Level::kInfo, "agent.stopping");
  } catch (const fhir::Error& e) {
    log.write(Log::Level::kAlarm, "agent.failed", {{"error", e.text()}});
    throw;
  }
  log.write(Log::Level::kInfo, "agent.stopped");
  return kOk;
}

}  // namespace sekisho::agent
