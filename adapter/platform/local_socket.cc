#include "adapter/platform/local_socket.h"

#include "adapter/platform/byte_stream.h"
#include "fhir/error.h"

namespace sekisho::platform {

using fhir::Error;
using fhir::ErrorCode;

namespace {
constexpr std::size_t kMaxLine = 16u << 20;
}

LocalStream::LocalStream() = default;
LocalStream::LocalStream(LocalStream&&) noexcept = default;
LocalStream& LocalStream::operator=(LocalStream&&) noexcept = default;
LocalStream::~LocalStream() = default;

void LocalStream::write_line(std::string_view line) {
  if (line.find('\n') != std::string_view::npos) {
    throw Error(ErrorCode::kUsage, "command channel: a message may not hold a line feed");
  }
  std::string bytes(line);
  bytes.push_back('\n');
  state_->bytes->write(bytes);
}

std::optional<std::string> LocalStream::read_line() {
  std::string& buffer = state_->buffer;
  std::size_t searched = 0;
  while (true) {
    const std::size_t end = buffer.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = buffer.substr(0, end);
      buffer.erase(0, end + 1);
      return line;
    }
    searched = buffer.size();
    if (buffer.size() > kMaxLine) {
      throw Error(ErrorCode::kInput, "command channel: a line is longer than 16 MB");
    }
    char block[1 << 14];
    const std::size_t count = state_->bytes->read(block, sizeof block);
    if (count == 0) {
      return std::nullopt;  // what stands in the buffer was cut off: nobody meant it
    }
    buffer.append(block, count);
  }
}

std::string LocalStream::peer_user() const { return state_->bytes->peer_user(); }

}  // namespace sekisho::platform
