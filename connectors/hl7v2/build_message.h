#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/hl7v2/message.h"

namespace sekisho::connectors::hl7v2 {

// A segment as bytes of the file: one line, or several where a lone LF stands inside a field.
struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Where an Issue of the parser points: by number, and by a name only where it is a literal.
struct IssuePlace {
  std::size_t message = 0;  // 1-based
  std::size_t segment = 0;
  std::string_view name;
};
std::string source_of(const IssuePlace& place);
std::string plural(std::size_t count, std::string_view what);
void report(fhir::Issues& issues, fhir::Issue::Severity severity, std::string code,
            std::string source, std::string diagnostics);

Separators separated_by(char field);
// The header line as bytes with its name in upper case, for a look at it before decoding.
std::string header_line(std::string_view line);

// Makes one message of its pieces, the first of which is the MSH: decodes them, reads the
// separators, splits. Nothing, and an Issue, where a segment has more separators than it may.
std::optional<Message> build_message(std::string_view bytes, const std::vector<Piece>& pieces,
                                     std::size_t number, Encoding encoding,
                                     std::size_t max_separators, fhir::Issues& issues);

}  // namespace sekisho::connectors::hl7v2
