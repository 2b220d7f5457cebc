// Reading a journal never crashes; what it accepts is a chain, and a changed byte breaks it. An
// input that does not begin as a journal is taken as events, one a line, type and body parted by a
// space: past the chain's digests, which no fuzzer guesses.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/platform/durable_file.h"
#include "adapter/registry/book.h"
#include "adapter/registry/journal.h"
#include "fhir/check.h"
#include "fhir/error.h"
#include "fhir/json.h"

using namespace sekisho;

namespace {

registry::Book::Keys keys() { return {std::string(32, 'k'), std::nullopt}; }

// A book with a list and with two patients, whom events can name.
registry::Book book_of_two() {
  registry::Book book{fhir::CategoryVocabulary(), keys()};
  registry::Source source;
  source.name = "national";
  book.state.put(std::move(source));
  for (const char* id : {"a", "b"}) {
    registry::Patient patient;
    patient.id = id;
    book.put_patient(std::move(patient));
  }
  return book;
}

void apply(registry::Book& book, const registry::JournalLine& line) {
  try {
    book.apply(line);
  } catch (const fhir::Error&) {
    // A type that this program does not know, or a seal of another key: the registry locks.
  }
}

registry::JournalRead read(std::string_view text) {
  registry::Book book{fhir::CategoryVocabulary(), keys()};
  return registry::read_journal(text, std::nullopt,
                                [&](const registry::JournalLine& line) { apply(book, line); });
}

class Memory : public platform::FileBackend {
 public:
  explicit Memory(std::string& bytes) : bytes_(bytes) {}
  std::uint64_t size() override { return bytes_.size(); }
  std::size_t write(std::string_view bytes) override {
    bytes_ += bytes;
    return bytes.size();
  }
  void sync() override {}
  void truncate(std::uint64_t size) override { bytes_.resize(size); }

 private:
  std::string& bytes_;
};

void check_written(const std::string& journal, const registry::JournalEnd& end) {
  const std::string key(32, 'k');
  const registry::JournalEnd head = registry::parse_head(registry::head_text(end, key), key);
  std::uint64_t lines = 0;
  const registry::JournalRead read =
      registry::read_journal(journal, head.sequence == 0 ? std::nullopt : std::optional(head),
                             [&](const registry::JournalLine&) { ++lines; });
  fhir::check(!read.broken && read.torn_bytes == 0 && lines == end.sequence,
              "what is written reads back");
  try {
    registry::parse_head(registry::head_text(end, "another"), key);
    fhir::check(false, "another's head is refused");
  } catch (const fhir::Error&) {
  }
}

void apply_events(std::string_view text) {
  registry::Book book = book_of_two();
  std::string journal;
  registry::JournalWriter writer(
      platform::AppendFile::open("memory", std::make_unique<Memory>(journal)), {});
  registry::JournalLine line;
  line.by = {"clerk"};
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const std::size_t space = std::min(one.find(' '), one.size());
    line.type = one.substr(0, space);
    try {
      line.body = fhir::parse_json(one.substr(space));
    } catch (const fhir::Error&) {
      continue;
    }
    try {
      writer.append(line);
    } catch (const fhir::Error&) {
      continue;
    }
    apply(book, line);
  }
  check_written(journal, writer.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (!text.starts_with('{')) {
    apply_events(text);
    return 0;
  }
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
