#include <windows.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include "adapter/platform/byte_stream.h"
#include "adapter/platform/windows_text.h"
#include "fhir/error.h"

namespace sekisho::platform {
namespace {

using fhir::Error;
using fhir::ErrorCode;

// "\\.\pipe\sekisho-C__ProgramData_Sekisho_agent.sock": the configured path names the pipe.
std::wstring pipe_name(const std::string& path) {
  std::wstring name = wide(path);
  std::replace_if(
      name.begin(), name.end(), [](wchar_t c) { return c == L'\\' || c == L'/' || c == L':'; },
      L'_');
  return L"\\\\.\\pipe\\sekisho-" + name;
}

class Event {
 public:
  Event() : handle_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { CloseHandle(handle_); }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_;
};

class PipeStream final : public ByteStream {
 public:
  PipeStream(HANDLE pipe, bool server) : pipe_(pipe), server_(server) {}
  PipeStream(const PipeStream&) = delete;
  PipeStream& operator=(const PipeStream&) = delete;
  ~PipeStream() override {
    if (server_) {
      FlushFileBuffers(pipe_);
      DisconnectNamedPipe(pipe_);
    }
    CloseHandle(pipe_);
  }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      DWORD count = 0;
      const Event event;
      OVERLAPPED call{};
      call.hEvent = event.get();
      const DWORD wanted = static_cast<DWORD>(std::min<std::size_t>(bytes.size(), 1u << 20));
      if ((WriteFile(pipe_, bytes.data(), wanted, nullptr, &call) == 0 &&
           GetLastError() != ERROR_IO_PENDING) ||
          GetOverlappedResult(pipe_, &call, &count, TRUE) == 0) {
        fail_windows("command channel", "the other end is gone", GetLastError());
      }
      bytes.remove_prefix(count);
    }
  }

  std::size_t read(char* bytes, std::size_t capacity) override {
    DWORD count = 0;
    const Event event;
    OVERLAPPED call{};
    call.hEvent = event.get();
    if ((ReadFile(pipe_, bytes, static_cast<DWORD>(capacity), nullptr, &call) == 0 &&
         GetLastError() != ERROR_IO_PENDING) ||
        GetOverlappedResult(pipe_, &call, &count, TRUE) == 0) {
      return 0;  // broken pipe, or shut down from this side
    }
    return count;
  }

  std::string peer_user() const override {
    if (!server_ || ImpersonateNamedPipeClient(pipe_) == 0) {
      return "unknown";
    }
    wchar_t name[257];
    DWORD length = 257;
    const bool known = GetUserNameW(name, &length) != 0;
    RevertToSelf();
    return known ? narrow(std::wstring_view(name, length - 1)) : "unknown";
  }

  void shut_down() override { CancelIoEx(pipe_, nullptr); }

 private:
  HANDLE pipe_;
  bool server_;
};

HANDLE new_pipe(const std::string& path, bool first) {
  // Without a security descriptor: full rights to the account that runs the agent,
  // administrators and the system. Remote clients are refused.
  const HANDLE pipe = CreateNamedPipeW(
      pipe_name(path).c_str(),
      PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
      PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
      PIPE_UNLIMITED_INSTANCES, 1 << 16, 1 << 16, 0, nullptr);
  if (pipe == INVALID_HANDLE_VALUE) {
    const DWORD error = GetLastError();
    if (error == ERROR_ACCESS_DENIED && first) {
      throw Error(ErrorCode::kConflict, path + ": another agent listens here; stop it first");
    }
    fail_windows(path, "cannot listen", error);
  }
  return pipe;
}

}  // namespace

std::optional<LocalStream> LocalStream::connect(const std::string& path) {
  const std::wstring name = pipe_name(path);
  while (true) {
    const HANDLE pipe = CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                    OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr);
    if (pipe != INVALID_HANDLE_VALUE) {
      LocalStream stream;
      stream.state_ = std::make_unique<State>();
      stream.state_->bytes = std::make_shared<PipeStream>(pipe, false);
      return stream;
    }
    const DWORD error = GetLastError();
    if (error == ERROR_FILE_NOT_FOUND) {
      return std::nullopt;
    }
    if (error != ERROR_PIPE_BUSY || WaitNamedPipeW(name.c_str(), 5'000) == 0) {
      fail_windows(path, "cannot connect", error);
    }
  }
}

struct LocalServer::State {
  struct Connection {
    std::shared_ptr<ByteStream> bytes;
    std::thread thread;
    bool done = false;
  };

  std::string path;
  std::function<void(LocalStream)> serve;
  Event wake;
  std::mutex mutex;
  std::list<Connection> connections;
  std::thread acceptor;

  void accept_until_woken(HANDLE pipe);
  void start(HANDLE pipe);
};

void LocalServer::State::start(HANDLE pipe) {
  auto bytes = std::make_shared<PipeStream>(pipe, true);
  const std::lock_guard lock(mutex);
  for (auto at = connections.begin(); at != connections.end();) {
    if (at->done) {
      at->thread.join();
      at = connections.erase(at);
    } else {
      ++at;
    }
  }
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
    const std::lock_guard done_lock(mutex);
    connection.bytes.reset();
    connection.done = true;
  });
}

void LocalServer::State::accept_until_woken(HANDLE pipe) {
  while (true) {
    const Event event;
    OVERLAPPED call{};
    call.hEvent = event.get();
    const bool connected =
        ConnectNamedPipe(pipe, &call) != 0 || GetLastError() == ERROR_PIPE_CONNECTED;
    if (!connected) {
      const HANDLE waiting[2] = {wake.get(), event.get()};
      if (WaitForMultipleObjects(2, waiting, FALSE, INFINITE) == WAIT_OBJECT_0) {
        CancelIoEx(pipe, &call);
        CloseHandle(pipe);
        return;
      }
    }
    start(pipe);
    try {
      pipe = new_pipe(path, false);
    } catch (const Error&) {
      return;  // the agent's own check of the channel notices
    }
  }
}

LocalServer::LocalServer(const std::string& path, std::function<void(LocalStream)> serve)
    : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->serve = std::move(serve);
  const HANDLE pipe = new_pipe(path, true);
  state_->acceptor = std::thread([state = state_.get(), pipe] { state->accept_until_woken(pipe); });
}

LocalServer::~LocalServer() {
  SetEvent(state_->wake.get());
  state_->acceptor.join();
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
