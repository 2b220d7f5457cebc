#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/charset.h"
#include "connectors/hl7v2/groups.h"
#include "connectors/hl7v2/message.h"
#include "fhir/check.h"

namespace {

using namespace sekisho::connectors;

hl7v2::GroupSchema laboratory() {
  hl7v2::GroupSchema result{"RESULT", {"OBX"}, {"OBX", "NTE"}, 0, {}};
  hl7v2::GroupSchema order{"ORDER", {"OBR", "ORC"}, {"OBR", "ORC", "NTE"}, 0, {result}};
  hl7v2::GroupSchema specimen{"SPECIMEN", {"SPM"}, {"SPM"}, 2, {order}};
  hl7v2::GroupSchema patient{"PATIENT", {"PID"}, {"PID", "PV1"}, 1, {}};
  return {"MESSAGE", {}, {"MSH", "NTE"}, 0, {patient, specimen}};
}

std::size_t held(const hl7v2::Group& group) {
  std::size_t count = group.segments.size();
  for (const hl7v2::Group& child : group.children) {
    count += held(child);
  }
  return count;
}

void read_whole(const hl7v2::Segment& segment, const hl7v2::Separators& separators) {
  std::size_t size = 0;
  for (std::size_t f = 1; f <= segment.fields(); ++f) {
    size += segment.field(f).size() + 1;
    for (std::size_t r = 1; r <= segment.repetitions(f) && r < 4; ++r) {
      for (std::size_t c = 1; c <= segment.components(f, r) && c < 4; ++c) {
        const std::string_view last = segment.raw(f, r, c, segment.subcomponents(f, r, c));
        sekisho::fhir::check(!hl7v2::is_null(last) || last.size() == 2, "null is two quotes");
        hl7v2::unescape(last, separators);
      }
    }
  }
  sekisho::fhir::check(size <= segment.text().size() + 2, "fields are parts of their segment");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const hl7v2::GroupSchema kSchema = laboratory();
  // One encoding an input, by its length: three times as many inputs in the same time. So for
  // limits.
  constexpr Encoding kEncodings[] = {Encoding::kAuto, Encoding::kCp932, Encoding::kUtf8};
  hl7v2::ParseLimits limits;
  if (size % 4 == 3) {
    limits = {512, 4, 2, 40};
  }
  const hl7v2::Parsed parsed = hl7v2::parse(bytes, kEncodings[size % 3], limits);
  sekisho::fhir::check(!parsed.messages.empty() || !parsed.issues.empty(),
                       "an input gives a message or an Issue");
  for (const hl7v2::Message& message : parsed.messages) {
    sekisho::fhir::check(fit(*message.text, Encoding::kUtf8).bad == 0, "a message is UTF-8");
    sekisho::fhir::check(message.type().size() <= message.text->size() + 1,
                         "a type is a part of it");
    for (const hl7v2::Segment& segment : message.segments) {
      sekisho::fhir::check(segment.text().data() >= message.text->data() &&
                               segment.text().data() + segment.text().size() <=
                                   message.text->data() + message.text->size(),
                           "a segment views its message");
      read_whole(segment, message.separators);
    }
    const hl7v2::Grouped grouped = hl7v2::group(message, kSchema);
    sekisho::fhir::check(held(grouped.root) + grouped.strays.size() == message.segments.size(),
                         "no segment is lost by grouping");
  }
  return 0;
}
