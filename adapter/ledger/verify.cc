#include <chrono>
#include <thread>

#include "adapter/ledger/chain.h"
#include "adapter/ledger/ledger.h"
#include "adapter/ledger/record.h"
#include "adapter/ledger/segments.h"
#include "fhir/error.h"

namespace sekisho::ledger {
namespace {

std::string place(const std::string& file, std::size_t line, std::uint64_t byte,
                  const std::string& what) {
  return file + ':' + std::to_string(line) + ", byte " + std::to_string(byte) + ": " + what;
}

// The last line of the last file may be half visible while an agent writes it.
bool next_line(LineReader& reader, std::string_view& text) {
  for (int looks = 0; looks < 50; ++looks) {
    if (reader.next(text)) {
      return true;
    }
    if (reader.rest().empty()) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

class Verification {
 public:
  Verification(std::string head, const crypto::VerifyKey& key)
      : head_(std::move(head)), key_(key) {}

  Verified run(const std::vector<Segment>& segments) {
    if (check_head() && check_files(segments) && !head_seen_) {
      fail("the files end before the last checkpoint (sequence " + std::to_string(head_sequence_) +
           "): lines are missing at the end");
    }
    result_.ok = result_.where.empty();
    result_.unsigned_lines = walk_.end().since_checkpoint;
    return std::move(result_);
  }

 private:
  bool fail(std::string where) {
    result_.where = std::move(where);
    return false;
  }

  bool check_head() {
    LineFault fault;
    if (head_.empty() || head_.back() != '\n') {
      return fail(place(kHeadFile, 1, head_.empty() ? 0 : head_.size() - 1, "the line has no end"));
    }
    head_.pop_back();
    const auto line = parse_line(head_, fault);
    if (!line) {
      fault = explain_line(head_, fault);
      return fail(place(kHeadFile, 1, fault.byte, fault.what));
    }
    if (!checkpoint_verifies(head_, key_)) {
      return fail(place(kHeadFile, 1, 0, "the signature of the last checkpoint is not this key's"));
    }
    head_sequence_ = line->sequence;
    return true;
  }

  bool check_files(const std::vector<Segment>& segments) {
    for (const Segment& segment : segments) {
      if (segment.first != walk_.end().sequence + 1) {
        return fail(place(segment.name, 1, 0,
                          "a file is missing before this one: it should begin with sequence " +
                              std::to_string(walk_.end().sequence + 1)));
      }
      LineReader reader(segment.path);
      for (std::string_view text; next_line(reader, text);) {
        if (!check_line(segment, reader, text)) {
          return false;
        }
      }
      if (!reader.rest().empty()) {
        return fail(place(segment.name, reader.number() + 1,
                          reader.offset() + reader.rest().size() - 1,
                          "the last line has no end: a write was interrupted (the agent cuts such "
                          "a line off at its next start) or this byte was changed"));
      }
    }
    return true;
  }

  bool check_line(const Segment& segment, const LineReader& reader, std::string_view text) {
    LineFault fault;
    ParsedLine line;
    const auto fail_here = [&](std::size_t byte, const std::string& what) {
      return fail(place(segment.name, reader.number(), reader.offset() + byte, what));
    };
    if (!walk_.follow(text, line, fault)) {
      fault = explain_line(text, fault);
      return fail_here(fault.byte, fault.what);
    }
    if (line.kind == "genesis") {
      const std::string foreign = foreign_format(text);
      if (!foreign.empty()) {
        return fail_here(0, foreign);
      }
    }
    if (line.kind == "checkpoint") {
      if (!checkpoint_verifies(text, key_)) {
        return fail_here(0, "the signature of this checkpoint is not this key's");
      }
      ++result_.checkpoints;
    } else if (line.kind == "request") {
      ++result_.records;
    }
    if (line.sequence == head_sequence_) {
      if (text != head_) {
        return fail_here(
            0, std::string("this line is not the checkpoint that ") + kHeadFile + " holds");
      }
      head_seen_ = true;
    }
    return true;
  }

  std::string head_;
  const crypto::VerifyKey& key_;
  std::uint64_t head_sequence_ = 0;
  bool head_seen_ = false;
  ChainWalk walk_;
  Verified result_;
};

}  // namespace

// The head is read before the files: what an agent writes meanwhile comes after it.
Verified verify(const std::string& dir, const crypto::VerifyKey& key) {
  try {
    std::string head = platform::read_file(dir + '/' + kHeadFile, 1u << 20);
    return Verification(std::move(head), key).run(segments_of(dir));
  } catch (const fhir::Error& error) {
    Verified result;
    result.where = error.text();
    return result;
  }
}

void list(const std::string& dir, const std::function<bool(std::string_view line)>& line) {
  for (const Segment& segment : segments_of(dir)) {
    LineReader reader(segment.path);
    for (std::string_view text; reader.next(text);) {
      if (!line(text)) {
        return;
      }
    }
  }
}

}  // namespace sekisho::ledger
