#pragma once

#include <string_view>

namespace sekisho::agent {

// Where a command writes: the terminal it was started from, or the socket to it. Lines without LF.
// May be called from several threads.
class Console {
 public:
  virtual ~Console() = default;
  virtual void out(std::string_view line) = 0;
  virtual void err(std::string_view line) = 0;
  // A state of something long: on a terminal it takes the place of the one before, else it is a
  // plain line.
  virtual void progress(std::string_view line) = 0;
  virtual bool terminal() const = 0;
};

}  // namespace sekisho::agent
