#include <exception>
#include <typeinfo>

#include "adapter/agent/command.h"
#include "fhir/error.h"

namespace sekisho::agent {

namespace {

int run_and_say(const Command& command, Session& session) {
  const std::string name = "sekisho " + std::string(command.name.text()) + ": ";
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

}  // namespace

int run_command(const Command& command, Session& session) {
  const int exit = run_and_say(command, session);
  session.log.write(
      log::Event::kCommand,
      {{"name", command.name}, {"os_user", log::OsUser(session.os_user)}, {"exit", exit}});
  return exit;
}

}  // namespace sekisho::agent
