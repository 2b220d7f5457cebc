#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "adapter/log/field.h"

namespace sekisho::log {

enum class Level { kInfo, kWarning, kAlarm };
Word name_of(Level level);

// Everything that is ever logged.
enum class Event {
  kAgentReady,
  kAgentStopping,
  kAgentStopped,
  kAgentFailed,
  kDoorOpened,
  kDoorClosed,
  kClockHeld,
  kClockConfirmed,
  kClockUnrecorded,
  kRegistryLocked,
  kRegistryAging,
  kLedgerLocked,
  kLedgerUnwritable,
  kLedgerWritable,
  kStopUnfinished,
  kDiskLow,
  kDiskFull,
  kDiskRecovered,
  kCertificateExpires,
  kTlsUnusable,
  kHubFailed,
  kHubUnavailable,
  kCommand,
  kIngestStarted,
  kIngestEnded,
  kIngestStopped,
  kIngestUnbalanced,
  kIngestFailed,
  kSuppressed,
};

struct EventText {
  Event event;
  Level level;
  Word name;     // as it stands in the line
  Word meaning;  // as docs/operations.md says it
};
std::span<const EventText> events();  // in the order of the enumeration
const EventText& text_of(Event event);

}  // namespace sekisho::log
