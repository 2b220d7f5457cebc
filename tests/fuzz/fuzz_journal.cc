// Reading a journal never crashes; what it accepts is a chain, and a changed byte breaks it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/registry/book.h"
#include "adapter/registry/journal.h"
#include "fhir/check.h"
#include "fhir/error.h"

using namespace sekisho;

namespace {

registry::Book::Keys keys() { return {std::string(32, 'k'), std::nullopt}; }

registry::JournalRead read(std::string_view text) {
  registry::Book book{fhir::CategoryVocabulary(), keys()};
  return registry::read_journal(text, std::nullopt, [&](const registry::JournalLine& line) {
    try {
      book.apply(line);
    } catch (const fhir::Error&) {
      // A type that this program does not know, or a seal of another key: the registry locks.
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const registry::JournalRead whole = read(text);
  fhir::check(whole.end.bytes <= text.size(), "a chain ends inside its text");
  fhir::check(whole.broken || whole.end.bytes + whole.torn_bytes == text.size(),
              "every byte is a line's, torn, or said to be broken");
  if (whole.end.sequence > 0) {
    std::string altered(text.substr(0, whole.end.bytes));
    altered[altered.size() / 2] = static_cast<char>(altered[altered.size() / 2] ^ 1);
    const registry::JournalRead again = read(altered);
    fhir::check(again.broken || again.torn_bytes > 0, "a changed byte is found");
  }
  return 0;
}
