#include "adapter/ingest/content_check.h"

#include <algorithm>
#include <array>

#include "fhir/check.h"
#include "fhir/text.h"

namespace sekisho::ingest {

namespace {

using connectors::hl7v2::Message;
using connectors::hl7v2::Parsed;
using connectors::hl7v2::Segment;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Reason {
  std::string_view reason, segment, field, rule, remedy;
};

constexpr std::array<Reason, 11> kReasons = {{
    {"name", "", "", "sources 1.1",
     "the file name is not of the form patient_date_type_order_datetime_department_flag; have the "
     "sender write it so"},
    {"place", "", "", "sources 1.1",
     "the file does not lie in folder digits 1-3 / digits 4-6 / patient / date / type; move it "
     "there"},
    {"unreadable", "", "", "", "give the service user the right to read the file, then run ingest"},
    {"too-large", "", "", "",
     "larger than ingest.max_file_bytes; raise it if the file is right, then run ingest"},
    {"empty", "", "", "sources 4.1", "the file holds nothing; have the sender write it again"},
    {"binary", "MSH", "", "sources 4.1",
     "the file is no HL7 v2 message; have the sender write it again"},
    {"no-header", "MSH", "", "sources 4.2",
     "no message in the file can be read; have the sender write it again"},
    {"truncated", "", "", "sources 4.1",
     "the file ends in the middle of a message; have the sender write it again"},
    {"undecodable", "MSH", "18", "sources 1.5",
     "most characters do not fit the character set; state the right one in the storage's "
     "`encoding`, then run ingest"},
    {"identity-mismatch", "PID", "3", "sources 1.10",
     "folder, file name and PID-3 name different patients: find out whose data this is before "
     "anything else"},
    {"nothing-stored", "", "", "mapping-format 6.2",
     "every resource of the file was rejected; the rejections of this file say why"},
}};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 && c != '\r' && c != '\n' && c != '\t' && byte != 0x0B && byte != 0x1B &&
         byte != 0x1C;
}

bool has_issue(const Parsed& parsed, std::string_view code) {
  return std::any_of(parsed.issues.begin(), parsed.issues.end(),
                     [&](const fhir::Issue& issue) { return issue.code == code; });
}

// Why nothing could be parsed.
std::string_view reason_for_nothing(std::string_view bytes, const Parsed& parsed) {
  if (has_issue(parsed, "message.too-long") || has_issue(parsed, "input.too-large")) {
    return "too-large";
  }
  if (has_issue(parsed, "charset.unsupported")) {
    return "undecodable";
  }
  const bool cut_name =
      bytes.size() < 4 && bytes == std::string_view("MSH|").substr(0, bytes.size());
  if (cut_name || has_issue(parsed, "message.header")) {
    return "truncated";
  }
  const bool binary = std::any_of(bytes.begin(), bytes.end(), [](char c) {
    return is_control(c) || static_cast<unsigned char>(c) >= 0x80;
  });
  return binary ? "binary" : "no-header";
}

// A file without a final terminator may be whole: some senders write none (sources 1.5). It is cut
// where its last segment shows it, or where there is no patient in it.
bool is_truncated(std::string_view bytes, const Parsed& parsed) {
  if (has_issue(parsed, "batch.not-closed")) {
    return true;
  }
  const char last = bytes.back();
  if (last == '\r' || last == '\n' || last == 0x1C || last == '\0') {
    return false;
  }
  const Message& message = parsed.messages.back();
  const Segment& segment = message.segments.back();
  const std::string_view text = segment.text();
  const std::string place = "segment " + std::to_string(segment.position());
  const bool left_open =
      std::any_of(parsed.issues.begin(), parsed.issues.end(), [&](const fhir::Issue& issue) {
        return issue.code == "charset.left-open" && issue.source.find(place) != std::string::npos;
      });
  return left_open || segment.name().size() != 3 || segment.fields() == 0 ||
         message.first("PID") == nullptr ||
         (text.size() >= kReplacement.size() &&
          text.substr(text.size() - kReplacement.size()) == kReplacement);
}

// Single characters that a hospital's private font holds are an Issue; a text of which they are a
// third was read in the wrong character set.
bool is_undecodable(const Parsed& parsed) {
  std::size_t bad = 0;
  std::size_t wide = 0;
  for (const Message& message : parsed.messages) {
    const std::string_view text = *message.text;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte >= 0xC0) {
        ++wide;
        bad += text.substr(i, kReplacement.size()) == kReplacement ? 1U : 0U;
      }
    }
  }
  return bad > 0 && bad * 3 > wide;
}

}  // namespace

QuarantineEntry quarantine_for(std::string_view reason) {
  const auto* found = std::find_if(kReasons.begin(), kReasons.end(),
                                   [&](const Reason& known) { return known.reason == reason; });
  fhir::check(found != kReasons.end(), "a quarantine reason is of the closed list");
  QuarantineEntry entry;
  entry.reason = found->reason;
  entry.segment = found->segment;
  entry.field = found->field;
  entry.rule = found->rule;
  entry.remedy = found->remedy;
  return entry;
}

std::optional<QuarantineEntry> check_content(std::string_view bytes, const Parsed& parsed) {
  const bool blank = std::all_of(bytes.begin(), bytes.end(), [](char c) {
    return c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == '\0' || c == 0x0B || c == 0x1C;
  });
  if (blank) {
    return quarantine_for("empty");
  }
  if (parsed.messages.empty()) {
    return quarantine_for(reason_for_nothing(bytes, parsed));
  }
  if (is_truncated(bytes, parsed)) {
    return quarantine_for("truncated");
  }
  if (is_undecodable(parsed)) {
    return quarantine_for("undecodable");
  }
  return std::nullopt;
}

std::optional<QuarantineEntry> check_identity(std::string_view folder_patient,
                                              std::string_view name_patient, const Parsed& parsed) {
  bool agree = folder_patient == name_patient;
  for (const Message& message : parsed.messages) {
    bool named = false;
    for (const Segment& segment : message.segments) {
      if (segment.name() == "PID") {
        const std::string patient =
            fhir::trim(connectors::hl7v2::unescape(segment.raw(3, 1, 1), message.separators));
        agree = agree && patient == folder_patient;
        named = true;
      }
    }
    agree = agree && named;
  }
  return agree ? std::nullopt : std::optional(quarantine_for("identity-mismatch"));
}

}  // namespace sekisho::ingest
