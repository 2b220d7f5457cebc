#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace sekisho::fhir {

enum class ErrorCode {
  kUsage,   // the command line or a call's parameters
  kConfig,  // configuration, mapping profile or other file that the hospital writes
  kInput,   // bytes from outside that cannot be taken at all
  kNotFound,
  kConflict,  // exists already, or another process holds the writer lock
  kIo,        // file or socket
  kNoSpace,   // the disk is full
  kCorrupt,   // persisted state does not verify: hash chain, format, checksum
  kDatabase,
  kCrypto,
  kNetwork,
  kUnsupported,
};

std::string_view name_of(ErrorCode code);

// The operation failed (never: the data is wrong, that is an Issue). The text says where, what and
// what to do, built from the outside in, and holds no value taken from a patient's record.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string text) : code_(code), text_(std::move(text)) {}

  ErrorCode code() const { return code_; }
  const std::string& text() const { return text_; }
  const char* what() const noexcept override { return text_.c_str(); }

  // The same error with "where: " put before its text.
  Error within(std::string_view where) const {
    return Error(code_, std::string(where) + ": " + text_);
  }

 private:
  ErrorCode code_;
  std::string text_;
};

// Runs f; an Error that leaves it is given the place that the caller knows.
template <class F>
auto within(std::string_view where, F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const Error& e) {
    throw e.within(where);
  }
}

}  // namespace sekisho::fhir
