#include "config/config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/reader.h"
#include "fhir/data_category.h"
#include "fhir/error.h"
#include "fhir/json.h"

namespace sekisho::config {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Json;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kYearSeconds = 366 * 86400;

bool is_digits(std::string_view text, std::size_t count) {
  return text.size() == count && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_name(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

// Texts are UTF-8 on every system; a path made from a char text would take Windows' code page.
fs::path path_of(std::string_view text) { return std::u8string(text.begin(), text.end()); }

std::string text_of(const fs::path& path) {
  const std::u8string text = path.u8string();
  return {text.begin(), text.end()};
}

// "\\server\share", which the C++ library of mingw takes for a path of the current drive.
bool names_share(std::string_view path) {
  return path.starts_with("\\\\") ||
         (fs::path::preferred_separator == '\\' && path.starts_with("//"));
}

// Line and column of a byte, for a text that is no JSON. Columns count characters.
std::string line_and_column(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column;
    }
  }
  return std::to_string(line) + ":" + std::to_string(column);
}

// Reads the sections into a Config that holds the defaults.
class ConfigReader {
 public:
  ConfigReader(const std::string& file, Config& config)
      : folder_(fs::absolute(path_of(file)).parent_path()), config_(config) {}

  void read(Reader& top) {
    top.choice("language", config_.language, {"ja", "en"});
    top.section("facility", [this](Reader& in) { facility(in); });
    top.sections("storages", [this](Reader& in, std::size_t) { storage(in); });
    top.texts("mapping_packs", config_.mapping_packs);
    for (std::string& pack : config_.mapping_packs) {
      absolute(pack);
    }
    top.section("mapping_values", [this](Reader& in) { mapping_values(in); });
    site_categories(top);
    top.section("hub", [this](Reader& in) { hub(in); });
    top.section("health", [this](Reader& in) {
      in.text("address", config_.health.address);
      in.whole("port", config_.health.port, 0, 65535);
    });
    top.section("registry", [this](Reader& in) { registry(in); });
    top.section("ingest", [this](Reader& in) {
      Ingest& ingest = config_.ingest;
      in.whole("threads", ingest.threads, 1, 256);
      in.whole("batch_files", ingest.batch_files, 1, 100'000);
      in.whole("max_file_bytes", ingest.max_file_bytes, 1024, std::int64_t{1} << 30);
      in.fraction("loss_threshold", ingest.loss_threshold);
    });
    top.section("log", [this](Reader& in) {
      in.whole("keep_days", config_.log.keep_days, 1, 36'600);
      in.whole("max_megabytes", config_.log.max_megabytes, 1, 1'048'576);
    });
    path(top, "state_dir", config_.state_dir);
    path(top, "command_socket", config_.command_socket);
  }

 private:
  void absolute(std::string& path) const {
    if (!path.empty() && !names_share(path)) {
      path = text_of((folder_ / path_of(path)).lexically_normal());
    }
  }

  void path(Reader& in, std::string_view key, std::string& target) const {
    in.text(key, target);
    absolute(target);
  }

  void facility(Reader& in) {
    Facility& facility = config_.facility;
    in.text("institution_number", facility.institution_number);
    if (!facility.institution_number.empty() && !is_digits(facility.institution_number, 10)) {
      in.refuse("institution_number",
                "must have 10 digits: prefecture 2, kind of institution 1, institution 7");
    }
    in.text("name", facility.name);
  }

  void storage(Reader& in) {
    StorageRoot root;
    in.text("name", root.name);
    if (!is_name(root.name)) {
      in.refuse("name", "must be given, in small letters, digits and hyphens");
    }
    path(in, "path", root.path);
    if (root.path.empty()) {
      in.refuse("path", "must be given: the folder of the standardized storage");
    }
    in.choice("encoding", root.encoding, {"auto", "iso-2022-jp", "cp932", "euc-jp", "utf-8"});
    for (const StorageRoot& other : config_.storages) {
      if (other.name == root.name) {
        in.refuse("name", "another storage has this name; each needs its own");
      }
      if (other.path == root.path) {
        in.refuse("path", "storage \"" + other.name + "\" has this folder already");
      }
    }
    config_.storages.push_back(std::move(root));
  }

  void mapping_values(Reader& in) {
    for (const std::string& key : in.keys()) {
      in.text(key, config_.mapping_values[key]);
    }
  }

  void site_categories(Reader& top) {
    top.texts("site_categories", config_.site_categories);
    try {
      fhir::CategoryVocabulary checked(config_.site_categories);
    } catch (const Error& e) {
      top.refuse("site_categories", e.text());
    }
  }

  void hub(Reader& in) {
    Hub& hub = config_.hub;
    in.text("address", hub.address);
    in.whole("port", hub.port, 0, 65535);
    path(in, "certificate", hub.certificate);
    path(in, "private_key", hub.private_key);
    path(in, "client_ca", hub.client_ca);
    path(in, "client_crl", hub.client_crl);
    in.text("base_url", hub.base_url);
    if (!hub.base_url.empty() &&
        (!hub.base_url.starts_with("https://") || hub.base_url.ends_with('/'))) {
      in.refuse("base_url", "must begin with https:// and end without a slash");
    }
    in.truth("allow_tls12", hub.allow_tls12);
    in.whole("max_connections", hub.max_connections, 1, 65535);
    in.whole("max_connections_per_address", hub.max_connections_per_address, 1, 65535);
    in.whole("threads", hub.threads, 1, 1024);
    in.whole("page_size", hub.page_size, 1, 10'000);
    in.whole("max_page_size", hub.max_page_size, 1, 10'000);
    if (hub.page_size > hub.max_page_size) {
      in.refuse("page_size", "must not be above max_page_size");
    }
  }

  void registry(Reader& in) {
    Registry& registry = config_.registry;
    in.sections("sources", [&](Reader& one, std::size_t) {
      RegistrySource source;
      one.text("name", source.name);
      const bool taken = std::any_of(registry.sources.begin(), registry.sources.end(),
                                     [&](const auto& other) { return other.name == source.name; });
      if (!is_name(source.name) || source.name == "local" || taken) {
        one.refuse(
            "name",
            "must be given once, in small letters, digits and hyphens; \"local\" is built in");
      }
      one.truth("required", source.required);
      one.whole("max_age_s", source.max_age_s, 1, 10 * kYearSeconds);
      registry.sources.push_back(std::move(source));
    });
    in.choice("wait_rule", registry.wait_rule, {"30d", "1m", "later"});
    in.choice("renotify_at_16", registry.renotify_at_16, {"off", "notify_continue", "notify_hold"});
  }

  fs::path folder_;
  Config& config_;
};

}  // namespace

Places default_places(std::string_view home, [[maybe_unused]] std::string_view program_data) {
  const auto below = [](const fs::path& folder) {
    return Places{text_of(folder / u8"sekisho.json"), text_of(folder / u8"state"),
                  text_of(folder / u8"agent.sock")};
  };
  if (!home.empty()) {
    return below(fs::absolute(path_of(home)).lexically_normal());
  }
#ifdef _WIN32
  return below(path_of(program_data) / u8"Sekisho");
#else
  return {"/etc/sekisho/sekisho.json", "/var/lib/sekisho", "/run/sekisho/agent.sock"};
#endif
}

Config parse_config(std::string_view text, const std::string& file, const Places& places) {
  fhir::JsonLimits limits;
  limits.comments = true;
  Json json;
  try {
    json = fhir::parse_json(text, limits);
  } catch (const fhir::JsonError& e) {
    throw Error(ErrorCode::kConfig,
                file + ":" + line_and_column(text, e.offset()) + ": " + e.reason());
  }
  const Source source{file, fhir::json_positions(text, limits)};
  Config config;
  config.state_dir = places.state_dir;
  config.command_socket = places.command_socket;
  Reader top(source, "", json);
  ConfigReader(file, config).read(top);
  top.finish();
  return config;
}

Config load_config(const std::string& file, const Places& places) {
  std::ifstream in(path_of(file), std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in.is_open() || text.bad()) {
    throw Error(ErrorCode::kNotFound,
                file +
                    ": cannot be read; `sekisho init` writes one, and --config or --home name "
                    "another");
  }
  return parse_config(text.str(), file, places);
}

}  // namespace sekisho::config
