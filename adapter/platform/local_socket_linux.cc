#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "adapter/platform/byte_stream.h"
#include "adapter/platform/user_linux.h"
#include "fhir/error.h"

namespace sekisho::platform {
namespace {

using fhir::Error;
using fhir::ErrorCode;

[[noreturn]] void fail(const std::string& where, const char* what, int error) {
  throw Error(ErrorCode::kIo, where + ": " + what + ": " + std::generic_category().message(error));
}

class UnixStream final : public ByteStream {
 public:
  explicit UnixStream(int descriptor) : descriptor_(descriptor) {}
  UnixStream(const UnixStream&) = delete;
  UnixStream& operator=(const UnixStream&) = delete;
  ~UnixStream() override { ::close(descriptor_); }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) {
        continue;
      }
      if (count < 0) {
        fail("command channel", "the other end is gone", errno);
      }
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  std::size_t read(char* bytes, std::size_t capacity) override {
    ssize_t count = -1;
    do {
      count = ::recv(descriptor_, bytes, capacity, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0 && errno != ECONNRESET) {
      fail("command channel", "cannot be read", errno);
    }
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }

  std::string peer_user() const override {
    ucred credentials{};
    socklen_t length = sizeof credentials;
    if (::getsockopt(descriptor_, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) {
      fail("command channel", "the other end's user cannot be read", errno);
    }
    return user_name(credentials.uid);
  }

  void shut_down() override { ::shutdown(descriptor_, SHUT_RDWR); }

 private:
  int descriptor_;
};

// A socket address holds 107 bytes; a longer path is reached through its opened folder.
struct Address {
  explicit Address(const std::string& path) {
    value.sun_family = AF_UNIX;
    std::string reachable = path;
    if (path.size() >= sizeof value.sun_path) {
      const std::filesystem::path full(path);
      folder = ::open(full.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
      reachable = "/proc/self/fd/" + std::to_string(folder) + "/" + full.filename().string();
    }
    if (reachable.size() >= sizeof value.sun_path) {
      throw Error(ErrorCode::kConfig, path + ": the file name of the socket is too long");
    }
    std::memcpy(value.sun_path, reachable.c_str(), reachable.size() + 1);
  }
  Address(const Address&) = delete;
  Address& operator=(const Address&) = delete;
  ~Address() {
    if (folder >= 0) {
      ::close(folder);
    }
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&value); }

  sockaddr_un value{};
  int folder = -1;
};

int new_socket(const std::string& path) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    fail(path, "no socket", errno);
  }
  return descriptor;
}

// The group may use the socket where the hospital let it into the folder.
mode_t socket_mode(const std::string& path) {
  struct stat status {};
  const auto folder = std::filesystem::path(path).parent_path();
  const bool group = ::stat(folder.c_str(), &status) == 0 && (status.st_mode & S_IXGRP) != 0 &&
                     (status.st_mode & S_IXOTH) == 0;
  return group ? 0660 : 0600;
}

int listen_at(const std::string& path) {
  const Address address(path);
  const int descriptor = new_socket(path);
  // The name must never stand there with wider rights, not even for a moment.
  const mode_t before = ::umask(0177);
  int result = ::bind(descriptor, address.get(), sizeof address.value);
  if (result != 0 && errno == EADDRINUSE) {
    if (LocalStream::connect(path)) {
      ::umask(before);
      ::close(descriptor);
      throw Error(ErrorCode::kConflict, path + ": another agent listens here; stop it first");
    }
    ::unlink(path.c_str());  // left by a process that died
    result = ::bind(descriptor, address.get(), sizeof address.value);
  }
  ::umask(before);
  if (result != 0 || ::chmod(path.c_str(), socket_mode(path)) != 0 ||
      ::listen(descriptor, 16) != 0) {
    const int error = errno;
    ::close(descriptor);
    fail(path, "cannot listen", error);
  }
  return descriptor;
}

}  // namespace

std::optional<LocalStream> LocalStream::connect(const std::string& path) {
  const Address address(path);
  const int descriptor = new_socket(path);
  if (::connect(descriptor, address.get(), sizeof address.value) != 0) {
    const int error = errno;
    ::close(descriptor);
    if (error == ENOENT || error == ECONNREFUSED || error == ENOTDIR) {
      return std::nullopt;
    }
    if (error == EACCES || error == EPERM) {
      throw Error(ErrorCode::kIo, path +
                                      ": this account may not use the command socket; it has to be "
                                      "in the group of its folder");
    }
    fail(path, "cannot connect", error);
  }
  LocalStream stream;
  stream.state_ = std::make_unique<State>();
  stream.state_->bytes = std::make_shared<UnixStream>(descriptor);
  return stream;
}

struct LocalServer::State {
  struct Connection {
    std::shared_ptr<ByteStream> bytes;
    std::thread thread;
    bool done = false;
  };

  std::string path;
  std::function<void(LocalStream)> serve;
  int listener = -1;
  int wake = -1;
  std::mutex mutex;
  std::list<Connection> connections;
  std::thread acceptor;

  void accept_until_woken();
  void start(int descriptor);
  void join_finished();
};

void LocalServer::State::join_finished() {
  std::list<Connection> finished;
  {
    const std::lock_guard lock(mutex);
    for (auto at = connections.begin(); at != connections.end();) {
      const auto next = std::next(at);
      if (at->done) {
        finished.splice(finished.end(), connections, at);
      }
      at = next;
    }
  }
  for (Connection& connection : finished) {
    connection.thread.join();
  }
}

void LocalServer::State::start(int descriptor) {
  auto bytes = std::make_shared<UnixStream>(descriptor);
  const std::lock_guard lock(mutex);
  Connection& connection = connections.emplace_back();
  connection.bytes = bytes;
  connection.thread = std::thread([this, &connection, bytes] {
    LocalStream stream;
    stream.state_ = std::make_unique<LocalStream::State>();
    stream.state_->bytes = bytes;
    try {
      serve(std::move(stream));
    } catch (const std::exception&) {
      // The peer went away in the middle of an answer: its own loss.
    }
    bytes->shut_down();
    const std::lock_guard done_lock(mutex);
    connection.done = true;
    connection.bytes.reset();
  });
}

void LocalServer::State::accept_until_woken() {
  while (true) {
    pollfd waiting[2] = {{listener, POLLIN, 0}, {wake, POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0) {
      continue;
    }
    if (waiting[1].revents != 0) {
      return;
    }
    join_finished();
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor >= 0) {
      start(descriptor);
    } else if (errno == EMFILE || errno == ENFILE) {
      ::poll(nullptr, 0, 100);  // wait for a descriptor rather than spin
    }
  }
}

LocalServer::LocalServer(const std::string& path, std::function<void(LocalStream)> serve)
    : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->serve = std::move(serve);
  state_->listener = listen_at(path);
  state_->wake = ::eventfd(0, EFD_CLOEXEC);
  state_->acceptor = std::thread([state = state_.get()] { state->accept_until_woken(); });
}

LocalServer::~LocalServer() {
  const std::uint64_t one = 1;
  while (::write(state_->wake, &one, sizeof one) < 0 && errno == EINTR) {
  }
  state_->acceptor.join();
  ::unlink(state_->path.c_str());
  ::close(state_->listener);
  ::close(state_->wake);
  {
    const std::lock_guard lock(state_->mutex);
    for (auto& connection : state_->connections) {
      if (connection.bytes) {
        connection.bytes->shut_down();
      }
    }
  }
  for (auto& connection : state_->connections) {
    connection.thread.join();
  }
}

}  // namespace sekisho::platform
