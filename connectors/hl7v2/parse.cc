#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "connectors/hl7v2/header.h"
#include "connectors/hl7v2/lines.h"
#include "connectors/hl7v2/message.h"

namespace sekisho::connectors::hl7v2 {

namespace {

constexpr std::size_t kMostCharsetIssues =
    20;  // of one message; the rest is one Issue with a count
constexpr std::size_t kMostBytesToJudge = 1u << 20;  // how much of a message detection looks at

using Severity = fhir::Issue::Severity;

std::string plural(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

struct Place {
  std::size_t message = 0;  // 1-based
  std::size_t segment = 0;
  std::string_view name;
};

std::string source_of(const Place& place) {
  std::string source = "message " + std::to_string(place.message);
  if (place.segment != 0) {
    source += " segment " + std::to_string(place.segment);
  }
  if (!place.name.empty()) {
    source += " (" + std::string(place.name) + ")";
  }
  return source;
}

void report(fhir::Issues& issues, Severity severity, std::string code, std::string source,
            std::string diagnostics) {
  fhir::Issue issue;
  issue.severity = severity;
  issue.code = std::move(code);
  issue.source = std::move(source);
  issue.diagnostics = std::move(diagnostics);
  issues.push_back(std::move(issue));
}

Separators separated_by(char field) {
  Separators separators;
  separators.field = field;
  return separators;
}

// The header line as bytes with its name in upper case, for a look at it before decoding.
std::string header_line(std::string_view line) {
  std::string header(line);
  header.replace(0, 3, "MSH");
  return header;
}

// A segment as bytes: one line, or several where a lone LF stands inside a field.
struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Makes one message of its pieces, the first of which is the MSH.
class MessageBuilder {
 public:
  MessageBuilder(std::string_view bytes, const std::vector<Piece>& pieces, std::size_t number,
                 Encoding requested, fhir::Issues& issues)
      : bytes_(bytes), pieces_(pieces), number_(number), requested_(requested), issues_(issues) {}

  Message build() {
    encoding_ = choose();
    Message message;
    auto text = std::make_unique<std::string>();
    text->reserve(pieces_.back().end - pieces_.front().begin + pieces_.size());
    std::vector<Piece> decoded;
    decoded.reserve(pieces_.size());
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const std::size_t begin = text->size();
      append(*text, i);
      if (i == 0) {
        message.separators = read_separators(*text);
      }
      tidy(*text, begin, i, message.separators);
      decoded.push_back({begin, text->size()});
    }
    report_charset_rest();
    const std::string_view whole = *text;
    message.segments.reserve(decoded.size());
    for (const Piece& piece : decoded) {
      message.segments.emplace_back(whole.substr(piece.begin, piece.end - piece.begin),
                                    message.segments.size() + 1, message.separators);
    }
    message.text = std::move(text);
    return message;
  }

 private:
  std::string_view body() const {
    return bytes_.substr(pieces_.front().begin, pieces_.back().end - pieces_.front().begin);
  }

  Encoding choose() {
    const std::string_view all = body();
    if (requested_ != Encoding::kAuto || !needs_decoding(all)) {
      return requested_ == Encoding::kAuto ? Encoding::kIso2022Jp : requested_;
    }
    const std::string header = header_line(
        bytes_.substr(pieces_.front().begin, pieces_.front().end - pieces_.front().begin));
    const Segment raw(header, 1, separated_by(header[3]));
    const std::string_view label = raw.field(18);
    const std::string_view sample = all.substr(0, kMostBytesToJudge);
    const std::optional<Encoding> labelled =
        encoding_of_label(label, header.size() > 5 ? header[5] : '~');
    if (labelled && fits(sample, *labelled)) {
      return *labelled;
    }
    const Encoding found = detect(sample);
    if (!label.empty()) {
      report(issues_, Severity::kWarning, "charset.label",
             source_of({number_, 1, "MSH"}) + " field 18",
             std::string(labelled ? "the stated character set does not fit the bytes"
                                  : "the stated character set is not known") +
                 "; read as " + std::string(name_of(found)) +
                 "; have the sender state the one that it writes");
    }
    return found;
  }

  static bool fits(std::string_view sample, Encoding label) {
    const bool high = has_high_byte(sample);
    if (label == Encoding::kIso2022Jp) {
      return !high;
    }
    if (!high) {
      return sample.find('\x1B') == std::string_view::npos;
    }
    const Fit result = fit(sample, label);
    return result.bad * 3 <= result.good;
  }

  void append(std::string& text, std::size_t i) {
    const Piece& piece = pieces_[i];
    const std::string_view raw = bytes_.substr(piece.begin, piece.end - piece.begin);
    const std::size_t begin = text.size();
    if (encoding_ == Encoding::kAuto || !needs_decoding(raw)) {
      text += raw;
    } else {
      DecodeFindings findings;
      decode(raw, encoding_, text, findings);
      report_charset(findings, i);
    }
    const auto nul =
        std::remove(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), '\0');
    if (nul != text.end()) {
      report(issues_, Severity::kWarning, "framing.nul", source_of({number_, i + 1, {}}),
             plural(static_cast<std::size_t>(text.end() - nul), "NUL byte") +
                 " inside the segment left out");
      text.erase(nul, text.end());
    }
    if (i > 0 && wide_escape_.size() > 0) {
      replace_escape(text, begin);
    }
  }

