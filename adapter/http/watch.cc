#include "adapter/http/watch.h"

#include <Poco/Exception.h>
#include <Poco/Thread.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace sekisho::http {
namespace {

constexpr long kPollMs = 100;
// Begun before the first of them is answered.
constexpr std::size_t kAtOnce = 32;

}  // namespace

Watch::Watch(const ServerState& state, Take to_thread, Take ended)
    : state_(state), to_thread_(std::move(to_thread)), ended_(std::move(ended)) {}

void Watch::add(std::unique_ptr<Connection> connection) {
  const std::lock_guard guard(mutex_);
  watched_.add(connection->socket(), Poco::Net::PollSet::POLL_READ);
  connections_.emplace(connection->socket().impl(), std::move(connection));
  added_.notify_one();
}

std::size_t Watch::size() {
  const std::lock_guard guard(mutex_);
  return connections_.size();
}

void Watch::run() {
  Deadline overdue_due(kPollMs);
  while (!state_.stopping) {
    try {
      wait_for_connections();
      answer(those_with_bytes());
      if (overdue_due.passed()) {
        end_overdue();
        overdue_due = Deadline(kPollMs);
      }
    } catch (const Poco::Exception&) {  // a connection broke as it was looked at: the others go on
      Poco::Thread::sleep(kPollMs);
    }
  }
}

// An empty set gives no time to wait in.
void Watch::wait_for_connections() {
  std::unique_lock guard(mutex_);
  added_.wait_for(guard, std::chrono::milliseconds(kPollMs),
                  [this] { return state_.stopping || !connections_.empty(); });
}

std::vector<Connection*> Watch::those_with_bytes() {
  std::vector<Connection*> found = std::exchange(again_, {});
  const Poco::Timespan time(found.empty() ? kPollMs * 1000 : 0);
  const Poco::Net::PollSet::SocketModeMap events = watched_.poll(time);
  const std::lock_guard guard(mutex_);
  for (const auto& [socket, mode] : events) {
    const auto connection = connections_.find(socket.impl());
    if (connection != connections_.end() &&
        std::find(found.begin(), found.end(), connection->second.get()) == found.end()) {
      found.push_back(connection->second.get());
    }
  }
  return found;
}

void Watch::answer(const std::vector<Connection*>& connections) {
  std::vector<Connection*> begun;
  for (std::size_t i = 0; i < connections.size(); ++i) {
    const Connection::Next next = connections[i]->begin();
    if (next == Connection::Next::kBegun) {
      begun.push_back(connections[i]);
    } else {
      go_on(*connections[i], next);
    }
    if (begun.size() == kAtOnce || i + 1 == connections.size()) {
      for (Connection* const one : std::exchange(begun, {})) {
        go_on(*one, one->finish());
      }
    }
  }
}

void Watch::go_on(Connection& connection, Connection::Next next) {
  switch (next) {
    case Connection::Next::kWait:
      return;
    case Connection::Next::kAgain:
      again_.push_back(&connection);
      return;
    case Connection::Next::kThread:
    case Connection::Next::kBegun:
      to_thread_(take(connection));
      return;
    case Connection::Next::kClose:
      ended_(take(connection));
      return;
  }
}

std::unique_ptr<Connection> Watch::take(const Connection& connection) {
  const std::lock_guard guard(mutex_);
  watched_.remove(connection.socket());
  const auto found = connections_.find(connection.socket().impl());
  std::unique_ptr<Connection> taken = std::move(found->second);
  connections_.erase(found);
  return taken;
}

// Who began something is told by a thread that the time is over; who is silent is not.
void Watch::end_overdue() {
  std::vector<const Connection*> overdue;
  {
    const std::lock_guard guard(mutex_);
    for (const auto& [socket, connection] : connections_) {
      if (connection->due().passed() &&
          std::find(again_.begin(), again_.end(), connection.get()) == again_.end()) {
        overdue.push_back(connection.get());
      }
    }
  }
  for (const Connection* const connection : overdue) {
    (connection->begun() ? to_thread_ : ended_)(take(*connection));
  }
}

}  // namespace sekisho::http
