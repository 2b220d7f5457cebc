#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "adapter/agent/channel.h"
#include "adapter/agent/clock_guard.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/metrics.h"
#include "adapter/agent/watch.h"
#include "adapter/http/server.h"
#include "adapter/hub/routes.h"
#include "adapter/ledger/ledger.h"
#include "adapter/log/log.h"
#include "adapter/platform/local_socket.h"
#include "adapter/release/door.h"

namespace sekisho::agent {

// The parts of a running agent, in the order in which they are built; what is below goes first.
class Serving {
 public:
  Serving(Installation& installation, fhir::Clock clock, log::Log& log);
  ~Serving();
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  std::uint16_t hub_port() const { return hub_->port(); }
  std::uint16_t health_port() const { return health_->port(); }
  bool locked() const;

 private:
  class Registered;
  class BegunAnswer;
  void open_ledger();
  void open_clock_guard();
  fhir::Instant latest_record() const;  // of registry and ledger
  void open_door();
  void open_listeners();
  void watch();
  http::Response answer_hub(const http::Request& request);
  std::unique_ptr<http::Begun> begin_hub(const http::Request& request);
  void answered_hub(const http::Request& request, const http::Response& response,
                    std::int64_t begun_us);
  http::Response answer_locked(const http::Request& request);
  http::Response answer_health(const http::Request& request);
  int answer_command(const Call& call, const std::string& os_user, Console& console,
                     std::atomic<bool>& cancel);

  Installation& installation_;
  fhir::Clock clock_;
  log::Log& log_;
  const std::int64_t started_ms_;
  const std::string mapping_hash_;
  Metrics metrics_;
  registry::Registry& registry_;
  std::unique_ptr<ledger::Ledger> ledger_;  // null: it does not verify, the agent is locked
  std::unique_ptr<ClockGuard> clock_guard_;
  std::unique_ptr<Watch> watch_;
  hub::HubOptions hub_options_;
  std::unique_ptr<release::Door> door_;  // null without a ledger
  std::unique_ptr<hub::Routes> routes_;
  LiveAgent live_;
  std::atomic<bool> stopping_{false};
  std::mutex calls_mutex_;
  std::condition_variable calls_ended_;
  std::set<std::atomic<bool>*> calls_;  // the cancel flag of each command under way
  std::unique_ptr<http::Server> hub_, health_;
  std::unique_ptr<platform::LocalServer> commands_;
  std::mutex wake_mutex_;
  std::condition_variable wake_;
  std::thread watch_thread_;
};

}  // namespace sekisho::agent