  void report_charset(const DecodeFindings& findings, std::size_t i) {
    for (const std::size_t offset : findings.undecodable) {
      if (charset_issues_++ < kMostCharsetIssues) {
        report(issues_, Severity::kWarning, "charset.undecodable", source_of({number_, i + 1, {}}),
               "byte " + std::to_string(pieces_[i].begin + offset) + " is no " +
                   std::string(name_of(encoding_)) + "; U+FFFD stands for it");
      }
    }
    if (findings.left_open) {
      report(issues_, Severity::kWarning, "charset.left-open", source_of({number_, i + 1, {}}),
             "the segment ends inside two-byte characters, so separators near its end may have "
             "been read as text; the sender has to return to ASCII before each separator");
    }
  }

  void report_charset_rest() {
    if (charset_issues_ > kMostCharsetIssues) {
      report(issues_, Severity::kWarning, "charset.undecodable", source_of({number_, 0, {}}),
             "and " + plural(charset_issues_ - kMostCharsetIssues, "more undecodable place"));
    }
  }

  Separators read_separators(std::string& header) {
    HeaderFindings findings;
    const Separators separators = hl7v2::read_separators(header, findings);
    wide_escape_ = findings.wide_escape;
    if (!wide_escape_.empty()) {
      replace_escape(header, 0);
    }
    for (const std::string& problem : findings.problems) {
      report(issues_, Severity::kWarning, "header.separators", source_of({number_, 1, "MSH"}),
             problem);
    }
    return separators;
  }

  // A yen sign or full-width backslash as escape character becomes '\\' all through the message.
  void replace_escape(std::string& text, std::size_t begin) const {
    std::size_t to = begin;
    for (std::size_t from = begin; from < text.size(); ++to) {
      if (std::string_view(text).substr(from, wide_escape_.size()) == wide_escape_) {
        text[to] = '\\';
        from += wide_escape_.size();
      } else {
        text[to] = text[from++];
      }
    }
    text.resize(to);
  }

  // Upper-cases the name of the segment and says so; says when there is none.
  void tidy(std::string& text, std::size_t begin, std::size_t i, const Separators& separators) {
    const std::size_t name_size =
        Segment(std::string_view(text).substr(begin, 4), i + 1, separators).name().size();
    if (name_size != 3) {
      report(issues_, Severity::kWarning, "segment.name", source_of({number_, i + 1, {}}),
             "the segment does not begin with a name of three letters or digits");
    }
    bool changed = false;
    for (std::size_t k = begin; k < begin + name_size; ++k) {
      if (text[k] >= 'a' && text[k] <= 'z') {
        text[k] = static_cast<char>(text[k] - 'a' + 'A');
        changed = true;
      }
    }
    if (changed) {
      report(issues_, Severity::kWarning, "segment.case", source_of({number_, i + 1, {}}),
             "the segment name is in lower case; read as upper case");
    }
  }

  std::string_view bytes_;
  const std::vector<Piece>& pieces_;
  std::size_t number_;
  Encoding requested_;
  fhir::Issues& issues_;
  Encoding encoding_ = Encoding::kAuto;
  std::string wide_escape_;
  std::size_t charset_issues_ = 0;
};

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
    } else {
      orphans_.push_back({line.begin, line.end});
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
    if (pieces_.size() == 1 && !states_type(pieces_.front())) {
      report(parsed_.issues, Severity::kError, "message.header", source_of({number_, 1, "MSH"}),
             "an MSH without a message type, and nothing after it; left out");
    } else if (pieces_.size() > limits_.max_segments) {
      report(parsed_.issues, Severity::kError, "message.too-long", source_of({number_, 0, {}}),
             plural(pieces_.size(), "segment") + ", more than the limit of " +
                 std::to_string(limits_.max_segments) + "; left out");
    } else {
      if (continued_ > 0) {
        report(parsed_.issues, Severity::kInformation, "framing.line-feed",
               source_of({number_, 0, {}}),
               plural(continued_, "line feed") +
                   " read as part of a field, because no segment follows");
      }
      MessageBuilder builder(bytes_, pieces_, number_, encoding_, parsed_.issues);
      parsed_.messages.push_back(builder.build());
    }
    pieces_.clear();
    continued_ = 0;
  }

  bool states_type(const Piece& piece) const {
    const std::string header = header_line(bytes_.substr(piece.begin, piece.end - piece.begin));
    return !Segment(header, 1, separated_by(header[3])).field(9).empty();
  }

  // Lines that belong to no message: counted, with the place of the first, never their content.
  void report_orphans() {
    if (orphans_.empty()) {
      return;
    }
    report(parsed_.issues, Severity::kError, "message.no-header",
           "byte " + std::to_string(orphans_.front().begin),
           plural(orphans_.size(), "line") +
               " outside of any message (no MSH before) left out; the file may be cut or binary");
    orphans_.clear();
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
  std::vector<Piece> pieces_;   // of the message being read
  std::vector<Piece> orphans_;  // lines since the last message that belong to none
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
