#include <algorithm>

#include "adapter/agent/command.h"

namespace sekisho::agent {
namespace {

constexpr std::string_view kGlobal =
    "Everywhere:\n"
    "  --home DIR       everything below one folder (default: /etc/sekisho, /var/lib/sekisho)\n"
    "  --config FILE    another configuration file\n"
    "  --lang ja|en     language of reports (default: the configuration's)\n"
    "  --help           what a command takes, with an example\n";

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  result.resize(std::max(width, text.size() + 2), ' ');
  return result;
}

}  // namespace

std::string help() {
  std::string text =
      "sekisho: releases a hospital's records to a hub, only what permit and opt-out allow.\n\n"
      "Commands:\n";
  for (const Command& command : commands()) {
    text += "  " + padded(command.name.text(), 19) + std::string(command.summary) + "\n";
  }
  return text + "\n" + std::string(kGlobal) + "\nsekisho COMMAND --help shows one of them.\n";
}

std::string help(const Command& command) {
  std::string text = "sekisho " + std::string(command.name.text());
  if (!command.operands.empty()) {
    text += " " + std::string(command.operands);
  }
  if (!command.options.empty()) {
    text += " [options]";
  }
  text += "\n\n  " + std::string(command.summary) + "\n";
  if (!command.about.empty()) {
    text += "  " + std::string(command.about) + "\n";
  }
  text += "\n";
  if (!command.options.empty()) {
    text += "Options:\n";
    for (const OptionSpec& option : command.options) {
      std::string left = std::string(option.name);
      if (!option.value.empty()) {
        left += " " + std::string(option.value);
      }
      text += "  " + padded(left, 23) + std::string(option.help) + "\n";
    }
    text += "\n";
  }
  return text + std::string(kGlobal) + "\nExample:\n  " + std::string(command.example) + "\n";
}

}  // namespace sekisho::agent
