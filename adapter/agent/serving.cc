#include "adapter/agent/serving.h"

#include <algorithm>
#include <chrono>

#include "adapter/access/access.h"
#include "adapter/agent/clock.h"
#include "adapter/agent/mapping_setup.h"
#include "adapter/crypto/keys.h"
#include "adapter/hub/answers.h"
#include "adapter/hub/capability.h"
#include "adapter/hub/path.h"
#include "adapter/store/bring_forward.h"
#include "fhir/error.h"
#include "fhir/json.h"

namespace sekisho::agent {
namespace {

using fhir::Error;

constexpr std::chrono::seconds kPatience{30};  // for commands under way at a stop
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kUnusableSkew = 1'000'000;  // seconds; far above G0's limit

std::string new_request_id() {
  constexpr char kHex[] = "0123456789abcdef";
  std::string id;
  for (const char c : crypto::random_bytes(16)) {
    const auto byte = static_cast<unsigned char>(c);
    id += kHex[byte >> 4];
    id += kHex[byte & 15];
  }
  return id;
}

http::Response json_response(int status, std::string body, const char* type) {
  http::Response response;
  response.status = status;
  response.headers = {{"Content-Type", type}, {"Cache-Control", "no-store"}};
  response.body = std::move(body);
  return response;
}

std::string base_path_of(const std::string& base_url) {
  const std::size_t scheme = base_url.find("://");
  const std::size_t path =
      scheme == std::string::npos ? std::string::npos : base_url.find('/', scheme + 3);
  return path == std::string::npos ? "" : base_url.substr(path);
}

}  // namespace

Serving::Serving(Installation& installation, fhir::Clock clock, log::Log& log)
    : installation_(installation),
      clock_(std::move(clock)),
      log_(log),
      started_ms_(steady_ms()),
      mapping_hash_(mapping_hash(load_packs(installation.config()))),
      registry_(installation.registry()) {
  installation_.keys();
  installation_.vocabulary();
  open_ledger();
  open_clock_guard();
  if (!registry_.loaded() || !registry_.chain_ok() || !registry_.policy_ok()) {
    log_.write(log::Event::kRegistryLocked, {{"loaded", registry_.loaded()},
                                             {"chain_ok", registry_.chain_ok()},
                                             {"policy_ok", registry_.policy_ok()}});
  }
  open_door();
  watch_ = std::make_unique<Watch>(
      Watch::Subject{clock_, *clock_guard_, registry_, ledger_.get(), [this] { return locked(); },
                     installation_.config().state_dir, installation_.store_file(),
                     installation_.config().hub.certificate},
      log_);
  open_listeners();
  watch_thread_ = std::thread([this] { watch(); });
}

Serving::~Serving() {
  stopping_ = true;
  {
    std::unique_lock lock(calls_mutex_);
    for (std::atomic<bool>* cancel : calls_) {
      *cancel = true;  // an ingest ends at its next checkpoint
    }
    calls_ended_.wait_for(lock, kPatience, [this] { return calls_.empty(); });
  }
  commands_.reset();
  hub_.reset();
  health_.reset();
  {
    const std::lock_guard lock(wake_mutex_);
    wake_.notify_all();
  }
  watch_thread_.join();
  installation_.clock_went_back = nullptr;
  installation_.ledger_writable = nullptr;
  const fhir::Instant now = clock_();
  try {
    clock_guard_->stop(now);
    if (ledger_) {
      ledger_->checkpoint(now);
    }
  } catch (const Error& e) {
    log_.write(log::Event::kStopUnfinished, {{"error", e.code()}});
  }
}

void Serving::open_ledger() {
  try {
    ledger::Ledger::Options options = installation_.ledger_options();
    options.mapping_hash = mapping_hash_;
    ledger_ = ledger::Ledger::open(options, clock_());
  } catch (const Error& e) {
    if (e.code() == fhir::ErrorCode::kConflict) {
      throw;  // another process writes it: this one has no business here
    }
    log_.write(log::Event::kLedgerLocked, {{"error", e.code()}});
  }
}

fhir::Instant Serving::latest_record() const {
  return std::max(registry_.last_time(), ledger_ ? ledger_->last_time() : fhir::Instant{});
}

void Serving::open_clock_guard() {
  clock_guard_ = std::make_unique<ClockGuard>(installation_.state_file("clock.json"), clock_(),
                                              latest_record());
  installation_.clock_went_back = [this] { return clock_guard_->held(); };
  installation_.ledger_writable = [this] { return ledger_ != nullptr && ledger_->writable(); };
  live_.confirm_clock = [this] {
    clock_guard_->confirm(clock_(), latest_record());
    log_.write(log::Event::kClockConfirmed);
  };
  live_.metrics = &metrics_;
}

void Serving::open_door() {
  const config::Config& config = installation_.config();
  store::bring_forward(installation_.store_file(), installation_.vocabulary());
  hub_options_.base_url = config.hub.base_url;
  hub_options_.base_path = base_path_of(config.hub.base_url);
  hub_options_.version = SEKISHO_VERSION;
  hub_options_.released_on = SEKISHO_RELEASED_ON;
  hub_options_.mapping_hash = mapping_hash_;
  if (!ledger_) {
    return;
  }
  release::Door::Options options;
  options.store_file = installation_.store_file();
  options.base_url = config.hub.base_url;
  options.vocabulary = installation_.vocabulary();
  options.page_size = config.hub.page_size;
  options.max_page_size = config.hub.max_page_size;
  options.wait_rule = config.registry.wait_rule;
  options.renotify_at_16 = config.registry.renotify_at_16;
  options.cursor_key = installation_.id_key().opaque("cursor", "key");
  options.confirmed_up_to = [this] { return clock_guard_->confirmed_up_to(); };
  door_ = std::make_unique<release::Door>(options, registry_, *ledger_, clock_, [this] {
    return clock_guard_->held() ? kUnusableSkew : std::int64_t{0};
  });
  routes_ = std::make_unique<hub::Routes>(hub_options_, *door_,
                                          [this](const http::PeerCertificate& certificate) {
                                            return access::client_of(certificate, registry_);
                                          });
}

void Serving::open_listeners() {
  const config::Config& config = installation_.config();
  http::ServerOptions options;
  options.address = config.hub.address;
  options.port = config.hub.port;
  options.threads = config.hub.threads;
  options.max_connections = config.hub.max_connections;
  options.max_connections_per_address = config.hub.max_connections_per_address;
  options.begin = [this](const http::Request& request) { return begin_hub(request); };
  options.new_request_id = new_request_id;
  options.clock = clock_;
  options.unhandled = [this](const char* what) {
    metrics_.unhandled(what);
    if (std::string_view(what) == "tls-reload-failed") {
      log_.write(log::Event::kTlsUnusable);
    } else if (std::string_view(what) == "handler-failed") {
      log_.write(log::Event::kHubFailed);
    }
  };
  http::TlsOptions tls;
  tls.certificate = config.hub.certificate;
  tls.private_key = config.hub.private_key;
  tls.client_ca = config.hub.client_ca;
  tls.client_crl = config.hub.client_crl;
  tls.allow_tls12 = config.hub.allow_tls12;
  hub_ = std::make_unique<http::Server>(
      options, tls, [this](const http::Request& request) { return answer_hub(request); });

  commands_ = std::make_unique<platform::LocalServer>(
      config.command_socket, [this](platform::LocalStream stream) {
        answer_call(std::move(stream), [this](const Call& call, const std::string& os_user,
                                              Console& console, std::atomic<bool>& cancel) {
          return answer_command(call, os_user, console, cancel);
        });
      });

  // Last: who finds it answering finds the others listening.
  http::ServerOptions local;
  local.address = config.health.address;
  local.port = config.health.port;
  local.threads = 2;
  local.new_request_id = new_request_id;
  local.clock = clock_;
  local.unhandled = [](const char*) {};
  health_ = std::make_unique<http::Server>(
      local, [this](const http::Request& request) { return answer_health(request); });
}

void Serving::watch() {
  std::int64_t next_minute = steady_ms();
  std::unique_lock lock(wake_mutex_);
  while (!stopping_) {
    watch_->look_each_second();
    if (steady_ms() >= next_minute) {
      next_minute = steady_ms() + kMinuteMs;
      watch_->look_each_minute();
    }
    wake_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_.load(); });
  }
}

