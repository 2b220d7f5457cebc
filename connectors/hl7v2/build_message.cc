#include "connectors/hl7v2/build_message.h"

#include <algorithm>
#include <map>
#include <utility>

#include "connectors/hl7v2/header.h"

namespace sekisho::connectors::hl7v2 {

namespace {

constexpr std::size_t kMostOfACode =
    20;  // Issues of one code for one message; then one with a count
constexpr std::size_t kMostIssues = 10'000;          // of a file
constexpr std::size_t kMostBytesToJudge = 1u << 20;  // how much of a message detection looks at

using Severity = fhir::Issue::Severity;

// Makes one message of its pieces, the first of which is the MSH.
class MessageBuilder {
 public:
  MessageBuilder(std::string_view bytes, const std::vector<Piece>& pieces, std::size_t number,
                 Encoding requested, std::size_t max_separators, fhir::Issues& issues)
      : bytes_(bytes),
        pieces_(pieces),
        number_(number),
        requested_(requested),
        max_separators_(max_separators),
        issues_(issues) {}

  std::optional<Message> build() {
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
    report_rest();
    const std::string_view whole = *text;
    message.segments.reserve(decoded.size());
    for (const Piece& piece : decoded) {
      const std::string_view segment = whole.substr(piece.begin, piece.end - piece.begin);
      if (too_finely_split(segment, message.separators)) {
        report(issues_, Severity::kError, "message.too-complex",
               source_of({number_, message.segments.size() + 1, {}}),
               "the segment has more separators than the limit of " +
                   std::to_string(max_separators_) + "; the message is left out");
        return std::nullopt;
      }
      message.segments.emplace_back(segment, message.segments.size() + 1, message.separators);
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
    const bool designated = has_designation(sample);
    if (label == Encoding::kIso2022Jp || designated) {
      return label == Encoding::kIso2022Jp && (designated || !has_high_byte(sample));
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
      if (wanted("framing.nul")) {
        warn("framing.nul", i,
             plural(static_cast<std::size_t>(text.end() - nul), "NUL byte") +
                 " inside the segment left out");
      }
      text.erase(nul, text.end());
    }
    if (i > 0 && wide_escape_.size() > 0) {
      replace_escape(text, begin);
    }
  }

  void report_charset(const DecodeFindings& findings, std::size_t i) {
    for (const std::size_t offset : findings.undecodable) {
      if (wanted("charset.undecodable")) {
        warn("charset.undecodable", i,
             "byte " + std::to_string(pieces_[i].begin + offset) + " is no " +
                 std::string(name_of(encoding_)) + "; U+FFFD stands for it");
      }
    }
    if (findings.count > findings.undecodable.size()) {
      counts_["charset.undecodable"] += findings.count - findings.undecodable.size();
    }
    if (findings.left_open && wanted("charset.left-open")) {
      warn("charset.left-open", i,
           "the segment ends inside two-byte characters, so separators near its end may have "
           "been read as text; the sender has to return to ASCII before each separator");
    }
  }

  // Counts an Issue of a code; false when enough of them have been written out.
  bool wanted(std::string_view code) { return ++counts_[code] <= kMostOfACode; }

  void warn(std::string_view code, std::size_t i, std::string diagnostics) {
    report(issues_, Severity::kWarning, std::string(code), source_of({number_, i + 1, {}}),
           std::move(diagnostics));
  }

  void report_rest() {
    for (const auto& [code, count] : counts_) {
      if (count > kMostOfACode) {
        report(issues_, Severity::kWarning, std::string(code), source_of({number_, 0, {}}),
               "and " + plural(count - kMostOfACode, "more place") + " of the same kind");
      }
    }
  }

  bool too_finely_split(std::string_view segment, const Separators& separators) const {
    return segment.size() > max_separators_ &&
           static_cast<std::size_t>(std::count_if(segment.begin(), segment.end(), [&](char c) {
             return c == separators.field || c == separators.component ||
                    c == separators.repetition || c == separators.subcomponent;
           })) > max_separators_;
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
    if (name_size != 3 && wanted("segment.name")) {
      warn("segment.name", i, "the segment does not begin with a name of three letters or digits");
    }
    bool changed = false;
    for (std::size_t k = begin; k < begin + name_size; ++k) {
      if (text[k] >= 'a' && text[k] <= 'z') {
        text[k] = static_cast<char>(text[k] - 'a' + 'A');
        changed = true;
      }
    }
    if (changed && wanted("segment.case")) {
      warn("segment.case", i, "the segment name is in lower case; read as upper case");
    }
  }

  std::string_view bytes_;
  const std::vector<Piece>& pieces_;
  std::size_t number_;
  Encoding requested_;
  std::size_t max_separators_;
  fhir::Issues& issues_;
  Encoding encoding_ = Encoding::kAuto;
  std::string wide_escape_;
  std::map<std::string_view, std::size_t> counts_;  // Issues met, by code (literals)
};

}  // namespace

void report(fhir::Issues& issues, fhir::Issue::Severity severity, std::string code,
            std::string source, std::string diagnostics) {
  if (issues.size() > kMostIssues) {
    return;
  }
  fhir::Issue issue;
  if (issues.size() == kMostIssues) {
    issue.severity = Severity::kWarning;
    issue.code = "issues.more";
    issue.source = "file";
    issue.diagnostics = "the file has more findings than these; the rest is not listed";
    issues.push_back(std::move(issue));
    return;
  }
  issue.severity = severity;
  issue.code = std::move(code);
  issue.source = std::move(source);
  issue.diagnostics = std::move(diagnostics);
  issues.push_back(std::move(issue));
}

std::string plural(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string source_of(const IssuePlace& place) {
  std::string source = "message " + std::to_string(place.message);
  if (place.segment != 0) {
    source += " segment " + std::to_string(place.segment);
  }
  if (!place.name.empty()) {
    source += " (" + std::string(place.name) + ")";
  }
  return source;
}

Separators separated_by(char field) {
  Separators separators;
  separators.field = field;
  return separators;
}

std::string header_line(std::string_view line) {
  std::string header(line);
  header.replace(0, 3, "MSH");
  return header;
}

std::optional<Message> build_message(std::string_view bytes, const std::vector<Piece>& pieces,
                                     std::size_t number, Encoding encoding,
                                     std::size_t max_separators, fhir::Issues& issues) {
  return MessageBuilder(bytes, pieces, number, encoding, max_separators, issues).build();
}

}  // namespace sekisho::connectors::hl7v2
