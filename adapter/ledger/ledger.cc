#include "adapter/ledger/ledger.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <utility>

#include "adapter/ledger/chain.h"
#include "adapter/ledger/group_commit.h"
#include "adapter/ledger/record.h"
#include "adapter/ledger/segments.h"
#include "fhir/error.h"

namespace sekisho::ledger {
namespace {

using fhir::Error;
using fhir::ErrorCode;

std::string path_in(const std::string& dir, std::string_view name) {
  return dir + '/' + std::string(name);
}

}  // namespace

struct Ledger::Inner {
  Options options;
  crypto::VerifyKey verify_key;
  std::optional<platform::FileLock> lock;

  // Of the thread that commits.
  std::optional<platform::AppendFile> file;
  std::string file_path;
  std::uint64_t durable_bytes = 0;  // of that file
  ChainEnd end;
  std::string head;  // checkpoint line that head.json does not hold yet

  std::atomic<bool> writable{true};
  std::atomic<std::uint64_t> sequence{0};
  std::atomic<std::int64_t> time_ms{0};

  GroupCommit group;

  explicit Inner(const Options& given)
      : options(given),
        verify_key(crypto::VerifyKey::from_pem(given.key.public_pem())),
        group([this](const std::vector<Waiting*>& batch) { commit(batch); }) {
    if (!options.open_file) {
      options.open_file = [](const std::string& path) { return platform::AppendFile::open(path); };
    }
  }

