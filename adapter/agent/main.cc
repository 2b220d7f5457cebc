#include <cstdio>
#include <exception>
#include <iterator>
#include <mutex>

#include "adapter/agent/channel.h"
#include "adapter/agent/clock.h"
#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/platform/console.h"
#include "adapter/platform/durable_file.h"
#include "adapter/platform/process.h"
#include "fhir/error.h"

namespace sekisho::agent {
namespace {

// The terminal or pipe that this process was started with.
class OwnConsole final : public Console {
 public:
  OwnConsole() : terminal_(platform::is_terminal(2)) {}
  ~OwnConsole() override { end_progress(); }
  OwnConsole(const OwnConsole&) = delete;
  OwnConsole& operator=(const OwnConsole&) = delete;

  void out(std::string_view line) override { write(stdout, line); }
  void err(std::string_view line) override { write(stderr, line); }
  void progress(std::string_view line) override {
    if (!terminal_) {
      err(line);
      return;
    }
    const std::lock_guard lock(mutex_);
    std::fprintf(stderr, "\r%.*s\x1b[K", static_cast<int>(line.size()), line.data());
    std::fflush(stderr);
    in_progress_ = true;
  }
  bool terminal() const override { return terminal_; }

 private:
  void write(std::FILE* file, std::string_view line) {
    const std::lock_guard lock(mutex_);
    end_progress();
    std::fwrite(line.data(), 1, line.size(), file);
    std::fputc('\n', file);
    std::fflush(file);
  }
  void end_progress() {
    if (in_progress_) {
      std::fputc('\n', stderr);
      in_progress_ = false;
    }
  }

  bool terminal_;
  bool in_progress_ = false;
  std::mutex mutex_;
};

struct CommandLine {
  std::string home, config, language;
  bool help = false;
  std::vector<std::string> words;  // without the options above
};

CommandLine read_command_line(const std::vector<std::string>& words) {
  CommandLine line;
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string word = words[i];
    std::string* into = nullptr;
    for (const auto& [name, target] :
         {std::pair{"--home", &line.home}, std::pair{"--config", &line.config},
          std::pair{"--lang", &line.language}}) {
      const std::string given = std::string(name) + "=";
      if (word == name) {
        into = target;
      } else if (word.starts_with(given)) {
        *target = word.substr(given.size());
        word.clear();
      }
    }
    if (into != nullptr) {
      if (++i == words.size()) {
        throw fhir::Error(fhir::ErrorCode::kUsage, word + ": needs a value");
      }
      *into = words[i];
    } else if (word == "--help") {
      line.help = true;
    } else if (!word.empty()) {
      line.words.push_back(std::move(word));
    }
  }
  if (!line.language.empty() && line.language != "ja" && line.language != "en") {
    throw fhir::Error(fhir::ErrorCode::kUsage, "--lang: ja or en");
  }
  return line;
}

// The configuration's language where there is a configuration that can be read; a command that
// needs it says itself what is wrong with it.
Language language_of(const std::string& given, Installation& installation) {
  std::string name = given;
  if (name.empty()) {
    try {
      name = installation.config().language;
    } catch (const fhir::Error&) {
      name = "ja";
    }
  }
  return name == "en" ? Language::kEnglish : Language::kJapanese;
}

std::string socket_of(Installation& installation) {
  try {
    return installation.config().command_socket;
  } catch (const fhir::Error&) {
    return installation.places().command_socket;
  }
}

int run_here_or_in_agent(const Command& command, const CommandLine& line,
                         const std::vector<std::string>& rest, Installation& installation,
                         OwnConsole& console) {
  const std::atomic<bool> never = false;
  std::vector<log::Log::Sink> sinks{installation.log_files()};
  if (command.run == command_run) {
    sinks.push_back(log::to_standard_error());
  }
  log::Log log(system_clock(), std::move(sinks));
  Session session{Arguments::parse(rest, command.options),
                  language_of(line.language, installation),
                  platform::os_user(),
                  system_clock(),
                  console,
                  installation,
                  [](const std::string& path) { return platform::read_file(path); },
                  never,
                  log};
  if (command.place == Command::Place::kAgent) {
    Call call{line.words, line.language, console.terminal(), {}};
    if (command.operands_are_files) {
      for (const std::string& path : session.arguments.operands()) {
        call.files.emplace_back(path, session.input(path));
      }
    }
    for (const OptionSpec& option : command.options) {
      if (option.value == "FILE") {
        for (const std::string& path : session.arguments.all(option.name)) {
          call.files.emplace_back(path, session.input(path));
        }
      }
    }
    if (const std::optional<int> exit = call_agent(socket_of(installation), call, console)) {
      return *exit;
    }
  }
  return run_command(command, session);
}

std::string unknown_command(const std::string& word) {
  std::string longer;
  for (const Command& command : commands()) {
    if (command.name.text().starts_with(word + " ")) {
      longer += (longer.empty() ? "" : ", ") + std::string(command.name.text());
    }
  }
  return "sekisho: no command \"" + word + "\"" +
         (longer.empty() ? "; `sekisho --help` lists them" : "; did you mean one of: " + longer);
}

int run(const std::vector<std::string>& words) {
  OwnConsole console;
  try {
    const CommandLine line = read_command_line(words);
    const Found found = find_command(line.words);
    if (found.command == nullptr) {
      if (line.help || (line.words.size() == 1 && line.words[0] == "help")) {
        console.out(help());
        return kOk;
      }
      console.err(line.words.empty() ? help() : unknown_command(line.words[0]));
      return kUsageError;
    }
    if (line.help) {
      console.out(help(*found.command));
      return kOk;
    }
    config::Places places = config::default_places(line.home);
    if (!line.config.empty()) {
      places.config_file = line.config;
    }
    Installation installation(places, system_clock());
    const std::vector<std::string> rest(
        line.words.begin() + static_cast<std::ptrdiff_t>(found.words), line.words.end());
    return run_here_or_in_agent(*found.command, line, rest, installation, console);
  } catch (const fhir::Error& e) {
    console.err("sekisho: " + e.text());
    return e.code() == fhir::ErrorCode::kUsage ? kUsageError : kFailed;
  } catch (const std::exception&) {
    // Not an Error of ours: what it says may quote anything.
    console.err("sekisho: stopped by an unexpected condition before the command began; report it");
    return kFailed;
  }
}

}  // namespace
}  // namespace sekisho::agent

int main(int count, char** words) {
  sekisho::platform::disable_core_dumps();
  sekisho::platform::prepare_console();
  return sekisho::agent::run(sekisho::platform::command_words(count, words));
}
