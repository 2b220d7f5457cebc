#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapter/crypto/keys.h"
#include "adapter/ledger/ledger.h"
#include "adapter/log/log.h"
#include "adapter/platform/durable_file.h"
#include "adapter/registry/registry.h"
#include "config/config.h"
#include "fhir/data_category.h"
#include "fhir/digest.h"
#include "fhir/instant.h"

namespace sekisho::agent {

// What `sekisho init` made on this machine, opened part by part as a command asks for it. Inside a
// running agent every part is open from the start, and the commands share it from several threads;
// outside it belongs to one thread.
class Installation {
 public:
  Installation(config::Places places, fhir::Clock clock);

  const config::Places& places() const { return places_; }
  bool exists() const;             // there is a configuration file
  const config::Config& config();  // throws Error(kNotFound, kConfig)
  const fhir::CategoryVocabulary& vocabulary();
  const crypto::InstallationKeys& keys();
  fhir::IdKey id_key();

  // Takes the writer lock of the installation; call before registry(). Throws Error(kConflict)
  // where the agent or another command holds it. Nothing to do where it is held already.
  void become_writer();
  bool is_writer() const { return lock_.has_value(); }
  registry::Registry& registry();  // read-only unless become_writer() came first
  registry::Registry::Options registry_options();
  ledger::Ledger::Options ledger_options();

  std::string store_file();
  std::string ledger_dir();
  std::string state_file(const char* name);

  // Writes log lines below the state folder while this process is the writer; before, they have no
  // place there.
  log::Log::Sink log_files();

  // What G0 needs besides the registry's own state. The running agent sets `ledger_writable` and
  // `clock_went_back`; outside it the ledger counts as writable while its disk has room.
  registry::Environment environment();
  std::function<bool()> ledger_writable;
  std::function<bool()> clock_went_back;

 private:
  config::Places places_;
  fhir::Clock clock_;
  std::optional<config::Config> config_;
  std::optional<fhir::CategoryVocabulary> vocabulary_;
  std::optional<crypto::InstallationKeys> keys_;
  std::optional<platform::FileLock> lock_;
  std::unique_ptr<registry::Registry> registry_;
};

inline constexpr std::uint64_t kLeastFreeBytes = 64u << 20;  // below it nothing is written

}  // namespace sekisho::agent
