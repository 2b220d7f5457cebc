#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::platform {

// A command channel between processes of one machine: a Unix socket (0600, or 0660 where a group
// may enter its folder and nobody else), a named pipe on Windows. Messages are lines of UTF-8
// without LF; one with LF is Error(kUsage). For one thread at a time.
class LocalStream {
 public:
  LocalStream(LocalStream&&) noexcept;
  LocalStream& operator=(LocalStream&&) noexcept;
  ~LocalStream();
  // Connects; nothing where nobody listens. Throws Error(kIo) where this account may not.
  static std::optional<LocalStream> connect(const std::string& path);
  void write_line(std::string_view line);  // throws Error(kIo) where the peer is gone
  std::optional<std::string> read_line();  // nothing at the end; Error(kInput) above 16 MB
  std::string peer_user() const;           // operating-system user of the other end

 private:
  friend class LocalServer;
  LocalStream();
  struct State;
  std::unique_ptr<State> state_;
};

// Accepts on its own thread and calls `serve` on a thread for each connection, until destroyed:
// that ends the streams and waits for every `serve` to return. What `serve` throws is dropped.
class LocalServer {
 public:
  // Throws Error(kConflict) where another listens there, Error(kIo, kConfig) where nobody can.
  LocalServer(const std::string& path, std::function<void(LocalStream)> serve);
  ~LocalServer();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sekisho::platform
