#include "adapter/http/server.h"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Thread.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "adapter/http/connection.h"
#include "adapter/http/watch.h"
#include "fhir/check.h"
#include "fhir/error.h"

namespace sekisho::http {
namespace {

constexpr long kPollMs = 100;
constexpr int kQuickWatches = 6;  // some wait for the disk while others begin answers
// Connections that come at once wait here: beyond it the system lets a client wait for a second or
// more before it tries again.
constexpr int kBacklog = 1024;
constexpr int kAcceptedAtOnce = 256;  // before those who wait for an answer are looked at
constexpr std::int64_t kTlsFilesMs = 1000;

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

}  // namespace

// One thread listens, a few watch the connections that wait and answer what is quickly
// answered, a fixed number serve the rest. A connection goes to a serving thread when bytes are
// there and comes back when more are needed; where nothing is quickly answered it stays while
// requests follow closely. An address has `threads` of them at most; the few beyond that are left
// to others.
struct Server::Inner {
  ServerOptions options;
  Handler handler;
  std::optional<TlsFiles> tls;  // the listening thread's
  Poco::Net::ServerSocket listening;
  Deadline tls_files_due{0};  // the listening thread's
  SslContext context;         // the listening thread's

  ServerState state;
  std::vector<std::unique_ptr<Watch>> watches;
  std::mutex mutex;  // guards the rest but `threads`
  std::condition_variable work;
  std::deque<std::unique_ptr<Connection>> ready;
  struct Held {
    std::uint32_t connections = 0;
    std::uint32_t threads = 0;
  };
  std::map<std::string, Held> held;  // by address
  std::uint32_t connections = 0;
  std::vector<std::unique_ptr<Poco::Thread>> threads;

  Inner(ServerOptions given, std::optional<TlsFiles> files, Handler handle)
      : options(std::move(given)),
        handler(std::move(handle)),
        tls(std::move(files)),
        listening(listen_on(options)) {
    fhir::check(static_cast<bool>(options.new_request_id), "http: no source of request ids");
    read_tls_files();
    for (int i = 0; i < (options.begin ? kQuickWatches : 1); ++i) {
      watches.push_back(std::make_unique<Watch>(
          state, [this](auto connection) { make_ready(std::move(connection)); },
          [this](auto connection) { release(std::move(connection)); }));
      start([watch = watches.back().get()] { watch->run(); });
    }
    start([this] { listen(); });
    const std::uint32_t spare = std::max(1u, options.threads / 16);
    for (std::uint32_t i = 0; i < options.threads + spare; ++i) {
      start([this] { serve(); });
    }
  }

  ~Inner() {
    state.stopping = true;
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
  void accept_all();
  std::unique_ptr<Connection> accept();
  void read_tls_files();
  bool admit(const std::string& address);
  void leave(const std::string& address);
  void release(std::unique_ptr<Connection> connection);
  void park(std::unique_ptr<Connection> connection);
  void make_ready(std::unique_ptr<Connection> connection);
  void serve();
  std::deque<std::unique_ptr<Connection>>::iterator next_ready();
  bool others_wait();
  void serve_one(std::unique_ptr<Connection> connection);
};

void Server::Inner::listen() {
  while (!state.stopping) {
    try {
      if (listening.poll(Poco::Timespan(kPollMs * 1000), Poco::Net::Socket::SELECT_READ)) {
        accept_all();
      }
      if (tls_files_due.passed()) {
        read_tls_files();
      }
    } catch (const Poco::Exception&) {
      // Out of descriptors, or a connection broken before it was accepted: the others go on.
      tell("connection-refused");
      Poco::Thread::sleep(kPollMs);
    }
  }
}

void Server::Inner::accept_all() {
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    if (auto connection = accept()) {
      park(std::move(connection));
    }
    if (!listening.poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ)) {
      return;
    }
  }
}

std::unique_ptr<Connection> Server::Inner::accept() {
  Poco::Net::SocketAddress peer;
  Poco::Net::StreamSocket socket = listening.acceptConnection(peer);
  const std::string address = peer.host().toString();
  if (!admit(address)) {
    tell("connection-refused");
    return nullptr;
  }
  read_tls_files();
  try {
    return std::make_unique<Connection>(socket, context, address, options, handler, state);
  } catch (const std::exception&) {
    leave(address);
    tell("connection-refused");
    return nullptr;
  }
}

void Server::Inner::read_tls_files() {
  if (!tls) {
    return;
  }
  bool failed = false;
  SslContext now = tls->current(failed);
  if (failed) {
    tell("tls-reload-failed");
  }
  if (now != context) {
    context = std::move(now);
    ++state.tls_files;
  }
  tls_files_due = Deadline(kTlsFilesMs);
}

bool Server::Inner::admit(const std::string& address) {
  const std::lock_guard guard(mutex);
  if (connections >= options.max_connections) {
    return false;
  }
  Held& of_address = held[address];
  if (of_address.connections >= options.max_connections_per_address) {
    return false;
  }
  ++connections;
  ++of_address.connections;
  return true;
}

void Server::Inner::release(std::unique_ptr<Connection> connection) {
  const std::string address = connection->address();
  connection.reset();  // closed before its place is given to another
  leave(address);
}

void Server::Inner::leave(const std::string& address) {
  const std::lock_guard guard(mutex);
  --connections;
  if (--held[address].connections == 0) {
    held.erase(address);
  }
}

void Server::Inner::park(std::unique_ptr<Connection> connection) {
  const auto least = std::min_element(watches.begin(), watches.end(),
                                      [](auto& a, auto& b) { return a->size() < b->size(); });
  (*least)->add(std::move(connection));
}

void Server::Inner::make_ready(std::unique_ptr<Connection> connection) {
  const std::lock_guard guard(mutex);
  ready.push_back(std::move(connection));
  work.notify_one();
}

// The first whose address may have another thread.
std::deque<std::unique_ptr<Connection>>::iterator Server::Inner::next_ready() {
  return std::find_if(ready.begin(), ready.end(), [this](const auto& connection) {
    return held[connection->address()].threads < options.threads;
  });
}

void Server::Inner::serve() {
  for (;;) {
    std::unique_ptr<Connection> connection;
    {
      std::unique_lock guard(mutex);
      auto next = ready.end();
      work.wait(guard, [&] { return state.stopping || (next = next_ready()) != ready.end(); });
      if (state.stopping) {
        return;
      }
      connection = std::move(*next);
      ready.erase(next);
      ++held[connection->address()].threads;
    }
    serve_one(std::move(connection));
  }
}

bool Server::Inner::others_wait() {
  const std::lock_guard guard(mutex);
  return !ready.empty();
}

void Server::Inner::serve_one(std::unique_ptr<Connection> connection) {
  Connection::Next next = Connection::Next::kAgain;
  do {
    next = connection->serve();
  } while (next == Connection::Next::kAgain && !state.stopping && !others_wait());
  {
    // Another of this address may take the thread's place.
    const std::lock_guard guard(mutex);
    --held[connection->address()].threads;
    if (!ready.empty()) {
      work.notify_one();
    }
  }
  if (next == Connection::Next::kClose || state.stopping) {
    release(std::move(connection));
  } else if (next == Connection::Next::kAgain && connection->has_bytes()) {
    make_ready(std::move(connection));
  } else {
    park(std::move(connection));
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
