#include "adapter/registry/registry.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "adapter/platform/process.h"
#include "adapter/registry/policy.h"
#include "adapter/registry/registry_inner.h"
#include "fhir/check.h"
#include "fhir/digest.h"
#include "fhir/error.h"

namespace sekisho::registry {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Instant;
using fhir::Json;

namespace {

constexpr std::uint64_t kMaxJournal = std::uint64_t{8} << 30;

std::string journal_path(const std::string& dir) { return dir + "/journal.jsonl"; }
std::string head_path(const std::string& dir) { return dir + "/head.json"; }
std::string index_path(const std::string& dir) { return dir + "/patients.db"; }
std::string lock_path(const std::string& dir) { return dir + "/lock"; }

}  // namespace

void Registry::create(const Options& options, Instant now) {
  platform::create_folder(options.dir);
  if (platform::file_exists(journal_path(options.dir))) {
    throw Error(ErrorCode::kConflict, options.dir + ": there is a registry here already");
  }
  const platform::FileLock lock = platform::FileLock::take(lock_path(options.dir));
  PatientIndex::create(index_path(options.dir));
  JournalWriter journal(options.open_file(journal_path(options.dir)), JournalEnd());
  JournalLine line;
  line.time = now;
  line.type = "policy";
  line.body = fhir::parse_json(built_in_policies());
  line.body.set("format", Json::integer(kJournalFormat));
  line.body.set("hash", built_in_policy_hash());
  journal.append(line);
  write_head(head_path(options.dir), journal.end(), options.key);
}

Registry::Registry() : inner_(std::make_unique<Inner>()) {}
Registry::~Registry() = default;

std::unique_ptr<Registry> Registry::open(const Options& options, Access access, Instant now) {
  fhir::check(options.key.size() == 32, "the registry's key has 32 bytes");
  fhir::check(!options.as_of || access == Access::kReadOnly, "only today's registry is written");
  std::unique_ptr<Registry> registry(new Registry());
  Inner& inner = *registry->inner_;
  inner.options = options;
  inner.access = access;
  Book::Keys keys{options.key, std::nullopt};
  if (options.signing_key) {
    keys.permits = options.signing_key->verify_key();
  }
  inner.book = std::make_unique<Book>(options.vocabulary, std::move(keys));
  if (access == Access::kWriter && platform::file_exists(options.dir)) {
    inner.lock = platform::FileLock::take(lock_path(options.dir));
  }
  try {
    inner.load(now);
    platform::return_free_memory();  // what reading the journal took
  } catch (const Error& e) {
    inner.loaded = false;
    inner.lock_up(e.text());
  } catch (const std::exception& e) {
    inner.loaded = false;
    inner.lock_up(std::string("the registry cannot be read: ") + e.what());
  }
  return registry;
}

void Registry::Inner::lock_up(const std::string& because) {
  const std::lock_guard guard(noting);
  if (locked_because.empty()) {
    locked_because = because;
  }
}

void Registry::Inner::take_policy() {
  policy_ok = book->policy_hash == built_in_policy_hash();
  const std::lock_guard guard(noting);
  policy_hash = book->policy_hash;
}

void Registry::Inner::load(Instant now) {
  for (const Source& source : options.sources) {
    book->state.put(source);
  }
  index = std::make_unique<PatientIndex>(index_path(options.dir), access == Access::kWriter
                                                                      ? sqlite::Open::kReadWrite
                                                                      : sqlite::Open::kReadOnly);
  index_epoch = index->epoch();
  older_keys = index->older_keys() > 0;
  index->load([this](Patient patient) { book->put_patient(std::move(patient)); });
  load_journal(now);
}

void Registry::Inner::load_journal(Instant now) {
  // The head is read before the journal: an agent that writes meanwhile can only be ahead of it.
  const auto head = read_head(head_path(options.dir), options.key);
  const std::string text = platform::read_file(journal_path(options.dir), kMaxJournal);
  const JournalRead read = read_journal(text, head, [this](const JournalLine& line) {
    if (!options.as_of || line.time <= *options.as_of) {
      book->apply(line);
    }
  });
  Changed held;
  hold_older_keys(held);
  epoch = read.end.sequence + index_epoch;
  last_time = read.end.last_time.ms;
  take_policy();
  loaded = true;
  if (read.broken) {
    lock_up(*read.broken);
    return;
  }
  if (read.end.sequence == 0 || (!head && read.end.sequence > 1)) {
    lock_up("the journal is empty or head.json is missing; restore the registry's folder whole");
    return;
  }
  Source local;
  local.name = "local";
  local.last_sync = now;
  local.always_fresh = true;  // as long as this process holds the journal that it verified
  book->state.put(std::move(local));
  if (access == Access::kWriter) {
    journal.emplace(options.open_file(journal_path(options.dir)), read.end);
    chain_ok = true;
    // Lines that a process wrote and could not sync before it died are believed from here on.
    journal->cut_to_end();
    if (read.torn_bytes > 0) {
      JournalLine line;
      line.time = now;
      line.type = "cut";
      line.body = Json::object({{"bytes", Json::integer(static_cast<long long>(read.torn_bytes))}});
      write(line);
    }
  }
  chain_ok = true;
}

Registry::View Registry::view() const {
  View view;
  {
    const std::lock_guard turn(inner_->gate);
    view.lock_ = std::shared_lock(inner_->reading);
  }
  view.state_ = &inner_->book->state;
  view.epoch_ = inner_->epoch;
  return view;
}

bool Registry::loaded() const { return inner_->loaded; }
bool Registry::chain_ok() const { return inner_->chain_ok; }
bool Registry::policy_ok() const { return inner_->policy_ok; }
std::uint64_t Registry::epoch() const { return inner_->epoch; }
Instant Registry::last_time() const { return {inner_->last_time}; }

std::string Registry::locked_because() const {
  const std::lock_guard guard(inner_->noting);
  return inner_->locked_because;
}

std::string Registry::policy_hash() const {
  const std::lock_guard guard(inner_->noting);
  return inner_->policy_hash;
}

std::optional<std::vector<PatientNumber>> Registry::changed_since(std::uint64_t epoch) const {
  const std::lock_guard guard(inner_->noting);
  const auto& changes = inner_->changes;
  if (epoch >= inner_->epoch) {
    return std::vector<PatientNumber>{};
  }
  if (changes.empty() || changes.front().epoch > epoch + 1) {
    return std::nullopt;  // longer ago than is remembered
  }
  std::vector<PatientNumber> patients;
  for (const Inner::Change& change : changes) {
    if (change.epoch > epoch) {
      if (change.all) {
        return std::nullopt;
      }
      patients.insert(patients.end(), change.patients.begin(), change.patients.end());
    }
  }
  return patients;
}

std::vector<std::pair<std::string, std::string>> Registry::lines_of_list(
    std::string_view list) const {
  const std::lock_guard guard(inner_->writing);
  std::vector<std::pair<std::string, std::string>> lines;
  for (const auto& [key, id] : inner_->book->list_lines) {
    const Refusal* refusal = inner_->book->state.refusal(id);
    if (key.first == list && refusal != nullptr && refusal->status != RefusalStatus::kWithdrawn &&
        refusal->status != RefusalStatus::kRejected) {
      lines.emplace_back(key.second, id);
    }
  }
  return lines;
}

std::string Registry::line_digest(std::string_view list, std::string_view line) const {
  return fhir::to_hex(fhir::hmac_sha256(
      inner_->options.key, "list line\x1f" + std::string(list) + "\x1f" + std::string(line)));
}

std::optional<std::string> Registry::patient_of_card(std::string_view card) const {
  const std::lock_guard guard(inner_->writing);
  PersonKeys keys;
  keys.card = card;
  if (inner_->index == nullptr) {
    return std::nullopt;
  }
  auto found = inner_->index->find(digests_of(keys, inner_->options.key).card);
  return found.size() == 1 ? std::optional(std::move(found[0].id)) : std::nullopt;
}

std::optional<Requester> Registry::requester_of(const Receipt& receipt) const {
  return unseal_requester(receipt, inner_->options.key);
}

std::uint64_t Registry::older_keys() const {
  const std::lock_guard guard(inner_->writing);
  return inner_->index == nullptr ? 0 : inner_->index->older_keys();
}

std::optional<std::string> Registry::verify() const {
  try {
    const auto head = read_head(head_path(inner_->options.dir), inner_->options.key);
    const std::string text = platform::read_file(journal_path(inner_->options.dir), kMaxJournal);
    const JournalRead read = read_journal(text, head, [](const JournalLine&) {});
    if (!read.broken && !head && read.end.sequence > 1) {
      return head_path(inner_->options.dir) + ": is missing";
    }
    return read.broken;
  } catch (const Error& e) {
    return e.text();
  }
}

namespace {

// Two records are taken apart by a type of its own: an older program must not pass over what it
// says of refusals.
bool takes_apart(const Event& event) {
  const Json* remove = event.type == "link" ? event.body.find("remove") : nullptr;
  const bool* said = remove == nullptr ? nullptr : remove->get<bool>();
  return said != nullptr && *said;
}

Event as_recorded(Event event) {
  if (takes_apart(event)) {
    event.place = event.place.empty() ? event.type : event.place;
    event.type = "unlink";
    event.body.erase("remove");
    event.body.erase("certain");
  }
  return event;
}

}  // namespace

Registry::Appended Registry::append(std::string_view type, const Json& body, const Actor& actor,
                                    Instant now) {
  return inner_->append({as_recorded({std::string(type), body, {}, false})}, false, actor, now);
}

Registry::Appended Registry::append_all(const std::vector<Event>& events, const Actor& actor,
                                        Instant now) {
  if (std::none_of(events.begin(), events.end(), takes_apart)) {
    return inner_->append(events, true, actor, now);
  }
  std::vector<Event> recorded;
  std::transform(events.begin(), events.end(), std::back_inserter(recorded), as_recorded);
  return inner_->append(recorded, true, actor, now);
}

std::vector<PatientNumber> Registry::index_patients(const std::vector<PatientRecord>& records,
                                                    Instant now) {
  return inner_->index_patients(records, now);
}

}  // namespace sekisho::registry
