#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <optional>

#include "adapter/agent/doctor.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/mapping_setup.h"
#include "adapter/agent/watch.h"
#include "adapter/crypto/certificate.h"
#include "adapter/platform/durable_file.h"
#include "adapter/platform/local_socket.h"
#include "adapter/platform/process.h"
#include "fhir/error.h"
#include "fhir/json.h"

// Configuration, folders, disk, certificates, clock, and whether an agent answers.

namespace sekisho::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kSoonDays = 30;
constexpr std::int64_t kCrlSoonDays = 2;  // lists live for days

constexpr Phrase kConfigOk{"設定ファイルは正しく読めます: {0}", "the configuration reads: {0}"};
constexpr Phrase kNoStorage{"標準化ストレージが設定されていません", "no storage is configured"};
constexpr Phrase kNoStorageFix{"設定の storages に標準化ストレージのフォルダーを書いてください",
                               "put the storage's root into `storages` of the configuration"};
constexpr Phrase kNoBaseUrl{"hub.base_url が設定されていません", "hub.base_url is not set"};
constexpr Phrase kNoBaseUrlFix{"連携基盤から見たURLを設定してください（例 https://host:8443/fhir）",
                               "set the URL that the hub uses, as https://host:8443/fhir"};
constexpr Phrase kMappingOk{"変換定義は {0} 個すべて正しく読めます",
                            "all {0} mapping profiles compile"};
constexpr Phrase kStateOk{"状態フォルダー: {0}", "state folder: {0}"};
constexpr Phrase kStateOpen{"状態フォルダー {0} を他の利用者が読めます",
                            "other users can read the state folder {0}"};
constexpr Phrase kStateOpenFix{"権限を 0700 にしてください: chmod 700 {0}", "chmod 700 {0}"};
constexpr Phrase kStorageOk{"標準化ストレージ {0} は読めます", "storage {0} can be read"};
constexpr Phrase kStorageBad{"標準化ストレージ {0} が読めません", "storage {0} cannot be read"};
constexpr Phrase kStorageBadFix{"マウントと権限を確認してください",
                                "look at the mount and at the rights of the agent's user"};
constexpr Phrase kStorageEmpty{"標準化ストレージ {0} は空です", "storage {0} is empty"};
constexpr Phrase kDiskOk{"ディスクの空き: {0} MB", "free disk: {0} MB"};
constexpr Phrase kDiskLow{"ディスクの空きが少なくなっています: {0} MB",
                          "the disk is filling: {0} MB"};
constexpr Phrase kDiskFull{"ディスクの空きがありません（{0} MB）。提供は停止します",
                           "the disk is full ({0} MB): nothing is released"};
constexpr Phrase kDiskFix{"空きを確保してください", "make room"};
constexpr Phrase kCertMissing{"hub.{0} が設定されていません。待受を開始できません",
                              "hub.{0} is not set: the hub listener cannot start"};
constexpr Phrase kCertMissingFix{"PEMファイルを用意し hub.{0} に書いてください",
                                 "put the PEM file's path into hub.{0}"};
constexpr Phrase kCertOk{"hub.{0}: {1} まで有効", "hub.{0}: good until {1}"};
constexpr Phrase kCertSoon{"hub.{0}: あと {2} 日で期限切れ（{1}）",
                           "hub.{0}: expires in {2} days ({1})"};
constexpr Phrase kCertExpired{"hub.{0}: 期限が切れています（{1}）", "hub.{0}: expired on {1}"};
constexpr Phrase kCertEarly{"hub.{0}: まだ有効ではありません", "hub.{0}: not valid yet"};
constexpr Phrase kCertFix{"新しい証明書に入れ替えてください。再起動は要りません",
                          "put a new certificate in its place; no restart is needed"};
constexpr Phrase kKeyOther{"hub.private_key は hub.certificate の鍵ではありません",
                           "hub.private_key is not the key of hub.certificate"};
constexpr Phrase kKeyOtherFix{"対になる鍵を設定してください", "set the pair that belongs together"};
constexpr Phrase kNameOther{"hub.certificate に hub.base_url のホスト名 {0} がありません",
                            "hub.certificate does not name {0}, the host of hub.base_url"};
constexpr Phrase kNameOtherFix{
    "そのホスト名を SAN に持つ証明書を用意するか、base_url を直してください",
    "get a certificate with this host among its alternative names, or "
    "correct base_url"};
constexpr Phrase kKeyOpen{"hub.private_key を他の利用者が読めます",
                          "other users can read hub.private_key"};
constexpr Phrase kKeyOpenFix{"権限を 0600 または 0640 にしてください",
                             "give the file the mode 0600, or 0640 with the agent's group"};
constexpr Phrase kCrlOk{"hub.client_crl: {0} まで有効", "hub.client_crl: good until {0}"};
constexpr Phrase kCrlExpired{
    "hub.client_crl: 期限が切れています（{0}）。提供先はすべて接続できません",
    "hub.client_crl: expired on {0}; no client can connect"};
