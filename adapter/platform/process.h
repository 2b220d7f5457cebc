#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace sekisho::platform {

std::string os_user();  // the name of the user who runs this process
bool is_terminal(int descriptor);
// Blocks the stop signals (SIGINT, SIGTERM; console and service events on Windows) in every thread
// started after it, and ignores SIGPIPE. Call first in main.
void prepare_signals();
void wait_for_stop();  // returns when a stop was asked for
// Tells the service manager (sd_notify protocol; Windows service status). No-op without one.
void notify_ready();
void notify_stopping();
void disable_core_dumps();  // memory holds patients' data
// Gives memory that was freed back to the system, after a start or a job that needed much of it.
void return_free_memory();
// Lets the calling thread give way to the others of this process where there are too few
// processors.
void lower_thread_priority();
std::uint64_t resident_bytes();  // of this process; 0 where the system does not say

// Whether the clock follows a time source, as far as the operating system says; nothing where it
// does not say.
std::optional<bool> clock_synchronised();

}  // namespace sekisho::platform
