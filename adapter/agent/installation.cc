#include "adapter/agent/installation.h"

#include <filesystem>
#include <memory>

#include "adapter/log/log_files.h"
#include "fhir/error.h"

namespace sekisho::agent {

using fhir::Error;
using fhir::ErrorCode;

namespace {

registry::WaitRule wait_rule_of(const std::string& text) {
  if (text == "30d") {
    return registry::WaitRule::k30Days;
  }
  return text == "1m" ? registry::WaitRule::k1Month : registry::WaitRule::kLater;
}

registry::Renotify renotify_of(const std::string& text) {
  if (text == "off") {
    return registry::Renotify::kOff;
  }
  return text == "notify_continue" ? registry::Renotify::kContinue : registry::Renotify::kHold;
}

}  // namespace

Installation::Installation(config::Places places, fhir::Clock clock)
    : places_(std::move(places)), clock_(std::move(clock)) {}

bool Installation::exists() const { return platform::file_exists(places_.config_file); }

const config::Config& Installation::config() {
  if (!config_) {
    if (!exists()) {
      throw Error(ErrorCode::kNotFound,
                  places_.config_file +
                      ": there is no configuration; run `sekisho init`, or name the right place "
                      "with --home or --config");
    }
    config_ = config::load_config(places_.config_file, places_);
  }
  return *config_;
}

const fhir::CategoryVocabulary& Installation::vocabulary() {
  if (!vocabulary_) {
    vocabulary_.emplace(config().site_categories);
  }
  return *vocabulary_;
}

const crypto::InstallationKeys& Installation::keys() {
  if (!keys_) {
    keys_ = crypto::InstallationKeys::load(state_file("keys"));
  }
  return *keys_;
}

fhir::IdKey Installation::id_key() {
  return fhir::IdKey(keys().id_key, config().facility.institution_number);
}

void Installation::become_writer() {
  if (lock_) {
    return;
  }
  try {
    lock_ = platform::FileLock::take(state_file("writer.lock"));
  } catch (const Error& e) {
    throw e.code() == ErrorCode::kConflict
        ? e.within("another sekisho command or the agent is at work here")
        : e;
  }
}

registry::Registry& Installation::registry() {
  if (!registry_) {
    registry_ = registry::Registry::open(
        registry_options(),
        lock_ ? registry::Registry::Access::kWriter : registry::Registry::Access::kReadOnly,
        clock_());
  }
  return *registry_;
}

registry::Registry::Options Installation::registry_options() {
  registry::Registry::Options options;
  options.dir = state_file("registry");
  options.key = keys().registry_key;
  options.signing_key = keys().ledger_key;
  options.vocabulary = vocabulary();
  for (const config::RegistrySource& source : config().registry.sources) {
    registry::Source required;
    required.name = source.name;
    required.required = source.required;
    required.max_age_s = source.max_age_s;
    options.sources.push_back(std::move(required));
  }
  return options;
}

ledger::Ledger::Options Installation::ledger_options() {
  ledger::Ledger::Options options;
  options.dir = ledger_dir();
  options.key = keys().ledger_key;
  options.seal_key = keys().registry_key;
  options.agent_version = SEKISHO_VERSION;
  options.host = config().facility.institution_number;
  options.policy_hash = registry().policy_hash();
  return options;
}

std::string Installation::store_file() { return state_file("store/store.db"); }
std::string Installation::ledger_dir() { return state_file("ledger"); }

std::string Installation::state_file(const char* name) {
  return (std::filesystem::u8path(config().state_dir) / std::filesystem::u8path(name)).string();
}

log::Log::Sink Installation::log_files() {
  return [this, files = std::make_shared<std::optional<log::LogFiles>>()](std::string_view line,
                                                                          fhir::Instant now) {
    if (!is_writer()) {
      return;
    }
    if (!*files) {
      log::LogFiles::Limits limits;
      limits.keep_days = config().log.keep_days;
      limits.max_bytes = std::uint64_t{config().log.max_megabytes} << 20;
      files->emplace(state_file("log"), limits);
    }
    (*files)->append(line, now);
  };
}

registry::Environment Installation::environment() {
  registry::Environment result;
  result.registry_loaded = registry().loaded();
  result.chain_ok = registry().chain_ok();
  result.policy_ok = registry().policy_ok();
  result.audit_writable =
      ledger_writable ? ledger_writable() : platform::free_bytes(ledger_dir()) > kLeastFreeBytes;
  result.clock_went_back = clock_went_back ? clock_went_back() : false;
  result.wait_rule = wait_rule_of(config().registry.wait_rule);
  result.renotify = renotify_of(config().registry.renotify_at_16);
  return result;
}

}  // namespace sekisho::agent