// Without a ledger that verifies there is no door: what needs no record still answers (4.5).
http::Response Serving::answer_locked(const http::Request& request) {
  const hub::Path path = hub::parse_path(request.path, hub_options_.base_path);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && path.kind == hub::Path::Kind::kMetadata) {
    return hub::json_answer(hub::capability_statement(hub_options_),
                            "application/fhir+json; charset=utf-8");
  }
  if (reads && path.kind == hub::Path::Kind::kStatus) {
    return hub::json_answer(
        fhir::write_json(fhir::Json::object({{"status", "closed"}, {"version", SEKISHO_VERSION}})),
        "application/json");
  }
  return hub::closed();
}

http::Response Serving::answer_hub(const http::Request& request) {
  const std::int64_t begin = steady_us();
  http::Response response = routes_ ? (*routes_)(request) : answer_locked(request);
  answered_hub(request, response, begin);
  return response;
}

void Serving::answered_hub(const http::Request& request, const http::Response& response,
                           std::int64_t begun_us) {
  const hub::Path path = hub::parse_path(request.path, hub_options_.base_path);
  metrics_.answered(hub::interaction_of(path, request.method), response.status,
                    steady_us() - begun_us);
  if (response.status == 503) {
    log_.write(log::Event::kHubUnavailable, {{"request_id", log::RequestId(request.request_id)}});
  }
}

