#include <windows.h>
// Needs windows.h before it.
#include <sddl.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "adapter/platform/byte_stream.h"
#include "adapter/platform/windows_text.h"
#include "fhir/error.h"

namespace sekisho::platform {
namespace {

using fhir::Error;
using fhir::ErrorCode;

constexpr DWORD kPauseMs = 100;
constexpr DWORD kBufferBytes = 1u << 16;

// "\\.\pipe\sekisho-C__ProgramData_Sekisho_agent.sock": the configured path names the pipe.
std::wstring pipe_name(const std::string& path) {
  std::wstring name = wide(path);
  std::replace_if(
      name.begin(), name.end(), [](wchar_t c) { return c == L'\\' || c == L'/' || c == L':'; },
      L'_');
  return L"\\\\.\\pipe\\sekisho-" + name;
}

class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE) {
      CloseHandle(handle_);
    }
  }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_;
};

class Event {
 public:
  Event() : handle_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
    if (handle_.get() == nullptr) {
      fail_windows("command channel", "no event", GetLastError());
    }
  }
  HANDLE get() const { return handle_.get(); }

 private:
  Handle handle_;
};

struct LocalFreed {
  void operator()(void* memory) const { LocalFree(memory); }
};

std::vector<unsigned char> user_of(HANDLE token) {
  DWORD size = 0;
  GetTokenInformation(token, TokenUser, nullptr, 0, &size);
  std::vector<unsigned char> bytes(size);
  if (bytes.empty() || GetTokenInformation(token, TokenUser, bytes.data(), size, &size) == 0) {
    return {};
  }
  return bytes;
}

PSID sid_in(std::vector<unsigned char>& user) {
  return reinterpret_cast<TOKEN_USER*>(user.data())->User.Sid;
}

// Full rights to the system, the administrators and the account that runs this process; to nobody
// else. (Windows' default lets every user read a pipe.)
std::unique_ptr<void, LocalFreed> own_rights() {
  HANDLE opened = nullptr;
  if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &opened) == 0) {
    fail_windows("command channel", "this process's account cannot be read", GetLastError());
  }
  const Handle token(opened);
  std::vector<unsigned char> user = user_of(token.get());
  wchar_t* text = nullptr;
  if (user.empty() || ConvertSidToStringSidW(sid_in(user), &text) == 0) {
    fail_windows("command channel", "this process's account cannot be read", GetLastError());
  }
  const std::unique_ptr<void, LocalFreed> text_owner(text);
  const std::wstring rights = std::wstring(L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;") + text + L")";
  void* descriptor = nullptr;
  if (ConvertStringSecurityDescriptorToSecurityDescriptorW(rights.c_str(), SDDL_REVISION_1,
                                                           &descriptor, nullptr) == 0) {
    fail_windows("command channel", "its rights cannot be made", GetLastError());
  }
  return std::unique_ptr<void, LocalFreed>(descriptor);
}

class PipeStream final : public ByteStream {
 public:
  PipeStream(HANDLE pipe, bool server) : pipe_(pipe), server_(server) {}

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const Event event;
      OVERLAPPED call{};
      call.hEvent = event.get();
      const DWORD wanted = static_cast<DWORD>(std::min<std::size_t>(bytes.size(), 1u << 20));
      const BOOL begun = WriteFile(pipe_.get(), bytes.data(), wanted, nullptr, &call);
      const DWORD count = finish(begun, call);
      if (count == 0) {
        fail_windows("command channel", "the other end is gone", GetLastError());
      }
      bytes.remove_prefix(count);
    }
  }

  std::size_t read(char* bytes, std::size_t capacity) override {
    const Event event;
    OVERLAPPED call{};
    call.hEvent = event.get();
    const BOOL begun = ReadFile(pipe_.get(), bytes, static_cast<DWORD>(capacity), nullptr, &call);
    return finish(begun, call);
  }

  // The system lets a server see its client's account once it has read from it.
  std::string peer_user() const override {
    if (!server_ || ImpersonateNamedPipeClient(pipe_.get()) == 0) {
      return "unknown";
    }
    HANDLE opened = nullptr;
    const BOOL known = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &opened);
    RevertToSelf();
    const Handle token(opened);
    std::vector<unsigned char> user;
    if (known != 0) {
      user = user_of(token.get());
    }
    wchar_t name[257];
    wchar_t domain[257];
    DWORD name_length = 257;
    DWORD domain_length = 257;
    SID_NAME_USE use = SidTypeUnknown;
    if (user.empty() || LookupAccountSidW(nullptr, sid_in(user), name, &name_length, domain,
                                          &domain_length, &use) == 0) {
      return "unknown";
    }
    return narrow(std::wstring_view(name, name_length));
  }

  void shut_down() override { SetEvent(closing_.get()); }

 private:
  // The bytes carried by a call that was begun; 0 where the pipe is broken or shut down here.
  DWORD finish(BOOL begun, OVERLAPPED& call) {
    if (begun == 0 && GetLastError() != ERROR_IO_PENDING) {
      return 0;
    }
    const HANDLE waiting[2] = {call.hEvent, closing_.get()};
    if (WaitForMultipleObjects(2, waiting, FALSE, INFINITE) != WAIT_OBJECT_0) {
      CancelIoEx(pipe_.get(), &call);
    }
    // Waits for a cancelled call too: until then the system may write into our buffer.
    DWORD count = 0;
    return GetOverlappedResult(pipe_.get(), &call, &count, TRUE) != 0 ? count : 0;
  }

  // Closing leaves the client what it has not read yet.
  Handle pipe_;
  bool server_;
  Event closing_;
};

