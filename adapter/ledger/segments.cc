#include "adapter/ledger/segments.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "fhir/error.h"

namespace sekisho::ledger {
namespace {

constexpr std::string_view kPrefix = "ledger-";
constexpr std::string_view kSuffix = ".jsonl";
constexpr std::size_t kDigits = 12;
constexpr std::size_t kChunk = 64 * 1024;

}  // namespace

std::string segment_name(std::uint64_t first) {
  std::string digits = std::to_string(first);
  digits.insert(0, digits.size() < kDigits ? kDigits - digits.size() : 0, '0');
  return std::string(kPrefix) + digits + std::string(kSuffix);
}

std::vector<Segment> segments_of(const std::string& dir) {
  std::vector<Segment> segments;
  std::error_code error;
  for (std::filesystem::directory_iterator it(std::filesystem::u8path(dir), error), end;
       !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.size() <= kPrefix.size() + kSuffix.size() ||
        name.compare(0, kPrefix.size(), kPrefix) != 0 ||
        name.compare(name.size() - kSuffix.size(), kSuffix.size(), kSuffix) != 0) {
      continue;
    }
    Segment segment{0, name, it->path().string()};
    const char* const last = name.data() + name.size() - kSuffix.size();
    const auto [stop, bad] = std::from_chars(name.data() + kPrefix.size(), last, segment.first);
    if (bad == std::errc() && stop == last) {
      segments.push_back(std::move(segment));
    }
  }
  std::sort(segments.begin(), segments.end(),
            [](const Segment& a, const Segment& b) { return a.first < b.first; });
  return segments;
}

LineReader::LineReader(const std::string& path)
    : file_(std::filesystem::u8path(path), std::ios::binary),
      name_(std::filesystem::u8path(path).filename().string()) {
  if (!file_) {
    throw fhir::Error(fhir::ErrorCode::kIo,
                      name_ + ": cannot be opened; check that the file exists and may be read");
  }
}

bool LineReader::fill() {
  if (buffer_.size() - read_ > kLongestWrite) {
    throw fhir::Error(fhir::ErrorCode::kCorrupt,
                      name_ + ":" + std::to_string(number_ + 1) + ": a line of more than 64 MB");
  }
  buffer_.erase(0, read_);
  read_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + kChunk);
  file_.clear();
  file_.read(buffer_.data() + kept, static_cast<std::streamsize>(kChunk));
  buffer_.resize(kept + static_cast<std::size_t>(file_.gcount()));
  if (file_.bad()) {
    throw fhir::Error(fhir::ErrorCode::kIo, name_ + ": cannot be read; check the disk");
  }
  return buffer_.size() > kept;
}

bool LineReader::next(std::string_view& line) {
  offset_ = next_offset_;
  std::size_t searched = 0;
  for (;;) {
    const std::size_t end = buffer_.find('\n', read_ + searched);
    if (end != std::string::npos) {
      line = std::string_view(buffer_).substr(read_, end - read_);
      read_ = end + 1;
      next_offset_ = offset_ + line.size() + 1;
      ++number_;
      return true;
    }
    searched = buffer_.size() - read_;
    if (!fill()) {
      return false;
    }
  }
}

}  // namespace sekisho::ledger
