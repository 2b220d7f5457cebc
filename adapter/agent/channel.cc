#include "adapter/agent/channel.h"

#include <mutex>

#include "fhir/error.h"
#include "fhir/json.h"

namespace sekisho::agent {
namespace {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Json;

constexpr char kHex[] = "0123456789abcdef";
constexpr std::size_t kPiece = 4u << 20;       // bytes of a file in a line
constexpr std::uint64_t kMaxFiles = 1u << 30;  // bytes of all files of a call

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

int digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string from_hex(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) {
      throw Error(ErrorCode::kInput, "command socket: a file's bytes are not in hexadecimal");
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

void write_call(platform::LocalStream& stream, const Call& call) {
  Json line;
  Json argv{Json::Array{}};
  for (const std::string& word : call.words) {
    argv.push(word);
  }
  line.set("argv", std::move(argv));
  line.set("lang", call.language);
  line.set("terminal", call.terminal);
  Json files{Json::Array{}};
  for (const auto& [path, bytes] : call.files) {
    files.push(Json::object(
        {{"path", path}, {"bytes", Json::integer(static_cast<long long>(bytes.size()))}}));
  }
  line.set("files", std::move(files));
  stream.write_line(fhir::write_json(line));
  for (const auto& [path, bytes] : call.files) {
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
      stream.write_line(to_hex(std::string_view(bytes).substr(at, kPiece)));
    }
  }
}

// The pieces of a file that was announced with its size.
std::string read_pieces(platform::LocalStream& stream, std::uint64_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    const std::optional<std::string> piece = stream.read_line();
    if (!piece || piece->empty()) {
      throw Error(ErrorCode::kInput, "command socket: a file ends before its announced size");
    }
    bytes += from_hex(*piece);
  }
  return bytes;
}

Call read_call(platform::LocalStream& stream, std::string_view text) {
  const Json line = fhir::within("command socket", [&] { return fhir::parse_json(text); });
  Call call;
  for (const Json& word : line.items("argv")) {
    if (const auto* value = word.get<std::string>()) {
      call.words.push_back(*value);
    }
  }
  call.language = line.text("lang");
  if (const Json* terminal = line.find("terminal")) {
    const bool* value = terminal->get<bool>();
    call.terminal = value != nullptr && *value;
  }
  std::uint64_t room = kMaxFiles;
  for (const Json& file : line.items("files")) {
    const Json* const bytes = file.find("bytes");
    const auto* const number = bytes == nullptr ? nullptr : bytes->get<fhir::Number>();
    const std::uint64_t size = number == nullptr ? 0 : std::stoull(number->text);
    if (size > room) {
      throw Error(ErrorCode::kInput,
                  "command socket: the files of one command hold more than 1 GB together; split "
                  "them");
    }
    room -= size;
    call.files.emplace_back(std::string(file.text("path")), read_pieces(stream, size));
  }
  return call;
}

// What a command writes inside the agent goes to its caller. A caller that is gone is no reason to
// fail what is under way; the command sees `cancel` and stops where it can.
class RemoteConsole final : public Console {
 public:
  RemoteConsole(platform::LocalStream& stream, bool terminal, std::atomic<bool>& cancel)
      : stream_(stream), terminal_(terminal), cancel_(cancel) {}
  void out(std::string_view line) override { send("out", Json(line)); }
  void err(std::string_view line) override { send("err", Json(line)); }
  void progress(std::string_view line) override { send("progress", Json(line)); }
  bool terminal() const override { return terminal_; }

  void send(std::string_view kind, Json value) {
    Json line;
    line.set(kind, std::move(value));
    const std::string text = fhir::write_json(line);
    const std::lock_guard lock(mutex_);
    if (lost_) {
      return;
    }
    try {
      stream_.write_line(text);
    } catch (const Error&) {
      lost_ = true;
      cancel_ = true;
    }
  }

 private:
  platform::LocalStream& stream_;
  bool terminal_;
  std::atomic<bool>& cancel_;
  bool lost_ = false;
  std::mutex mutex_;
};

}  // namespace

std::optional<int> call_agent(const std::string& socket, const Call& call, Console& console) {
  std::optional<platform::LocalStream> stream = platform::LocalStream::connect(socket);
  if (!stream) {
    return std::nullopt;
  }
  write_call(*stream, call);
  while (const std::optional<std::string> text = stream->read_line()) {
    const Json line = fhir::parse_json(*text);
    if (const Json* exit = line.find("exit")) {
      const auto* number = exit->get<fhir::Number>();
      return number != nullptr ? std::stoi(number->text) : kFailed;
    }
    if (line.find("out") != nullptr) {
      console.out(line.text("out"));
    } else if (line.find("err") != nullptr) {
      console.err(line.text("err"));
    } else {
      console.progress(line.text("progress"));
    }
  }
  throw Error(ErrorCode::kIo,
              "the agent ended before the command did; look at its log, and at what the command "
              "has done so far, before you repeat it");
}

void answer_call(platform::LocalStream stream, const RunCall& run) {
  const std::optional<std::string> text = stream.read_line();
  if (!text) {
    return;
  }
  std::atomic<bool> cancel = false;
  RemoteConsole bare(stream, false, cancel);
  int exit = kFailed;
  try {
    const Call call = read_call(stream, *text);
    RemoteConsole console(stream, call.terminal, cancel);
    exit = run(call, stream.peer_user(), console, cancel);
  } catch (const Error& e) {
    bare.err(e.text());
  }
  bare.send("exit", Json::integer(exit));
}

}  // namespace sekisho::agent
