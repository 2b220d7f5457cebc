#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

namespace sekisho::tests {

// A copy of some bytes in a heap block of exactly their size, so that AddressSanitizer sees a read
// of the byte after the last one. A std::string would have its NUL there.
class ExactBytes {
 public:
  explicit ExactBytes(std::string_view bytes)
      : bytes_(std::make_unique<char[]>(bytes.size())), size_(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), bytes_.get());
  }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

}  // namespace sekisho::tests
