#include "adapter/log/log_files.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "fhir/error.h"

namespace sekisho::log {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin = "sekisho-";
constexpr std::string_view kEnd = ".jsonl";
constexpr std::uint64_t kShares = 16;  // files that fit into the limit, at least

std::string compact(fhir::CivilDate day) {
  std::string text = fhir::to_text(day);
  std::erase(text, '-');
  return text;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool ends_with_a_line(const std::string& path) {
  std::ifstream in(fs::u8path(path), std::ios::binary | std::ios::ate);
  if (!in || in.tellg() <= 0) {
    return static_cast<bool>(in);
  }
  in.seekg(-1, std::ios::end);
  return in.get() == '\n';
}

}  // namespace

LogFiles::LogFiles(std::string folder, Limits limits)
    : folder_(std::move(folder)),
      limits_(limits),
      file_bytes_(std::max<std::uint64_t>(limits.max_bytes / kShares, 1)) {
  take_up();
}

std::string LogFiles::path_of(const Entry& entry) const {
  char number[16];
  std::snprintf(number, sizeof number, "%04u", entry.number);
  return folder_ + '/' + std::string(kBegin) + entry.day + '-' + number + std::string(kEnd);
}

// Files of other names are nobody's business here.
void LogFiles::take_up() {
  std::error_code error;
  for (const fs::directory_entry& found : fs::directory_iterator(fs::u8path(folder_), error)) {
    const std::string name = found.path().filename().string();
    if (!name.starts_with(kBegin) || !name.ends_with(kEnd)) {
      continue;
    }
    const std::string middle =
        name.substr(kBegin.size(), name.size() - kBegin.size() - kEnd.size());
    if (middle.size() < 10 || middle.size() > 17 || middle[8] != '-' ||
        !is_digits(middle.substr(0, 8)) || !is_digits(middle.substr(9))) {
      continue;
    }
    const std::uint64_t size = found.file_size(error);
    entries_.push_back({middle.substr(0, 8),
                        static_cast<std::uint32_t>(std::stoul(middle.substr(9))),
                        error ? 0 : size});
    bytes_ += entries_.back().size;
  }
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.day, a.number) < std::pair(b.day, b.number);
  });
}

// Goes on with the day's last file where that has room and ends as a file of lines does.
void LogFiles::begin_file(const std::string& day, std::uint64_t wanted) {
  platform::create_folder(folder_);
  file_.reset();
  const bool goes_on = !entries_.empty() && entries_.back().day == day &&
                       entries_.back().size + wanted <= file_bytes_ &&
                       ends_with_a_line(path_of(entries_.back()));
  if (goes_on) {
    file_ = platform::AppendFile::open(path_of(entries_.back()));
    return;
  }
  Entry next{day, 1, 0};
  for (const Entry& entry : entries_) {
    if (entry.day == day) {
      next.number = std::max(next.number, entry.number + 1);
    }
  }
  file_ = platform::AppendFile::open(path_of(next));
  entries_.push_back(std::move(next));
}

void LogFiles::remove_oldest() {
  std::error_code ignored;
  fs::remove(fs::u8path(path_of(entries_.front())), ignored);
  bytes_ -= entries_.front().size;
  entries_.pop_front();
}

// The file that is written stays; before it goes everything else.
void LogFiles::make_room(std::uint64_t wanted, fhir::Instant now) {
  const std::string first_kept =
      compact(fhir::japan_date(now) - std::chrono::days{limits_.keep_days});
  while (entries_.size() > 1 &&
         (bytes_ + wanted > limits_.max_bytes || entries_.front().day < first_kept)) {
    remove_oldest();
  }
}

void LogFiles::append(std::string_view line, fhir::Instant now) {
  const std::string bytes = std::string(line) + '\n';
  const std::string day = compact(fhir::japan_date(now));
  if (!file_ || file_->broken() || entries_.back().day != day ||
      entries_.back().size + bytes.size() > file_bytes_) {
    begin_file(day, bytes.size());
  }
  make_room(bytes.size(), now);
  file_->append(bytes);
  entries_.back().size += bytes.size();
  bytes_ += bytes.size();
}

}  // namespace sekisho::log