constexpr Phrase kCrlSoon{"hub.client_crl: あと {1} 日で期限切れ（{0}）",
                          "hub.client_crl: expires in {1} days ({0})"};
constexpr Phrase kCrlFix{"認証局から新しい失効リストを取得して置き換えてください",
                         "put a new revocation list of the authority in its place"};
constexpr Phrase kClockOk{"時計は最後の記録より進んでいます", "the clock is not behind its record"};
constexpr Phrase kClockHeld{"時計が戻りました。確認されるまで提供は停止します",
                            "the clock stepped back: nothing is released until it is confirmed"};
constexpr Phrase kClockFix{"時計を合わせ、sekisho clock confirm を実行してください",
                           "set the clock right, then run `sekisho clock confirm`"};
constexpr Phrase kClockFree{"時計が時刻サーバーと同期していません",
                            "the clock follows no time source"};
constexpr Phrase kClockFreeFix{"NTP（chrony など）を設定してください",
                               "set up NTP (chrony or the like)"};
constexpr Phrase kAgentUp{"エージェントは稼働中です", "the agent is running"};
constexpr Phrase kAgentDown{"エージェントは稼働していません", "the agent is not running"};
constexpr Phrase kAgentFix{"sekisho run（または systemctl start sekisho）で開始してください",
                           "start it: `systemctl start sekisho`, or `sekisho run`"};

// The file's bytes; what is wrong with them names the key and the file.
template <class Read>
auto of_file(const char* key, const std::string& file, const Read& read) {
  return fhir::within(std::string("hub.") + key + ": " + file,
                      [&] { return read(platform::read_file(file)); });
}

void check_chain(const char* key, const std::string& file, fhir::Instant now, Findings& findings) {
  if (file.empty()) {
    findings.fail("CERT_MISSING", kCertMissing, kCertMissingFix, {key});
    return;
  }
  for (const crypto::CertificateFacts& facts :
       of_file(key, file, [](const std::string& pem) { return crypto::read_certificates(pem); })) {
    const std::string until = fhir::to_japan_text(facts.not_after);
    const std::int64_t days = (facts.not_after.ms - now.ms) / kDayMs;
    if (facts.not_after <= now) {
      findings.fail("CERT_EXPIRED", kCertExpired, kCertFix, {key, until});
    } else if (now < facts.not_before) {
      findings.fail("CERT_NOT_YET_VALID", kCertEarly, kCertFix, {key});
    } else if (days < kSoonDays) {
      findings.warn("CERT_EXPIRES_SOON", kCertSoon, kCertFix, {key, until, std::to_string(days)});
    } else {
      findings.ok("CERT_OK", kCertOk, {key, until});
    }
  }
}

// "https://host:8443/fhir" -> "host"; an IPv6 address loses its brackets.
std::string host_of(const std::string& base_url) {
  const std::size_t begin = base_url.find("://") + 3;
  std::string host = base_url.substr(begin, base_url.find('/', begin) - begin);
  if (host.starts_with('[')) {
    return host.substr(1, host.find(']') - 1);
  }
  return host.substr(0, host.find(':'));
}

bool names_host(const std::vector<std::string>& names, const std::string& host) {
  const std::size_t dot = host.find('.');
  const std::string any = dot == std::string::npos ? "" : "*" + host.substr(dot);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return name == host || name == any; });
}

void check_server_name(const config::Hub& hub, Findings& findings) {
  if (hub.certificate.empty() || hub.base_url.empty()) {
    return;
  }
  const auto facts = of_file("certificate", hub.certificate,
                             [](const std::string& pem) { return crypto::read_certificates(pem); });
  const std::string host = host_of(hub.base_url);
  if (!names_host(facts.front().names, host)) {
    findings.warn("CERT_NAME_OTHER", kNameOther, kNameOtherFix, {host});
  }
}

void check_private_key(const config::Hub& hub, Findings& findings) {
  if (hub.private_key.empty()) {
    findings.fail("CERT_MISSING", kCertMissing, kCertMissingFix, {"private_key"});
    return;
  }
  const bool fits = hub.certificate.empty() ||
                    of_file("private_key", hub.private_key, [&](const std::string& pem) {
                      return crypto::key_fits(platform::read_file(hub.certificate), pem);
                    });
  if (!fits) {
    findings.fail("KEY_MISMATCH", kKeyOther, kKeyOtherFix);
  }
  const fs::perms rights = fs::status(fs::u8path(hub.private_key)).permissions();
  if ((rights & fs::perms::others_all) != fs::perms::none) {
    findings.warn("KEY_OPEN", kKeyOpen, kKeyOpenFix);
  }
}

