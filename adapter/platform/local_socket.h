#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::platform {

// A command channel between processes of one machine: a Unix socket (0600, and 0660 where the path
// says so by its folder), a named pipe on Windows. Messages are lines of UTF-8 without LF.
class LocalStream {
 public:
  LocalStream(LocalStream&&) noexcept;
  LocalStream& operator=(LocalStream&&) noexcept;
  ~LocalStream();
  // Connects; nothing where nobody listens.
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

// Accepts on its own thread and calls `serve` on a thread for each connection, until destroyed.
class LocalServer {
 public:
  LocalServer(const std::string& path, std::function<void(LocalStream)> serve);
  ~LocalServer();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sekisho::platform
