#include "adapter/ingest/deletions.h"

#include <algorithm>
#include <optional>

namespace sekisho::ingest {

namespace {

constexpr std::size_t kBatch = 500;

// The same file under another condition flag, where this scan met it.
std::optional<FileRow> renamed(SourceTable& files, const FileRow& gone, std::int64_t generation) {
  if (gone.flag == kNoFlag) {
    return std::nullopt;
  }
  for (const char flag : {'2', '1', '0'}) {
    std::string path = gone.path;
    path.back() = flag;
    auto row = files.find(gone.root, path);
    if (row && row->generation == generation) {
      return row;
    }
  }
  return std::nullopt;
}

// A rename between the listing of a folder and the look at its files hides the file under both
// names. It is not gone: the next scan meets it.
bool stands_there(const connectors::ssmix2::Storage& storage, const FileRow& row) {
  const std::string flags = row.flag == kNoFlag ? row.path.substr(row.path.size() - 1) : "012";
  return std::any_of(flags.begin(), flags.end(),
                     [&](char flag) { return storage.with_flag(row.path, flag).has_value(); });
}

void delete_one(SourceTable& files, BatchWriter& writer, const Source& source, const FileRow& gone,
                std::int64_t generation, fhir::Instant now) {
  const auto now_called = renamed(files, gone, generation);
  if (!now_called && stands_there(source.storage, gone)) {
    return;
  }
  if (now_called && now_called->flag == 2) {
    // Superseded, but what supersedes it is not there or not readable: flag 2 never deletes by
    // itself, so its resources stay, now held by the renamed file.
    for (const std::int64_t rid : files.produced_by(gone.file)) {
      files.drop_produced(gone.file, rid);
      files.add_produced(now_called->file, rid);
    }
    writer.move_parts(gone.file, now_called->file);
  } else {
    writer.withdraw(gone, now);
  }
  if (!gone.match_key.empty()) {
    // One that counted as history because of this file may be the current one again.
    for (const FileRow& other : files.of_key(gone)) {
      if (other.flag == 1 && other.status == FileStatus::kSuperseded && other.at < gone.at) {
        files.read_again(other.file);
      }
    }
  }
  files.erase(gone.file);
}

}  // namespace

std::vector<std::string> roots_with_loss(SourceTable& files, const std::vector<Source>& sources,
                                         const Job& job, double threshold) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (job.hidden.count(i) != 0) {
      continue;
    }
    const std::uint64_t known = files.files_of(sources[i].root, job.first_file);
    const std::uint64_t lost = files.lost(sources[i].root, job.generation);
    if (lost > 0 &&
        (static_cast<double>(lost) > threshold * static_cast<double>(known) || lost >= known)) {
      names.push_back(sources[i].storage.name());
    }
  }
  return names;
}

void delete_vanished(store::Store& store, SourceTable& files, BatchWriter& writer,
                     const std::vector<Source>& sources, Job& job, const fhir::Clock& clock,
                     const std::atomic<bool>& cancel) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (job.hidden.count(i) != 0) {
      continue;  // a file that could not be listed is not gone
    }
    for (std::int64_t after = 0; !cancel;) {
      const auto gone = files.vanished(sources[i].root, job.generation, after, kBatch);
      if (gone.empty()) {
        break;
      }
      sqlite::Transaction transaction(store.database());
      const fhir::Instant now = clock();
      for (const FileRow& row : gone) {
        delete_one(files, writer, sources[i], row, job.generation, now);
        after = row.file;
      }
      store.settle();
      writer.end_withdrawals(now);
      job.root = sources.size();
      job.path.clear();
      save(store.database(), job);
      transaction.commit();
    }
  }
}

}  // namespace sekisho::ingest