class Serving::BegunAnswer final : public http::Begun {
 public:
  BegunAnswer(Serving& serving, const http::Request& request, std::unique_ptr<http::Begun> begun,
              std::int64_t begun_us)
      : serving_(serving), request_(request), begun_(std::move(begun)), begun_us_(begun_us) {}

  http::Response finish() override {
    http::Response response = begun_->finish();
    serving_.answered_hub(request_, response, begun_us_);
    return response;
  }

 private:
  Serving& serving_;
  const http::Request& request_;
  std::unique_ptr<http::Begun> begun_;
  std::int64_t begun_us_;
};

std::unique_ptr<http::Begun> Serving::begin_hub(const http::Request& request) {
  const std::int64_t begin = steady_us();
  std::unique_ptr<http::Begun> begun = routes_ ? routes_->begin(request) : nullptr;
  return begun ? std::make_unique<BegunAnswer>(*this, request, std::move(begun), begin) : nullptr;
}

bool Serving::locked() const { return !door_ || clock_guard_->held() || !door_->status().open; }

http::Response Serving::answer_health(const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    return json_response(405, "", "text/plain");
  }
  if (request.path == "/health") {
    fhir::Json body;
    body.set("state", locked() ? "locked" : "open");
    body.set("version", SEKISHO_VERSION);
    body.set("registry", registry_.loaded() && registry_.chain_ok());
    body.set("ledger", ledger_ != nullptr && ledger_->writable());
    body.set("clock", !clock_guard_->held());
    return json_response(200, fhir::write_json(body), "application/json");
  }
  if (request.path == "/metrics") {
    Gauges gauges = watch_->gauges();
    gauges.uptime_s = (steady_ms() - started_ms_) / 1000;
    return json_response(200, metrics_.text(gauges), "text/plain; version=0.0.4; charset=utf-8");
  }
  return json_response(404, "", "text/plain");
}

// A command under way can be told to stop, by its caller going away or by the agent stopping.
class Serving::Registered {
 public:
  Registered(Serving& serving, std::atomic<bool>& cancel) : serving_(serving), cancel_(cancel) {
    const std::lock_guard lock(serving_.calls_mutex_);
    serving_.calls_.insert(&cancel_);
    cancel_ = cancel_ || serving_.stopping_;
  }
  ~Registered() {
    const std::lock_guard lock(serving_.calls_mutex_);
    serving_.calls_.erase(&cancel_);
    serving_.calls_ended_.notify_all();
  }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 private:
  Serving& serving_;
  std::atomic<bool>& cancel_;
};

int Serving::answer_command(const Call& call, const std::string& os_user, Console& console,
                            std::atomic<bool>& cancel) {
  const Found found = find_command(call.words);
  if (found.command == nullptr || found.command->place != Command::Place::kAgent) {
    throw Error(fhir::ErrorCode::kUsage, "the agent does not run this command");
  }
  const std::vector<std::string> rest(call.words.begin() + static_cast<std::ptrdiff_t>(found.words),
                                      call.words.end());
  const std::string& language =
      call.language.empty() ? installation_.config().language : call.language;
  Session session{Arguments::parse(rest, found.command->options),
                  language == "en" ? Language::kEnglish : Language::kJapanese,
                  os_user,
                  clock_,
                  console,
                  installation_,
                  [&call](const std::string& path) {
                    for (const auto& [name, bytes] : call.files) {
                      if (name == path) {
                        return bytes;
                      }
                    }
                    throw Error(fhir::ErrorCode::kNotFound, "a file that the caller did not send");
                  },
                  cancel,
                  log_,
                  &live_};
  const Registered registered(*this, cancel);
  return run_command(*found.command, session);
}

}  // namespace sekisho::agent
