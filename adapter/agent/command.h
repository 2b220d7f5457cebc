#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/agent/arguments.h"
#include "adapter/agent/console.h"
#include "adapter/agent/phrase.h"
#include "adapter/log/log.h"
#include "fhir/instant.h"

namespace sekisho::agent {

class Installation;
class Metrics;

// Exit codes of every command.
inline constexpr int kOk = 0, kFailed = 1, kUsageError = 2;

// What only a running agent can do for a command.
struct LiveAgent {
  std::mutex ingest;                    // one ingest at a time
  std::function<void()> confirm_clock;  // takes G0's clock hold away
  Metrics* metrics = nullptr;
};

// All that a command may use. The same function runs in a process of its own, or inside the agent
// for a caller at the other end of the command socket.
struct Session {
  Arguments arguments;
  Language language = Language::kJapanese;
  std::string os_user;
  fhir::Clock clock;
  Console& console;
  Installation& installation;
  std::function<std::string(const std::string& path)> input;  // bytes of a file of the caller's
  const std::atomic<bool>& cancel;
  log::Log& log;
  LiveAgent* live = nullptr;  // null outside the agent
};

struct Command {
  enum class Place {
    kHere,   // in the process that was started
    kAgent,  // inside the agent where one runs, else here
  };
  log::Word name;             // "registry import"
  std::string_view summary;   // for the list of commands
  std::string_view operands;  // "FILE..."
  std::span<const OptionSpec> options;
  std::string_view example;  // one line; a test runs it
  std::string_view about;    // what it does, what its exit code says
  Place place = Place::kHere;
  bool operands_are_files = false;  // the caller reads them; the agent never opens a caller's path
  int (*run)(Session&) = nullptr;
};

std::span<const Command> commands();
// The command that the first one or two words name, and how many words that took; null for none.
struct Found {
  const Command* command = nullptr;
  std::size_t words = 0;
};
Found find_command(const std::vector<std::string>& words);

std::string help();                        // the list of commands
std::string help(const Command& command);  // one command, with its example

// Runs a command and turns what it throws into a line on the console and an exit code.
int run_command(const Command& command, Session& session);

}  // namespace sekisho::agent
