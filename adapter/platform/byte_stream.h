#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "adapter/platform/local_socket.h"

namespace sekisho::platform {

// One end of a connection as the operating system gives it. Only local_socket*.cc uses it.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual void write(std::string_view bytes) = 0;                   // all of them, or Error(kIo)
  virtual std::size_t read(char* bytes, std::size_t capacity) = 0;  // 0: the end
  virtual std::string peer_user() const = 0;
  virtual void shut_down() = 0;  // wakes a read in another thread; nothing throws
};

struct LocalStream::State {
  std::shared_ptr<ByteStream> bytes;
  std::string buffer;
};

}  // namespace sekisho::platform
