#include "adapter/http/server.h"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/PollSet.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Thread.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "adapter/http/connection.h"
#include "fhir/check.h"
#include "fhir/error.h"

namespace sekisho::http {
namespace {

constexpr long kPollMs = 100;
constexpr int kBacklog = 128;

Poco::Net::ServerSocket listen_on(const ServerOptions& options) {
  const std::string where = options.address + ":" + std::to_string(options.port);
  try {
    Poco::Net::ServerSocket socket;
    // Without SO_REUSEPORT: a second agent must not take half of the connections unseen.
    socket.bind(Poco::Net::SocketAddress(options.address, options.port), true, false);
    socket.listen(kBacklog);
    return socket;
  } catch (const Poco::Exception& error) {
    throw fhir::Error(fhir::ErrorCode::kNetwork,
                      where + ": cannot listen here (" + error.displayText() +
                          "); is another process using the port, and is the address this host's?");
  }
}

// A connection that waits for bytes without a thread.
struct Parked {
  std::unique_ptr<Connection> connection;
  Deadline deadline;
};

}  // namespace

// One thread listens and watches the connections that wait; a fixed number serve. A connection goes
// to a thread when its first byte is there, stays while requests follow closely, and comes back.
struct Server::Inner {
  ServerOptions options;
  Handler handler;
  std::optional<TlsFiles> tls;  // the listening thread's
  Poco::Net::ServerSocket listening;
  Poco::Net::PollSet watched;

  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::condition_variable work;
  std::deque<std::unique_ptr<Connection>> ready;          // mutex
  std::map<const Poco::Net::SocketImpl*, Parked> parked;  // mutex
  std::map<std::string, std::uint32_t> connections_of;    // mutex; by address
  std::uint32_t connections = 0;                          // mutex
  std::vector<std::unique_ptr<Poco::Thread>> threads;

  Inner(ServerOptions given, std::optional<TlsFiles> files, Handler handle)
      : options(std::move(given)),
        handler(std::move(handle)),
        tls(std::move(files)),
        listening(listen_on(options)) {
    fhir::check(static_cast<bool>(options.new_request_id), "http: no source of request ids");
    watched.add(listening, Poco::Net::PollSet::POLL_READ);
    start([this] { listen(); });
    for (std::uint32_t i = 0; i < options.threads; ++i) {
      start([this] { serve(); });
    }
  }

  ~Inner() {
    stopping = true;
    { const std::lock_guard guard(mutex); }
    work.notify_all();
    for (const auto& thread : threads) {
      thread->join();
    }
  }

  // Poco's threads block SIGPIPE, which a write to a closed connection would raise.
  template <class Run>
  void start(const Run& run) {
    threads.push_back(std::make_unique<Poco::Thread>());
    threads.back()->startFunc(run);
  }

  void tell(const char* what) const {
    if (options.unhandled) {
      options.unhandled(what);
    }
  }

  void listen();
  void accept();
  bool admit(const std::string& address);
  void release(std::unique_ptr<Connection> connection);
  void park(std::unique_ptr<Connection> connection);
  void unpark(const Poco::Net::Socket& socket);
  void close_overdue();
  void serve();
  bool others_wait();
  void serve_one(std::unique_ptr<Connection> connection);
};

void Server::Inner::listen() {
  while (!stopping) {
    try {
      for (const auto& [socket, mode] : watched.poll(Poco::Timespan(kPollMs * 1000))) {
        if (socket == listening) {
          accept();
        } else {
          unpark(socket);
        }
      }
      close_overdue();
    } catch (const Poco::Exception&) {
      // Out of descriptors, or a connection broken before it was accepted: the others go on.
      tell("connection-refused");
      Poco::Thread::sleep(kPollMs);
    }
  }
}

void Server::Inner::accept() {
  Poco::Net::SocketAddress peer;
  Poco::Net::StreamSocket socket = listening.acceptConnection(peer);
  const std::string address = peer.host().toString();
  if (!admit(address)) {
    tell("connection-refused");
    return;
  }
  SslContext context;
  if (tls) {
    bool failed = false;
    context = tls->current(failed);
    if (failed) {
      tell("tls-reload-failed");
    }
  }
  park(std::make_unique<Connection>(socket, std::move(context), address, options, handler,
                                    stopping));
}

bool Server::Inner::admit(const std::string& address) {
  const std::lock_guard guard(mutex);
  if (connections >= options.max_connections ||
      connections_of[address] >= options.max_connections_per_address) {
    return false;
  }
  ++connections;
  ++connections_of[address];
  return true;
}

void Server::Inner::release(std::unique_ptr<Connection> connection) {
  const std::string address = connection->address();
  connection.reset();  // closed before its place is given to another
  const std::lock_guard guard(mutex);
  --connections;
  if (--connections_of[address] == 0) {
    connections_of.erase(address);
  }
}

void Server::Inner::park(std::unique_ptr<Connection> connection) {
  const Poco::Net::StreamSocket socket = connection->socket();
  {
    const std::lock_guard guard(mutex);
    parked.emplace(socket.impl(),
                   Parked{std::move(connection), Deadline(std::int64_t{options.timeout_s} * 1000)});
  }
  watched.add(socket, Poco::Net::PollSet::POLL_READ);
}

void Server::Inner::unpark(const Poco::Net::Socket& socket) {
  watched.remove(socket);
  const std::lock_guard guard(mutex);
  const auto found = parked.find(socket.impl());
  if (found != parked.end()) {
    ready.push_back(std::move(found->second.connection));
    parked.erase(found);
    work.notify_one();
  }
}

void Server::Inner::close_overdue() {
  std::vector<std::unique_ptr<Connection>> overdue;
  {
    const std::lock_guard guard(mutex);
    for (auto it = parked.begin(); it != parked.end();) {
      if (it->second.deadline.passed()) {
        overdue.push_back(std::move(it->second.connection));
        it = parked.erase(it);
      } else {
        ++it;
      }
    }
  }
  for (auto& connection : overdue) {
    watched.remove(connection->socket());
    release(std::move(connection));
  }
}

void Server::Inner::serve() {
  for (;;) {
    std::unique_ptr<Connection> connection;
    {
      std::unique_lock guard(mutex);
      work.wait(guard, [this] { return stopping || !ready.empty(); });
      if (ready.empty()) {
        return;
      }
      connection = std::move(ready.front());
      ready.pop_front();
    }
    serve_one(std::move(connection));
  }
}

bool Server::Inner::others_wait() {
  const std::lock_guard guard(mutex);
  return !ready.empty();
}

void Server::Inner::serve_one(std::unique_ptr<Connection> connection) {
  for (;;) {
    const Connection::Next next = connection->serve();
    if (next == Connection::Next::kClose || stopping) {
      release(std::move(connection));
      return;
    }
    if (next == Connection::Next::kIdle) {
      park(std::move(connection));
      return;
    }
    if (!others_wait()) {
      continue;
    }
    if (!connection->has_bytes()) {
      park(std::move(connection));
      return;
    }
    const std::lock_guard guard(mutex);
    ready.push_back(std::move(connection));
    work.notify_one();
    return;
  }
}

Server::Server(ServerOptions options, Handler handler)
    : inner_(std::make_unique<Inner>(std::move(options), std::nullopt, std::move(handler))) {}

Server::Server(ServerOptions options, TlsOptions tls, Handler handler)
    : inner_(std::make_unique<Inner>(std::move(options), TlsFiles(std::move(tls)),
                                     std::move(handler))) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return inner_->listening.address().port(); }

}  // namespace sekisho::http
