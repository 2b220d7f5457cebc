#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/charset.h"
#include "fhir/issue.h"

namespace sekisho::connectors::hl7v2 {

// The five separators of MSH-1 and MSH-2. Escape may be the yen sign in old files: after decoding
// every accepted escape character (0x5C, U+00A5, U+FF3C) has been made '\\'.
struct Separators {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';
  char subcomponent = '&';
};

// One segment of a decoded message. What lies inside a field is split on demand, so an unread field
// costs nothing. Numbers are 1-based as in HL7 (MSH-1 is the field separator, MSH-2 the encoding
// characters, which are never split). Views are good while the Message lives.
class Segment {
 public:
  Segment(std::string_view text, std::size_t position, Separators separators);

  // "OBX", upper case; empty where the text does not begin with a name of one to three characters.
  std::string_view name() const { return name_; }
  std::size_t position() const { return position_; }  // 1-based place in the message
  std::string_view text() const { return text_; }
  std::size_t fields() const { return fields_.size(); }  // highest field number present

  // Raw text (still escaped) of a whole field, empty if absent.
  std::string_view field(std::size_t number) const;
  // Number of repetitions; 0 for an absent or empty field.
  std::size_t repetitions(std::size_t number) const;
  // Raw text of a repetition, component, subcomponent; empty if absent. An explicit null is `""`.
  std::string_view raw(std::size_t number, std::size_t repetition) const;
  std::string_view raw(std::size_t number, std::size_t repetition, std::size_t component) const;
  std::string_view raw(std::size_t number, std::size_t repetition, std::size_t component,
                       std::size_t subcomponent) const;
  std::size_t components(std::size_t number, std::size_t repetition) const;
  std::size_t subcomponents(std::size_t number, std::size_t repetition,
                            std::size_t component) const;

 private:
  std::string_view text_;
  std::string_view name_;
  std::size_t position_;
  Separators separators_;
  std::vector<std::string_view> fields_;
};

// Escape sequences decoded, once: \F\ \S\ \T\ \R\ \E\ \P\ \Xhh..\ (where that is text), line breaks
// \.br\ \.sp\ \.ce\; marks without a character (\H\ \N\ \.fi\ \.nf\ \.in\ \.ti\) are dropped;
// unknown ones are kept as they stand; an unclosed escape character is itself (sources 4.3).
std::string unescape(std::string_view raw, const Separators& separators);
bool is_null(std::string_view raw);  // the explicit HL7 null: two double quotes

// One HL7 v2 message as decoded text (UTF-8) and its segments in order. Move-only. Segments of a
// batch envelope (FHS BHS BTS FTS) belong to no message.
struct Message {
  std::unique_ptr<const std::string> text;  // owns what the segments view
  Separators separators;
  std::vector<Segment> segments;

  const Segment* first(std::string_view name) const;
  std::string type() const;  // "OUL^R22": MSH-9.1 and .2
};

// A parsed input: the messages that could be read, and what was wrong with the rest. An Issue names
// message number, segment and byte, never content. connectors/README.md lists the codes.
struct Parsed {
  std::vector<Message> messages;
  fhir::Issues issues;
};

using connectors::Encoding;

struct ParseLimits {
  std::size_t max_bytes = 64u << 20;
  std::size_t max_segments = 100'000;   // of a message
  std::size_t max_messages = 100'000;   // of a file
  std::size_t max_separators = 50'000;  // of a segment: reading a part costs what stands before it
};

// Bytes of a file to messages: strips framing (0x0B, 0x1C, BOM, NUL, blank lines), splits segments
// at CR or LF (a lone LF before text that is no segment stays inside its field), decodes each
// segment, then reads the separators. kAuto goes by MSH-18, and by the bytes where MSH-18 is empty
// or does not fit them. An undecodable byte becomes U+FFFD and an Issue ("charset.undecodable")
// with its offset. Never throws for data.
Parsed parse(std::string_view bytes, Encoding encoding = Encoding::kAuto, ParseLimits limits = {});

}  // namespace sekisho::connectors::hl7v2
