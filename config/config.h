#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::config {

// One SS-MIX2 standardized storage root.
struct StorageRoot {
  std::string name;  // [a-z0-9-]+, unique; stands in meta.source and in reports
  std::string path;
  std::string encoding = "auto";  // auto, iso-2022-jp, cp932, euc-jp, utf-8
};

struct Facility {
  std::string institution_number;  // 10 digits; empty until the hospital has put it in
  std::string name;
};

struct Hub {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8443;
  std::string certificate;  // PEM files
  std::string private_key;
  std::string client_ca;
  std::string client_crl;  // empty: none
  std::string base_url;    // "https://host:8443/fhir"; links in answers begin with it
  bool allow_tls12 = false;
  std::uint32_t max_connections = 256;
  std::uint32_t max_connections_per_address = 64;
  std::uint32_t threads = 64;
  std::uint32_t page_size = 50;
  std::uint32_t max_page_size = 500;
};

struct Health {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9464;
};

struct RegistrySource {
  std::string name;
  bool required = true;
  std::int64_t max_age_s = 86400;
};

struct Registry {
  std::vector<RegistrySource> sources;             // besides the built-in required source "local"
  std::string wait_rule = "later";                 // 30d, 1m, later
  std::string renotify_at_16 = "notify_continue";  // off, notify_continue, notify_hold
};

struct Ingest {
  std::uint32_t threads = 2;
  std::uint32_t batch_files = 500;
  std::uint64_t max_file_bytes = 64u << 20;
  double loss_threshold = 0.2;  // a root that lost more than this share of its files stops the job
};

// The agent's own log, below the state folder.
struct Log {
  std::uint32_t keep_days = 400;
  std::uint32_t max_megabytes = 512;
};

// Typed configuration: parsed once, handed to whom needs it. Paths are absolute after loading.
struct Config {
  std::string language = "ja";  // of pages and of doctor, readiness, explain, registry
  Facility facility;
  std::vector<StorageRoot> storages;
  std::vector<std::string> mapping_packs;             // folders; the base pack is built in
  std::map<std::string, std::string> mapping_values;  // "config." names of mapping profiles
  std::vector<std::string> site_categories;           // X- codes, in order, only ever appended to
  Hub hub;
  Health health;
  Registry registry;
  Ingest ingest;
  Log log;
  std::string state_dir;  // store, registry, ledger, keys
  std::string command_socket;
};

// Where things are when nothing is said; `home` (--home DIR) puts everything below one folder.
struct Places {
  std::string config_file;
  std::string state_dir;
  std::string command_socket;
};
// `program_data` is Windows' %ProgramData%, which only the caller may read; elsewhere it says
// nothing.
Places default_places(std::string_view home, std::string_view program_data = "C:\\ProgramData");

// JSON with comments. An unknown key is Error(kConfig): "sekisho.json:9:5: hub.prt: unknown key;
// did you mean \"port\"? (known: ...)"; so is a wrong type or a value out of range, with the place.
// Relative paths are below the file's folder. load_config: Error(kNotFound) without such a file.
Config parse_config(std::string_view text, const std::string& file, const Places& places);
Config load_config(const std::string& file, const Places& places);

// The commented sample that `sekisho init` writes; parsing it gives the defaults, but for the
// institution number where one is given.
std::string sample_config(const Places& places, std::string_view institution_number = {});

}  // namespace sekisho::config
