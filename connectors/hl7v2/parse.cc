#include <optional>
#include <utility>

#include "connectors/hl7v2/build_message.h"
#include "connectors/hl7v2/lines.h"
#include "connectors/hl7v2/message.h"

namespace sekisho::connectors::hl7v2 {

namespace {

using Severity = fhir::Issue::Severity;

// A batch envelope's running count, to compare with what its trailer states.
struct Envelope {
  bool open = false;
  std::size_t held = 0;
};

class Parser {
 public:
  Parser(std::string_view bytes, Encoding encoding, ParseLimits limits)
      : bytes_(bytes), encoding_(encoding), limits_(limits) {}

  Parsed run() {
    LineReader lines(bytes_);
    while (const std::optional<Line> line = lines.next()) {
      take(*line);
    }
    finish_message();
    close_batch(std::nullopt);
    close_file(std::nullopt);
    report_orphans();
    if (number_ > limits_.max_messages) {
      report(parsed_.issues, Severity::kError, "input.too-many-messages", "file",
             plural(number_, "message") + ", more than the limit of " +
                 std::to_string(limits_.max_messages) + "; the rest is left out");
    }
    return std::move(parsed_);
  }

 private:
  std::string_view text_of(const Line& line) const {
    return bytes_.substr(line.begin, line.end - line.begin);
  }

  void take(const Line& line) {
    if (line.frame_before) {
      finish_message();  // what follows a frame border belongs to another message, or to none
    }
    const std::string_view text = text_of(line);
    if (starts_header(text, "MSH")) {
      start_message({line.begin, line.end});
    } else if (is_envelope(text)) {
      take_envelope(text);
    } else if (pieces_.size() > limits_.max_segments) {
      ++beyond_;  // counted, no longer kept
    } else if (!pieces_.empty()) {
      const char separator = bytes_[pieces_.front().begin + 3];
      if (line.line_feed_before && !looks_like_segment(text, separator)) {
        pieces_.back().end = line.end;
        ++continued_;
      } else {
        pieces_.push_back({line.begin, line.end});
      }
    } else if (const std::size_t at = find_header(text); at != std::string_view::npos) {
      report(parsed_.issues, Severity::kWarning, "framing.garbage",
             "byte " + std::to_string(line.begin), plural(at, "byte") + " before the MSH left out");
      start_message({line.begin + at, line.end});
    } else if (orphans_++ == 0) {
      first_orphan_ = line.begin;
    }
  }

  void start_message(Piece header) {
    finish_message();
    report_orphans();
    pieces_.push_back(header);
  }

  void finish_message() {
    if (pieces_.empty()) {
      return;
    }
    ++number_;
    batch_.held += 1;
    if (number_ > limits_.max_messages) {
      forget_message();
      return;
    }
    if (pieces_.size() == 1 && !states_type(pieces_.front())) {
      report(parsed_.issues, Severity::kError, "message.header", source_of({number_, 1, "MSH"}),
             "an MSH without a message type, and nothing after it; left out");
    } else if (pieces_.size() > limits_.max_segments) {
      report(parsed_.issues, Severity::kError, "message.too-long", source_of({number_, 0, {}}),
             plural(pieces_.size() + beyond_, "segment") + ", more than the limit of " +
                 std::to_string(limits_.max_segments) + "; left out");
    } else {
      if (continued_ > 0) {
        report(parsed_.issues, Severity::kWarning, "framing.line-feed", source_of({number_, 0, {}}),
               plural(continued_, "line feed") +
                   " read as part of a field, because no segment follows");
      }
      if (auto message = build_message(bytes_, pieces_, number_, encoding_, limits_.max_separators,
                                       parsed_.issues)) {
        parsed_.messages.push_back(std::move(*message));
      }
    }
    forget_message();
  }

  void forget_message() {
    pieces_.clear();
    continued_ = 0;
    beyond_ = 0;
  }

  bool states_type(const Piece& piece) const {
    const std::string header = header_line(bytes_.substr(piece.begin, piece.end - piece.begin));
    return !Segment(header, 1, separated_by(header[3])).field(9).empty();
  }

  // Lines that belong to no message: counted, with the place of the first, never their content.
  void report_orphans() {
    if (orphans_ == 0) {
      return;
    }
    report(parsed_.issues, Severity::kError, "message.no-header",
           "byte " + std::to_string(first_orphan_),
           plural(orphans_, "line") +
               " outside of any message (no MSH before) left out; the file may be cut or binary");
    orphans_ = 0;
  }

  void take_envelope(std::string_view text) {
    finish_message();
    const std::string_view name = text.substr(0, 3);
    const Segment segment(text, 1, separated_by(text.size() > 3 ? text[3] : '|'));
    if (name == "FHS") {
      close_batch(std::nullopt);
      close_file(std::nullopt);
      file_ = {true, 0};
    } else if (name == "BHS") {
      close_batch(std::nullopt);
      batch_ = {true, 0};
      file_.held += 1;
    } else if (name == "BTS") {
      close_batch(segment.field(1));
    } else {
      close_batch(std::nullopt);
      close_file(segment.field(1));
    }
  }

  void close_batch(std::optional<std::string_view> stated) {
    if (!stated && batch_.open) {
      report(parsed_.issues, Severity::kWarning, "batch.not-closed", "batch",
             "a batch without its BTS: the file may be cut");
    }
    if (stated) {
      compare(*stated, batch_.held, "BTS-1", "message");
    }
    batch_ = {false, 0};
  }

  void close_file(std::optional<std::string_view> stated) {
    if (!stated && file_.open) {
      report(parsed_.issues, Severity::kWarning, "batch.not-closed", "file",
             "a batch file without its FTS: the file may be cut");
    }
    if (stated) {
      compare(*stated, file_.held, "FTS-1", "batch");
    }
    file_ = {false, 0};
  }

  void compare(std::string_view stated, std::size_t held, std::string_view field,
               std::string_view what) {
    if (!stated.empty() && stated != std::to_string(held)) {
      report(parsed_.issues, Severity::kWarning, "batch.count", std::string(field),
             std::string(field) + " states another number than the " + std::to_string(held) + " " +
                 std::string(what) + "(s) that are there");
    }
  }

  std::string_view bytes_;
  Encoding encoding_;
  ParseLimits limits_;
  Parsed parsed_;
  std::vector<Piece> pieces_;  // of the message being read
  std::size_t orphans_ = 0;    // lines since the last message that belong to none
  std::size_t first_orphan_ = 0;
  std::size_t beyond_ = 0;  // lines of a message that is over its limit already
  std::size_t continued_ = 0;
  std::size_t number_ = 0;
  Envelope batch_;
  Envelope file_;
};

}  // namespace

Parsed parse(std::string_view bytes, Encoding encoding, ParseLimits limits) {
  Parsed parsed;
  if (bytes.size() > limits.max_bytes) {
    report(
        parsed.issues, Severity::kFatal, "input.too-large", "file",
        "more than the limit of " + std::to_string(limits.max_bytes) + " bytes; nothing was read");
    return parsed;
  }
  if (bytes.substr(0, 2) == "\xFF\xFE" || bytes.substr(0, 2) == "\xFE\xFF") {
    report(parsed.issues, Severity::kFatal, "charset.unsupported", "file",
           "the file is UTF-16; have the sender write ISO-2022-JP or UTF-8");
    return parsed;
  }
  parsed = Parser(bytes, encoding, limits).run();
  if (parsed.messages.empty() && parsed.issues.empty()) {
    report(parsed.issues, Severity::kError, "message.none", "file", "the file holds no message");
  }
  return parsed;
}

}  // namespace sekisho::connectors::hl7v2