// Past its next update a list refuses every client (RFC 5280 6.3.3).
void check_revocations(const config::Hub& hub, fhir::Instant now, Findings& findings) {
  if (hub.client_crl.empty()) {
    return;
  }
  const fhir::Instant until = of_file("client_crl", hub.client_crl, [](const std::string& pem) {
    return crypto::next_update_of(pem);
  });
  const std::string text = fhir::to_japan_text(until);
  const std::int64_t days = (until.ms - now.ms) / kDayMs;
  if (until <= now) {
    findings.fail("CRL_EXPIRED", kCrlExpired, kCrlFix, {text});
  } else if (days < kCrlSoonDays) {
    findings.warn("CRL_EXPIRES_SOON", kCrlSoon, kCrlFix, {text, std::to_string(days)});
  } else {
    findings.ok("CRL_OK", kCrlOk, {text});
  }
}

void check_disk(const std::string& folder, Findings& findings) {
  const std::uint64_t free = platform::free_bytes(folder);
  const std::string megabytes = std::to_string(free >> 20);
  if (free < kLeastFreeBytes) {
    findings.fail("DISK_FULL", kDiskFull, kDiskFix, {megabytes});
  } else if (free < kLowBytes) {
    findings.warn("DISK_LOW", kDiskLow, kDiskFix, {megabytes});
  } else {
    findings.ok("DISK_OK", kDiskOk, {megabytes});
  }
}

}  // namespace

void check_configuration(Installation& installation, Findings& findings) {
  const config::Config& config = installation.config();
  findings.ok("CONFIG_OK", kConfigOk, {installation.places().config_file});
  if (config.storages.empty()) {
    findings.warn("STORAGE_NONE", kNoStorage, kNoStorageFix);
  }
  if (config.hub.base_url.empty()) {
    findings.fail("BASE_URL_MISSING", kNoBaseUrl, kNoBaseUrlFix);
  }
  std::size_t profiles = 0;
  for (const mappings::Pack& pack : load_packs(config)) {
    profiles += pack.profiles().size();
  }
  findings.ok("MAPPING_OK", kMappingOk, {std::to_string(profiles)});
}

void check_folders(Installation& installation, fhir::Instant, Findings& findings) {
  const config::Config& config = installation.config();
  const fs::perms rights = fs::status(fs::u8path(config.state_dir)).permissions();
  if ((rights & (fs::perms::group_all | fs::perms::others_all)) != fs::perms::none) {
    findings.fail("STATE_OPEN", kStateOpen, kStateOpenFix, {config.state_dir});
  } else {
    findings.ok("STATE_OK", kStateOk, {config.state_dir});
  }
  check_disk(config.state_dir, findings);
  for (const config::StorageRoot& root : config.storages) {
    std::error_code error;
    const fs::directory_iterator entries(fs::u8path(root.path), error);
    if (error) {
      findings.fail("STORAGE_UNREADABLE", kStorageBad, kStorageBadFix, {root.name});
    } else if (entries == fs::directory_iterator()) {
      findings.warn("STORAGE_EMPTY", kStorageEmpty, kStorageBadFix, {root.name});
    } else {
      findings.ok("STORAGE_OK", kStorageOk, {root.name});
    }
  }
}

void check_certificates(Installation& installation, fhir::Instant now, Findings& findings) {
  const config::Hub& hub = installation.config().hub;
  const std::array<std::function<void()>, 5> checks{
      [&] { check_chain("certificate", hub.certificate, now, findings); },
      [&] { check_chain("client_ca", hub.client_ca, now, findings); },
      [&] { check_private_key(hub, findings); },
      [&] { check_server_name(hub, findings); },
      [&] { check_revocations(hub, now, findings); },
  };
  std::optional<fhir::Error> failed;
  for (const auto& check : checks) {
    try {
      check();
    } catch (const fhir::Error& e) {
      failed = failed.value_or(e);  // one file that cannot be read must not hide the others
    }
  }
  if (failed) {
    throw *failed;
  }
}

void check_clock(Installation& installation, fhir::Instant now, Findings& findings) {
  if (platform::clock_synchronised() == std::optional(false)) {
    findings.warn("CLOCK_UNSYNCHRONISED", kClockFree, kClockFreeFix);
  }
  const std::string file = installation.state_file("clock.json");
  if (!platform::file_exists(file)) {
    return;  // the agent never ran
  }
  const fhir::Json record =
      fhir::within(file, [&] { return fhir::parse_json(platform::read_file(file)); });
  const auto seen = fhir::parse_instant(record.text("lastSeen"));
  const fhir::Json* held = record.find("held");
  const bool holds = held != nullptr && held->get<bool>() != nullptr && *held->get<bool>();
  if (!seen || holds || now.ms + 5'000 < seen->ms) {
    findings.fail("CLOCK_HELD", kClockHeld, kClockFix);
  } else {
    findings.ok("CLOCK_OK", kClockOk);
  }
}

void check_agent(Installation& installation, fhir::Instant, Findings& findings) {
  if (platform::LocalStream::connect(installation.config().command_socket)) {
    findings.ok("AGENT_RUNNING", kAgentUp);
  } else {
    findings.warn("AGENT_NOT_RUNNING", kAgentDown, kAgentFix);
  }
}

}  // namespace sekisho::agent
