#include <exception>
#include <typeinfo>

#include "adapter/agent/command.h"
#include "fhir/error.h"

namespace sekisho::agent {

int run_command(const Command& command, Session& session) {
  const std::string name = "sekisho " + std::string(command.name) + ": ";
  try {
    return command.run(session);
  } catch (const fhir::Error& e) {
    session.console.err(name + e.text());
    return e.code() == fhir::ErrorCode::kUsage ? kUsageError : kFailed;
  } catch (const std::exception& e) {
    // Not an Error of ours: what it says may quote anything, so only its kind is shown.
    session.console.err(name + "stopped by an unexpected condition (" +
                        std::string(typeid(e).name()) + "); see the log, and report it");
    return kFailed;
  }
}

}  // namespace sekisho::agent
