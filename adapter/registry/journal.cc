#include "adapter/registry/journal.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "fhir/digest.h"
#include "fhir/error.h"

namespace sekisho::registry {
namespace {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Json;

constexpr std::string_view kFile = "journal.jsonl";
constexpr std::size_t kHexBytes = 64;
// A line ends: ,"prev":"<64>","hash":"<64>"} and the hash is over everything before its comma.
constexpr std::string_view kPrev = ",\"prev\":\"";
constexpr std::string_view kHash = "\",\"hash\":\"";
constexpr std::string_view kEnd = "\"}";
constexpr std::size_t kHashTail = kHash.size() - 1 + kHexBytes + kEnd.size();

std::string genesis() { return std::string(kHexBytes, '0'); }

// The bytes that are hashed: all but the tail that names the hash.
std::string_view hashed_part(std::string_view line) {
  return line.substr(0, line.size() - kHashTail);
}

std::string write_line(const JournalLine& line, std::string_view prev) {
  Json by = Json::Array{};
  for (const std::string& name : line.by) {
    by.push(name);
  }
  std::string text =
      fhir::write_json(Json::object({{"seq", Json::integer(static_cast<long long>(line.sequence))},
                                     {"time", fhir::to_text(line.time)},
                                     {"type", line.type},
                                     {"by", std::move(by)},
                                     {"os_user", line.os_user},
                                     {"body", line.body}}));
  text.pop_back();
  text += kPrev;
  text += prev;
  text += '"';
  const std::string hash = fhir::to_hex(fhir::sha256(text));
  text += kHash.substr(1);
  text += hash;
  text += kEnd;
  return text;
}

std::optional<std::uint64_t> integer_of(const Json* value) {
  const auto* number = value == nullptr ? nullptr : value->get<fhir::Number>();
  std::uint64_t result = 0;
  if (number == nullptr) {
    return std::nullopt;
  }
  const char* end = number->text.data() + number->text.size();
  const auto parsed = std::from_chars(number->text.data(), end, result);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(result) : std::nullopt;
}

// Checks one line against the chain and gives its parts; else why not.
std::optional<std::string> read_line(std::string_view text, const JournalEnd& end,
                                     JournalLine& line) {
  if (text.size() < kHashTail + 2 ||
      text.substr(text.size() - kHashTail, kHash.size() - 1) != kHash.substr(1)) {
    return "it does not end with its hash";
  }
  const std::string_view hash = text.substr(text.size() - kEnd.size() - kHexBytes, kHexBytes);
  if (fhir::to_hex(fhir::sha256(hashed_part(text))) != hash) {
    return "its content does not match its hash";
  }
  Json value;
  try {
    value = fhir::parse_json(text);
  } catch (const fhir::JsonError& e) {
    return "it is no JSON (" + e.reason() + ")";
  }
  if (value.text("prev") != end.hash) {
    return "it does not follow the line before it: a line was taken out, put in or exchanged";
  }
  const auto sequence = integer_of(value.find("seq"));
  const auto time = fhir::parse_instant(value.text("time"));
  Json* body = value.find("body");
  if (sequence != end.sequence + 1 || !time || value.text("type").empty() || body == nullptr) {
    return "a part of it is missing or out of order";
  }
  line.sequence = *sequence;
  line.time = *time;
  line.type = value.text("type");
  line.os_user = value.text("os_user");
  line.by.clear();
  for (const Json& name : value.items("by")) {
    if (const std::string* text_of_name = name.get<std::string>()) {
      line.by.push_back(*text_of_name);
    }
  }
  line.body = std::move(*body);
  return std::nullopt;
}

// A power cut can leave the end of a line on the disk and a hole before it. No line of ours holds a
// NUL.
bool is_torn(std::string_view line) { return line.find('\0') != std::string_view::npos; }

std::string mac_of(const JournalEnd& end, std::string_view key) {
  return fhir::to_hex(fhir::hmac_sha256(
      key, "sekisho registry head\x1f" + std::to_string(end.sequence) + "\x1f" + end.hash));
}

}  // namespace

JournalRead read_journal(std::string_view text, const std::optional<JournalEnd>& head,
                         const std::function<void(const JournalLine&)>& line) {
  JournalRead read;
  JournalEnd& end = read.end;
  end.hash = genesis();
  const auto broken = [&](const std::string& what) {
    read.broken = std::string(kFile) + ":" + std::to_string(end.sequence + 1) + ", byte " +
                  std::to_string(end.bytes) + ": " + what;
  };
  JournalLine parts;
  while (true) {
    const std::size_t feed = text.find('\n', end.bytes);
    if (feed == std::string_view::npos) {
      read.torn_bytes = text.size() - end.bytes;
      break;
    }
    const std::string_view content = text.substr(end.bytes, feed - end.bytes);
    if (const auto wrong = read_line(content, end, parts)) {
      if (feed + 1 == text.size() && is_torn(content) &&
          (!head || head->sequence <= end.sequence)) {
        read.torn_bytes = text.size() - end.bytes;
        break;
      }
      broken(*wrong);
      return read;
    }
    end.sequence = parts.sequence;
    end.hash = content.substr(content.size() - kEnd.size() - kHexBytes, kHexBytes);
    end.last_time = std::max(end.last_time, parts.time);
    end.bytes = feed + 1;
    if (head && head->sequence == end.sequence && head->hash != end.hash) {
      end.bytes -= content.size() + 1;
      --end.sequence;
      broken("it is not the line that this registry wrote: the journal was rewritten");
      return read;
    }
    line(parts);
  }
  if (head && head->sequence > end.sequence) {
    broken("lines that this registry acknowledged, up to " + std::to_string(head->sequence) +
           ", are missing: the journal was cut or comes from an older backup");
  }
  return read;
}

std::string head_text(const JournalEnd& end, std::string_view key) {
  return fhir::write_json(
             Json::object({{"sequence", Json::integer(static_cast<long long>(end.sequence))},
                           {"hash", end.hash},
                           {"mac", mac_of(end, key)}})) +
         "\n";
}

JournalEnd parse_head(std::string_view text, std::string_view key) {
  JournalEnd end;
  const Json value = fhir::parse_json(text);
  const auto sequence = integer_of(value.find("sequence"));
  end.sequence = sequence.value_or(0);
  end.hash = value.text("hash");
  if (!sequence || value.text("mac") != mac_of(end, key)) {
    throw Error(ErrorCode::kCorrupt,
                "the journal's head was not written with this installation's key");
  }
  return end;
}

std::optional<JournalEnd> read_head(const std::string& path, std::string_view key) {
  if (!platform::file_exists(path)) {
    return std::nullopt;
  }
  return fhir::within(path, [&] { return parse_head(platform::read_file(path, 1 << 16), key); });
}

void write_head(const std::string& path, const JournalEnd& end, std::string_view key) {
  platform::write_file(path, head_text(end, key));
}

JournalWriter::JournalWriter(platform::AppendFile file, JournalEnd end)
    : file_(std::move(file)), end_(std::move(end)) {
  if (end_.hash.empty()) {
    end_.hash = genesis();
  }
}

void JournalWriter::append(JournalLine& line) {
  line.sequence = end_.sequence + 1;
  const std::string text = write_line(line, end_.hash);
  // A line that does not read back would lock the registry for ever.
  JournalLine again;
  if (const auto wrong = read_line(text, end_, again)) {
    throw Error(ErrorCode::kInput,
                "registry: this event cannot be kept so that it reads back: " + *wrong);
  }
  file_.append(text + "\n");
  file_.sync();
  end_.sequence = line.sequence;
  end_.hash = text.substr(text.size() - kEnd.size() - kHexBytes, kHexBytes);
  end_.bytes += text.size() + 1;
  end_.last_time = std::max(end_.last_time, line.time);
}

void JournalWriter::cut_to_end() { file_.truncate(end_.bytes); }

}  // namespace sekisho::registry