HANDLE new_pipe(const std::string& path, bool first) {
  const auto rights = own_rights();
  SECURITY_ATTRIBUTES attributes{};
  attributes.nLength = sizeof attributes;
  attributes.lpSecurityDescriptor = rights.get();
  const HANDLE pipe = CreateNamedPipeW(
      pipe_name(path).c_str(),
      PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
      PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
      PIPE_UNLIMITED_INSTANCES, kBufferBytes, kBufferBytes, 0, &attributes);
  if (pipe == INVALID_HANDLE_VALUE) {
    const DWORD error = GetLastError();
    if (first && (error == ERROR_ACCESS_DENIED || error == ERROR_PIPE_BUSY)) {
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
    // The server may ask who we are, and may not act in our name.
    const HANDLE pipe = CreateFileW(
        name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
        FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr);
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
  bool connected(HANDLE pipe);
  HANDLE next_pipe();
  void start(std::shared_ptr<ByteStream> bytes);
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

void LocalServer::State::start(std::shared_ptr<ByteStream> bytes) {
  const std::lock_guard lock(mutex);
  Connection& connection = connections.emplace_back();
  connection.bytes = bytes;
  connection.thread = std::thread([this, &connection, bytes = std::move(bytes)]() mutable {
    LocalStream stream;
    stream.state_ = std::make_unique<LocalStream::State>();
    stream.state_->bytes = std::move(bytes);
    try {
      serve(std::move(stream));
    } catch (const std::exception&) {
      // The peer went away in the middle of an answer: its own loss.
    }
    const std::lock_guard done_lock(mutex);
    connection.done = true;
    connection.bytes.reset();
  });
}

// Waits for a client; false when woken to stop.
bool LocalServer::State::connected(HANDLE pipe) {
  while (true) {
    const Event event;
    OVERLAPPED call{};
    call.hEvent = event.get();
    const BOOL begun = ConnectNamedPipe(pipe, &call);
    const DWORD error = begun != 0 ? ERROR_SUCCESS : GetLastError();
    if (error == ERROR_PIPE_CONNECTED) {
      return true;
    }
    if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING) {
      const HANDLE waiting[2] = {wake.get(), event.get()};
      const bool woken = WaitForMultipleObjects(2, waiting, FALSE, INFINITE) == WAIT_OBJECT_0;
      if (woken) {
        CancelIoEx(pipe, &call);
      }
      DWORD ignored = 0;
      const bool there = GetOverlappedResult(pipe, &call, &ignored, TRUE) != 0;
      if (woken || there) {
        return !woken;
      }
    } else if (WaitForSingleObject(wake.get(), error == ERROR_NO_DATA ? 0 : kPauseMs) ==
               WAIT_OBJECT_0) {
      return false;
    }
    DisconnectNamedPipe(pipe);  // the client came and went
  }
}

// Out of handles or memory: waits for some rather than stops to listen. Nothing when woken to stop.
HANDLE LocalServer::State::next_pipe() {
  while (true) {
    try {
      return new_pipe(path, false);
    } catch (const Error&) {
      if (WaitForSingleObject(wake.get(), kPauseMs) == WAIT_OBJECT_0) {
        return INVALID_HANDLE_VALUE;
      }
    }
  }
}

void LocalServer::State::accept_until_woken(HANDLE pipe) {
  while (pipe != INVALID_HANDLE_VALUE) {
    auto bytes = std::make_shared<PipeStream>(pipe, true);
    if (!connected(pipe)) {
      return;
    }
    // Before this client is served: while its pipe is the only one, its end would be the name's.
    pipe = next_pipe();
    join_finished();
    start(std::move(bytes));
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