  void commit(const std::vector<Waiting*>& batch);
  void write(const std::vector<Waiting*>& batch);
  void make_file_ready();
  void write_head();
  bool checkpoint_due(const ChainEnd& at, fhir::Instant now) const;
  void add_line(ChainEnd& at, fhir::Instant now, std::string_view members, std::string& out) const;
  std::string add_checkpoint(ChainEnd& at, fhir::Instant now, std::string& out) const;
  void require_format(const std::vector<Segment>& segments) const;
  std::uint64_t follow_to_end(const std::string& last_checkpoint);
};

void Ledger::Inner::commit(const std::vector<Waiting*>& batch) {
  try {
    write(batch);
    writable = true;
  } catch (...) {
    writable = false;
    for (Waiting* const line : batch) {
      line->error = std::current_exception();
    }
    return;
  }
  write_head();
}

void Ledger::Inner::write(const std::vector<Waiting*>& batch) {
  make_file_ready();
  ChainEnd next = end;
  std::string bytes;
  std::string signed_line;
  for (Waiting* const line : batch) {
    if (line->members.empty() || checkpoint_due(next, line->now)) {
      signed_line = add_checkpoint(next, line->now, bytes);
    }
    if (!line->members.empty()) {
      add_line(next, line->now, line->members, bytes);
    }
    line->sequence = next.sequence;
  }
  file->append(bytes);
  file->sync();
  durable_bytes += bytes.size();
  end = next;
  sequence = end.sequence;
  time_ms = end.time.ms;
  if (!signed_line.empty()) {
    head = std::move(signed_line);
  }
}

// After a failure the file is opened anew and cut back to what was acknowledged.
void Ledger::Inner::make_file_ready() {
  if (file && !file->broken() && durable_bytes >= options.segment_bytes) {
    const std::string next = path_in(options.dir, segment_name(end.sequence + 1));
    file = options.open_file(next);
    file_path = next;
    durable_bytes = 0;
  }
  if (!file || file->broken()) {
    file.reset();
    file = options.open_file(file_path);
  }
  if (file->size() != durable_bytes) {
    if (file->size() < durable_bytes) {
      throw Error(ErrorCode::kCorrupt, file_path +
                                           ": acknowledged lines are gone from the file; "
                                           "stop the agent and restore the ledger");
    }
    file->truncate(durable_bytes);
  }
}

// A head that cannot be written is tried again with the next batch: the lines themselves stand, and
// the older head still verifies.
void Ledger::Inner::write_head() {
  if (head.empty()) {
    return;
  }
  try {
    platform::write_file(path_in(options.dir, kHeadFile), head + '\n');
    head.clear();
  } catch (const std::exception&) {
    return;
  }
}

bool Ledger::Inner::checkpoint_due(const ChainEnd& at, fhir::Instant now) const {
  return at.since_checkpoint >= options.checkpoint_every ||
         fhir::japan_date(now) > fhir::japan_date(at.checkpoint_time);
}

void Ledger::Inner::add_line(ChainEnd& at, fhir::Instant now, std::string_view members,
                             std::string& out) const {
  at.digest = write_line({at.sequence + 1, at.digest, now}, members, out);
  ++at.sequence;
  ++at.since_checkpoint;
  at.time = std::max(at.time, now);
}

std::string Ledger::Inner::add_checkpoint(ChainEnd& at, fhir::Instant now, std::string& out) const {
  const std::size_t begin = out.size();
  add_line(at, now, checkpoint_members(at, now, options.key), out);
  at.since_checkpoint = 0;
  at.checkpoint_time = std::max(at.checkpoint_time, now);
  return out.substr(begin, out.size() - begin - 1);
}

void Ledger::Inner::require_format(const std::vector<Segment>& segments) const {
  std::string_view genesis;
  if (segments.empty() || segments.front().first != 1) {
    return;  // a file is missing: the verifier says so
  }
  LineReader reader(segments.front().path);
  if (reader.next(genesis)) {
    const std::string foreign = foreign_format(genesis);
    if (!foreign.empty()) {
      throw Error(ErrorCode::kCorrupt, segments.front().name + ":1: " + foreign);
    }
  }
}

// A power cut can leave later parts of the last write on the disk and a hole before them. No line
// of ours holds a NUL, and no write is longer than kLongestWrite.
bool is_hole(const Segment& segment, std::uint64_t offset, std::string_view line) {
  return line.find('\0') != std::string_view::npos &&
         std::filesystem::file_size(std::filesystem::u8path(segment.path)) - offset <=
             kLongestWrite;
}

// Reads from the last checkpoint to the end; gives the number of bytes of a torn last line.
std::uint64_t Ledger::Inner::follow_to_end(const std::string& last_checkpoint) {
  LineFault fault;
  const auto start = parse_line(last_checkpoint, fault);
  if (!start || !checkpoint_verifies(last_checkpoint, verify_key)) {
    throw Error(ErrorCode::kCorrupt, std::string(kHeadFile) + ":1, byte " +
                                         std::to_string(fault.byte) +
                                         ": the last checkpoint does not verify; run `sekisho "
                                         "ledger verify` and restore the ledger from its backup");
  }
  std::vector<Segment> segments = segments_of(options.dir);
  require_format(segments);
  while (segments.size() > 1 && segments[1].first <= start->sequence) {
    segments.erase(segments.begin());
  }
  ChainWalk walk(start->sequence);
  std::uint64_t torn = 0;
  for (const Segment& segment : segments) {
    LineReader reader(segment.path);
    const std::string skipped = "{\"seq\":" + std::to_string(start->sequence) + ',';
    for (std::string_view text; reader.next(text);) {
      if (walk.end().sequence == 0 && text.substr(0, skipped.size()) != skipped) {
        continue;
      }
      if (is_hole(segment, reader.offset(), text)) {
        break;
      }
      ParsedLine line;
      if (!walk.follow(text, line, fault) ||
          (line.sequence == start->sequence && text != last_checkpoint)) {
        throw Error(ErrorCode::kCorrupt,
                    segment.name + ':' + std::to_string(reader.number()) + ", byte " +
                        std::to_string(reader.offset() + fault.byte) + ": " + fault.what +
                        "; run `sekisho ledger verify` and restore the ledger from its backup");
      }
    }
    durable_bytes = reader.offset();
    torn = std::filesystem::file_size(std::filesystem::u8path(segment.path)) - durable_bytes;
    file_path = segment.path;
    if (torn != 0 && &segment != &segments.back()) {
      throw Error(ErrorCode::kCorrupt, segment.name +
                                           ": its last line has no end, and a file "
                                           "follows; restore the ledger");
    }
  }
  if (walk.end().sequence == 0) {
    throw Error(ErrorCode::kCorrupt, "ledger: the files end before the last checkpoint (sequence " +
                                         std::to_string(start->sequence) +
                                         "); restore the ledger from its backup");
  }
  end = walk.end();
  return torn;
}

Ledger::Ledger(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}

Ledger::~Ledger() {
  if (inner_->end.since_checkpoint == 0) {
    return;
  }
  try {
    checkpoint(inner_->end.time);
  } catch (const std::exception&) {
    // The disk fails: the chain stands as it is, its last lines without a signature.
  }
}

void Ledger::create(const Options& options, fhir::Instant now) {
  platform::create_folder(options.dir);
  const auto lock = platform::FileLock::take(path_in(options.dir, "lock"));
  if (!segments_of(options.dir).empty() || platform::file_exists(path_in(options.dir, kHeadFile))) {
    throw Error(ErrorCode::kConflict, options.dir + ": a ledger exists here already");
  }
  Inner inner(options);
  inner.file_path = path_in(options.dir, segment_name(1));
  inner.end.checkpoint_time = now;
  Waiting genesis;
  genesis.members = genesis_members(options.key.public_pem());
  genesis.now = now;
  Waiting checkpoint;
  checkpoint.now = now;
  inner.write({&genesis, &checkpoint});
  platform::write_file(path_in(options.dir, kHeadFile), inner.head + '\n');
}

std::unique_ptr<Ledger> Ledger::open(const Options& options, fhir::Instant now) {
  auto inner = std::make_unique<Inner>(options);
  inner->lock = platform::FileLock::take(path_in(options.dir, "lock"));
  std::string head = platform::read_file(path_in(options.dir, kHeadFile), 1u << 20);
  if (!head.empty() && head.back() == '\n') {
    head.pop_back();
  }
  const std::uint64_t torn = inner->follow_to_end(head);
  Waiting start;
  start.members = start_members(options, torn);
  start.now = now;
  inner->write({&start});
  inner->write_head();
  return std::unique_ptr<Ledger>(new Ledger(std::move(inner)));
}

std::uint64_t Ledger::append(const Record& record, fhir::Instant now) {
  return begin_append(record, now).wait();
}

Ledger::Appending Ledger::begin_append(const Record& record, fhir::Instant now) {
  auto line = std::make_unique<Waiting>();
  line->members = request_members(record, inner_->options.seal_key);
  line->now = now;
  inner_->group.join(*line);
  return Appending(*this, std::move(line));
}

Ledger::Appending::Appending(Ledger& ledger, std::unique_ptr<Waiting> line)
    : ledger_(&ledger), line_(std::move(line)) {}
Ledger::Appending::Appending(Appending&&) noexcept = default;

Ledger::Appending::~Appending() {
  if (line_) {
    ledger_->inner_->group.wait(*line_);
  }
}

std::uint64_t Ledger::Appending::wait() {
  const std::unique_ptr<Waiting> line = std::move(line_);
  ledger_->inner_->group.wait(*line);
  if (line->error) {
    std::rethrow_exception(line->error);
  }
  return line->sequence;
}

void Ledger::checkpoint(fhir::Instant now) {
  Waiting line;
  line.now = now;
  inner_->group.join(line);
  inner_->group.wait(line);
  if (line.error) {
    std::rethrow_exception(line.error);
  }
}

bool Ledger::writable() const { return inner_->writable; }

fhir::Instant Ledger::last_time() const { return {inner_->time_ms.load()}; }

std::uint64_t Ledger::last_sequence() const { return inner_->sequence; }

}  // namespace sekisho::ledger
