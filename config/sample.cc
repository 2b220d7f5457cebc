#include "config/config.h"
#include "fhir/json.h"

namespace sekisho::config {

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  fhir::write_json_string(text, out);
  return out;
}

constexpr std::string_view kBegin =
    R"(// Configuration of Sekisho. JSON with comments; every key is here with its default, and a key that
// Sekisho does not know is an error. After a change: `sekisho doctor`.
{
  // Language of pages and of doctor, readiness, explain and registry: "ja" or "en".
  "language": "ja",

  "facility": {
    // The institution number, 10 digits: prefecture 2, kind of institution 1, institution 7.
    // Every resource id is made from it. It must not change once something is stored.
    "institution_number": )";

constexpr std::string_view kUntilPlaces = R"(,
    "name": ""
  },

  // The SS-MIX2 standardized storages to read, for example
  //   { "name": "main", "path": "/mnt/ssmix2/main", "encoding": "auto" }
  // name: small letters, digits, hyphens; stands in reports and never changes.
  // encoding: "auto", "iso-2022-jp", "cp932", "euc-jp" or "utf-8".
  "storages": [],

  // Folders with mapping packs of this hospital or its vendors, besides the built-in base pack.
  "mapping_packs": [],
  // Values that mapping profiles read as config.<name>, for example { "localCodeSystem": "urn:oid:..." }
  "mapping_values": {},

  // Data categories of this site ("X-..."). Only ever add at the end: the order is stored.
  "site_categories": [],

  // Where hubs pull. Both sides show a certificate; all paths are PEM files.
  "hub": {
    "address": "0.0.0.0",
    "port": 8443,
    "certificate": "",
    "private_key": "",
    // The authorities whose client certificates are accepted, and their revocation list (or empty).
    "client_ca": "",
    "client_crl": "",
    // What links in answers begin with, for example "https://fhir.example.jp:8443/fhir".
    "base_url": "",
    // TLS 1.3 only, unless a hub cannot do better.
    "allow_tls12": false,
    "max_connections": 256,
    "max_connections_per_address": 64,
    "threads": 64,
    // Resources on a page when the hub does not say, and at most.
    "page_size": 50,
    "max_page_size": 500
  },

  // Health and metrics, for this machine only.
  "health": {
    "address": "127.0.0.1",
    "port": 9464
  },

  "registry": {
    // Sources of refusals besides the built-in "local", for example
    //   { "name": "counter", "required": true, "max_age_s": 86400 }
    // While a required source is older than max_age_s seconds, nothing is released.
    "sources": [],
    // Waiting after a notice: "30d", "1m" or "later" (the later of both).
    "wait_rule": "later",
    // When a patient turns 16: "off", "notify_continue" or "notify_hold".
    "renotify_at_16": "notify_continue"
  },

  "ingest": {
    "threads": 2,
    "batch_files": 500,
    "max_file_bytes": 67108864,
    // A storage that lost more than this share of its files stops the job until it is confirmed.
    "loss_threshold": 0.2
  },

  // The agent's own log, in <state_dir>/log; the disclosure ledger is another matter and stays. What
  // is older, or above the bytes, goes.
  "log": {
    "keep_days": 400,
    "max_megabytes": 512
  },

  // Store, registry, ledger, keys and log; and where `sekisho` commands reach the running agent.
  "state_dir": )";

}  // namespace

std::string sample_config(const Places& places, std::string_view institution_number) {
  std::string text(kBegin);
  text += quoted(institution_number);
  text += kUntilPlaces;
  text += quoted(places.state_dir);
  text += ",\n  \"command_socket\": ";
  text += quoted(places.command_socket);
  text += "\n}\n";
  return text;
}

}  // namespace sekisho::config
