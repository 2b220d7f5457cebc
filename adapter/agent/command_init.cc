#include <filesystem>
#include <vector>

#include "adapter/agent/commands.h"
#include "adapter/agent/installation.h"
#include "adapter/platform/durable_file.h"
#include "adapter/store/store.h"
#include "fhir/error.h"

namespace sekisho::agent {
namespace {

namespace fs = std::filesystem;
using fhir::Error;
using fhir::ErrorCode;

// What an installation consists of.
std::vector<fs::path> parts_of(const std::string& config_file, const std::string& state_dir) {
  const fs::path state = fs::u8path(state_dir);
  return {fs::u8path(config_file), state / u8"keys", state / u8"registry", state / u8"ledger",
          state / u8"store"};
}

void refuse_where_one_exists(const std::vector<fs::path>& parts) {
  for (const fs::path& path : parts) {
    std::error_code ignored;
    if (fs::exists(path, ignored)) {
      throw Error(ErrorCode::kConflict,
                  path.string() +
                      ": there is an installation here already; its keys, registry and ledger "
                      "cannot be made again. Choose another place with --home");
    }
  }
}

bool ten_digits(const std::string& text) {
  return text.size() == 10 && text.find_first_not_of("0123456789") == std::string::npos;
}

void make(Session& session, const config::Config& made, const std::string& config_text) {
  const config::Places& places = session.installation.places();
  platform::create_folder((fs::u8path(made.state_dir) / u8"store").string());
  platform::create_folder(fs::u8path(places.config_file).parent_path().string());
  const std::string keys = (fs::u8path(made.state_dir) / u8"keys").string();
  platform::create_folder(keys);
  crypto::InstallationKeys::create(keys, platform::write_file);
  // Everything below reads the configuration from the file, as later commands will.
  platform::write_file(places.config_file, config_text);
  const fhir::Instant now = session.clock();
  registry::Registry::create(session.installation.registry_options(), now);
  ledger::Ledger::create(session.installation.ledger_options(), now);
  store::Store::open(session.installation.store_file(), session.installation.vocabulary());
}

}  // namespace

int command_init(Session& session) {
  session.arguments.expect_operands(0, 0, "");
  const std::string institution = session.arguments.required("--institution");
  if (!ten_digits(institution)) {
    throw Error(ErrorCode::kUsage,
                "--institution: the institution number has 10 digits (prefecture 2, kind 1, "
                "institution 7)");
  }
  const config::Places& places = session.installation.places();
  const std::string text = config::sample_config(places, institution);
  const config::Config made = config::parse_config(text, places.config_file, places);
  const std::vector<fs::path> parts = parts_of(places.config_file, made.state_dir);
  refuse_where_one_exists(parts);
  try {
    make(session, made, text);
  } catch (const std::exception&) {
    // Half an installation would refuse the next attempt. Nothing of this was there before.
    for (const fs::path& path : parts) {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
    throw;
  }
  session.console.out("configuration: " + places.config_file);
  session.console.out("state:         " + made.state_dir);
  session.console.out(
      "Next: put the storages, certificates and address of the hub listener into the "
      "configuration, "
      "then run `sekisho doctor`. Keep a copy of the keys folder: without it no resource id can be "
      "made again.");
  return kOk;
}

}  // namespace sekisho::agent
