#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapter/agent/command.h"
#include "adapter/platform/local_socket.h"

namespace sekisho::agent {

// The command socket (docs/formats/command-socket.md): the caller sends one line with the words of
// its command line and the bytes of the files that they name, the agent sends back what the command
// writes and how it ended.
struct Call {
  std::vector<std::string> words;  // command and arguments, without global options
  std::string language;            // "ja", "en"; empty: the configuration's
  bool terminal = false;
  std::vector<std::pair<std::string, std::string>> files;  // path as written, bytes
};

// The caller's end: runs a command in the agent that listens at `socket` and gives its exit code.
// Nothing where none listens. Throws Error(kIo) where the agent ended before the command did.
std::optional<int> call_agent(const std::string& socket, const Call& call, Console& console);

// The agent's end: reads one call from the stream, runs it by `run`, sends the exit code. `run`
// gets the operating-system user of the other end. A caller that goes away sets `cancel`. An Error,
// of the call or of `run`, is told to the caller.
using RunCall = std::function<int(const Call& call, const std::string& os_user, Console& console,
                                  std::atomic<bool>& cancel)>;
void answer_call(platform::LocalStream stream, const RunCall& run);

}  // namespace sekisho::agent
