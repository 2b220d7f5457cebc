#include <filesystem>

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

void refuse_where_one_exists(const std::string& config_file, const std::string& state_dir) {
  for (const fs::path& path :
       {fs::path(config_file), fs::path(state_dir) / "keys", fs::path(state_dir) / "registry",
        fs::path(state_dir) / "ledger", fs::path(state_dir) / "store"}) {
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
  refuse_where_one_exists(places.config_file, places.state_dir);
  const std::string text = config::sample_config(places, institution);
  const config::Config made = config::parse_config(text, places.config_file, places);
  platform::create_folder((fs::path(made.state_dir) / "store").string());
  std::error_code ignored;
  fs::create_directories(fs::path(places.config_file).parent_path(), ignored);

  const std::string keys = (fs::path(made.state_dir) / "keys").string();
  platform::create_folder(keys);
  crypto::InstallationKeys::create(keys, platform::write_file);
  // Everything below reads the configuration from the file, as later commands will.
  platform::write_file(places.config_file, text);
  const fhir::Instant now = session.clock();
  registry::Registry::create(session.installation.registry_options(), now);
  ledger::Ledger::create(session.installation.ledger_options(), now);
  store::Store::open(session.installation.store_file(), session.installation.vocabulary());

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
