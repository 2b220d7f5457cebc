// The main of a fuzz target in ordinary builds: runs it over the empty input, over each file of the
// folders given, and over the same changes of each file every time - cut, flipped, doubled - so
// that targets do not rot between real fuzzing runs.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

namespace fs = std::filesystem;

// Of a file that is changed; larger ones run as they are.
constexpr std::size_t kMostBytes = 1 << 16;
// Of each kind: for a whole folder, and the least and the most for one file. A large corpus must
// not make the ordinary tests long.
constexpr std::size_t kChanges = 640, kLeastChanges = 4, kMostChanges = 64;

// In a block of exactly the input's size, as libFuzzer hands it.
void run(const std::string& input) {
  const auto bytes = std::make_unique<std::uint8_t[]>(input.size());
  if (!input.empty()) {
    std::memcpy(bytes.get(), input.data(), input.size());
  }
  LLVMFuzzerTestOneInput(bytes.get(), input.size());
}

// A fixed sequence (Numerical Recipes' linear congruence): the same on every machine.
class Sequence {
 public:
  std::size_t below(std::size_t bound) {
    state_ = state_ * 1664525u + 1013904223u;
    return (state_ >> 8) % bound;
  }

 private:
  std::uint32_t state_ = 1;
};

std::size_t run_changes(const std::string& input, std::size_t changes) {
  if (input.empty() || input.size() > kMostBytes) {
    return 0;
  }
  Sequence sequence;
  for (std::size_t i = 0; i < changes; ++i) {
    run(input.substr(0, sequence.below(input.size())));
    std::string flipped = input;
    const std::size_t at = sequence.below(input.size());
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << sequence.below(8)));
    run(flipped);
    std::string replaced = input;
    replaced[sequence.below(input.size())] = static_cast<char>(sequence.below(256));
    run(replaced);
    const std::size_t begin = sequence.below(input.size());
    const std::size_t length = sequence.below(input.size() - begin) + 1;
    std::string doubled = input;
    doubled.insert(begin, input, begin, length);
    run(doubled);
    std::string shortened = input;
    shortened.erase(begin, length);
    run(shortened);
  }
  return changes * 5;
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int count, char** words) {
  std::size_t inputs = 1;
  run("");
  for (int i = 1; i < count; ++i) {
    const std::vector<fs::path> files = files_below(words[i]);
    if (files.empty()) {
      std::fprintf(stderr, "%s: no corpus\n", words[i]);
      return 1;
    }
    const std::size_t changes = std::clamp(kChanges / files.size(), kLeastChanges, kMostChanges);
    for (const fs::path& file : files) {
      std::ifstream in(file, std::ios::binary);
      const std::string input((std::istreambuf_iterator<char>(in)),
                              std::istreambuf_iterator<char>());
      run(input);
      inputs += 1 + run_changes(input, changes);
    }
  }
  std::printf("%zu inputs\n", inputs);
  return 0;
}
