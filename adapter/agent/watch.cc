#include "adapter/agent/watch.h"

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "adapter/agent/installation.h"
#include "adapter/agent/list_age.h"
#include "adapter/crypto/certificate.h"
#include "adapter/platform/process.h"
#include "adapter/sqlite/database.h"
#include "fhir/error.h"

namespace sekisho::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kSoonMs = 30 * kDayMs;

// Files come and go while it counts; what cannot be read counts nothing.
std::uint64_t bytes_below(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator(folder, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    std::error_code gone;
    const std::uint64_t size = at->is_regular_file(gone) ? at->file_size(gone) : 0;
    bytes += gone ? 0 : size;
  }
  return bytes;
}

std::map<std::string, std::uint64_t> quarantined_files(const std::string& store_file) {
  sqlite::Database database(store_file, sqlite::Open::kReadOnly, sqlite::Durability::kNormal);
  sqlite::Statement select =
      database.prepare("SELECT reason, count(*) FROM quarantine GROUP BY reason");
  std::map<std::string, std::uint64_t> counts;
  while (select.step()) {
    counts.emplace(select.text(0), static_cast<std::uint64_t>(select.integer(1)));
  }
  return counts;
}

std::string status_of(registry::RefusalStatus status) {
  constexpr std::array<const char*, 5> kNames{"active", "unverified", "unresolved", "withdrawn",
                                              "rejected"};
  const auto at = static_cast<std::size_t>(status);
  return at < kNames.size() ? kNames[at] : "unknown";
}

}  // namespace

Watch::Watch(Subject subject, log::Log& log) : subject_(std::move(subject)), log_(log) {}

void Watch::look_each_second() {
  try {
    subject_.guard.tick(subject_.clock());
  } catch (const fhir::Error& e) {
    log_.write(log::Event::kClockUnrecorded, {{"error", e.code()}});
  }
  const bool held = subject_.guard.held();
  if (held && !clock_told_) {
    log_.write(log::Event::kClockHeld);
  }
  clock_told_ = held;
  if (subject_.ledger != nullptr && subject_.ledger->writable() != ledger_writable_) {
    ledger_writable_ = !ledger_writable_;
    log_.write(ledger_writable_ ? log::Event::kLedgerWritable : log::Event::kLedgerUnwritable);
  }
  const bool open = !subject_.locked();
  if (door_open_ != open) {
    if (open) {
      log_.write(log::Event::kDoorOpened);
    } else {
      const registry::Registry& registry = subject_.registry;
      log_.write(log::Event::kDoorClosed,
                 {{"registry_loaded", registry.loaded()},
                  {"registry_chain_ok", registry.chain_ok()},
                  {"registry_policy_ok", registry.policy_ok()},
                  {"ledger_ok", subject_.ledger != nullptr},
                  {"ledger_writable", subject_.ledger != nullptr && ledger_writable_},
                  {"clock_ok", !held}});
    }
    door_open_ = open;
  }
  log_.flush();
}

void Watch::look_each_minute() {
  const fhir::Instant now = subject_.clock();
  Slow slow;
  look_at_disk(slow);
  look_at_certificate(slow, now);
  look_at_registry(slow, now);
  try {
    slow.quarantined = quarantined_files(subject_.store_file);
  } catch (const fhir::Error&) {
    slow.quarantined.clear();  // `doctor` tells what is wrong with the store
  }
  const std::lock_guard lock(mutex_);
  slow_ = std::move(slow);
}

void Watch::look_at_disk(Slow& slow) {
  try {
    slow.free_bytes = platform::free_bytes(subject_.state_dir);
  } catch (const fhir::Error&) {
    return;  // the ledger meets it too, and says so
  }
  const int disk = slow.free_bytes < kLeastFreeBytes ? 2 : slow.free_bytes < kLowBytes ? 1 : 0;
  if (disk != disk_) {
    const auto megabytes = slow.free_bytes >> 20;
    log_.write(disk == 2   ? log::Event::kDiskFull
               : disk == 1 ? log::Event::kDiskLow
                           : log::Event::kDiskRecovered,
               {{"free_megabytes", megabytes}});
    disk_ = disk;
  }
  for (const char* part : {"store", "registry", "ledger", "log"}) {
    slow.disk_bytes[part] = bytes_below(fs::u8path(subject_.state_dir) / fs::u8path(part));
  }
}

void Watch::look_at_certificate(Slow& slow, fhir::Instant now) {
  try {
    slow.certificate_ends =
        crypto::read_certificates(platform::read_file(subject_.certificate_file)).front().not_after;
  } catch (const fhir::Error&) {
    return;  // the listener keeps what it read before, and logs that
  }
  const std::int64_t left = slow.certificate_ends->ms - now.ms;
  const fhir::CivilDate today = fhir::japan_date(now);
  if (left < kSoonMs && certificate_told_ != today) {
    log_.write(log::Event::kCertificateExpires,
               {{"at", *slow.certificate_ends}, {"days_left", left / kDayMs}});
    certificate_told_ = today;
  }
}

void Watch::look_at_registry(Slow& slow, fhir::Instant now) {
  const registry::Registry::View view = subject_.registry.view();
  for (std::size_t i = 0; i < view->refusals(); ++i) {
    ++slow.refusals[status_of(view->refusal(i).status)];
  }
  for (const registry::Source& source : view->sources()) {
    const std::optional<ListAge> age = age_of(source, now);
    int& told = age_[source.name];
    const int mark = age ? age->mark() : 0;
    if (mark > told && source.required) {
      log_.write(log::Event::kRegistryAging, {{"percent", mark}, {"stale", age->stale}});
    }
    told = mark;
  }
}

Gauges Watch::gauges() const {
  Gauges gauges;
  const fhir::Instant now = subject_.clock();
  gauges.serving = !subject_.locked();
  gauges.clock_held = subject_.guard.held();
  gauges.ledger_writable = subject_.ledger != nullptr && subject_.ledger->writable();
  gauges.ledger_sequence = subject_.ledger != nullptr ? subject_.ledger->last_sequence() : 0;
  const registry::Registry& registry = subject_.registry;
  gauges.registry_ok = registry.loaded() && registry.chain_ok() && registry.policy_ok();
  gauges.registry_epoch = registry.epoch();
  {
    const registry::Registry::View view = registry.view();
    for (const registry::Source& source : view->sources()) {
      Gauges::SourceAge& age = gauges.sources.emplace_back();
      age.name = source.name;
      if (const std::optional<ListAge> known = age_of(source, now)) {
        age.age_s = known->age_s;
        age.max_age_s = known->allowed_s;
      } else if (!source.always_fresh) {
        age.max_age_s = source.max_age_s;
      }
    }
  }
  for (const log::Level level : {log::Level::kInfo, log::Level::kWarning, log::Level::kAlarm}) {
    gauges.log_lines[static_cast<std::size_t>(level)] = log_.written(level);
  }
  gauges.log_lost = log_.lost();
  gauges.resident_bytes = platform::resident_bytes();
  const std::lock_guard lock(mutex_);
  gauges.disk_free_bytes = slow_.free_bytes;
  gauges.disk_bytes = slow_.disk_bytes;
  gauges.quarantined = slow_.quarantined;
  gauges.refusals = slow_.refusals;
  gauges.certificate_ends = slow_.certificate_ends;
  return gauges;
}

}  // namespace sekisho::agent
