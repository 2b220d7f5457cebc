#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace sekisho::release {

// A body that may leave the hospital: every resource in it passed the decision, and the answer is
// in the ledger, durable. Only a PendingAnswer makes one, so code that sends a Released cannot send
// raw data.
class Released {
 public:
  std::string_view text() const { return text_; }
  std::string take() && { return std::move(text_); }

 private:
  friend class PendingAnswer;
  explicit Released(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace sekisho::release
