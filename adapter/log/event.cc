#include "adapter/log/event.h"

#include <array>

#include "fhir/check.h"

namespace sekisho::log {
namespace {

constexpr std::array kEvents{
    EventText{Event::kAgentReady, Level::kInfo, "agent.ready", "it listens"},
    EventText{Event::kAgentStopping, Level::kInfo, "agent.stopping",
              "it was asked to stop; requests under way end"},
    EventText{Event::kAgentStopped, Level::kInfo, "agent.stopped", "a clean stop"},
    EventText{Event::kAgentFailed, Level::kAlarm, "agent.failed",
              "it could not start; standard error says why"},
    EventText{Event::kDoorOpened, Level::kInfo, "door.opened", "data can be released"},
    EventText{Event::kDoorClosed, Level::kAlarm, "door.closed",
              "nothing is released; the fields and `sekisho doctor` say why"},
    EventText{Event::kClockHeld, Level::kAlarm, "clock.held",
              "the clock stepped back; set it right, then `sekisho clock confirm`"},
    EventText{Event::kClockConfirmed, Level::kWarning, "clock.confirmed",
              "an operator confirmed the clock"},
    EventText{Event::kClockUnrecorded, Level::kAlarm, "clock.unrecorded",
              "the time cannot be written to the state folder"},
    EventText{Event::kRegistryLocked, Level::kAlarm, "registry.locked",
              "the refusal registry does not verify; run `sekisho doctor`"},
    EventText{Event::kRegistryAging, Level::kWarning, "registry.aging",
              "a required refusal list has used up 50, 80, 95 or 100 % of its age"},
    EventText{Event::kLedgerLocked, Level::kAlarm, "ledger.locked",
              "the disclosure ledger does not verify; run `sekisho doctor`"},
    EventText{Event::kLedgerUnwritable, Level::kAlarm, "ledger.unwritable",
              "the ledger takes no records: the disk is full or failing"},
    EventText{Event::kLedgerWritable, Level::kInfo, "ledger.writable",
              "the ledger takes records again"},
    EventText{Event::kStopUnfinished, Level::kAlarm, "stop.unfinished",
              "the last time or the last signature could not be written at the stop"},
    EventText{Event::kDiskLow, Level::kWarning, "disk.low",
              "under 1 GB is free below the state folder"},
    EventText{Event::kDiskFull, Level::kAlarm, "disk.full",
              "under 64 MB is free below the state folder"},
    EventText{Event::kDiskRecovered, Level::kInfo, "disk.recovered", "there is room again"},
    EventText{Event::kCertificateExpires, Level::kWarning, "certificate.expires",
              "the hub listener's certificate has less than 30 days left; said once a day"},
    EventText{Event::kTlsUnusable, Level::kAlarm, "tls.unusable",
              "changed certificate files cannot be used; the former ones are"},
    EventText{Event::kHubFailed, Level::kAlarm, "hub.failed", "a request was answered 500"},
    EventText{Event::kHubUnavailable, Level::kWarning, "hub.unavailable",
              "a request was answered 503"},
    EventText{Event::kCommand, Level::kInfo, "command", "an operator's command ended"},
    EventText{Event::kIngestStarted, Level::kInfo, "ingest.started", "an ingest began"},
    EventText{Event::kIngestEnded, Level::kInfo, "ingest.ended",
              "an ingest ended; the fields are its two equations"},
    EventText{Event::kIngestStopped, Level::kWarning, "ingest.stopped",
              "an ingest stopped: it was cancelled, or a storage lost most of its files"},
    EventText{Event::kIngestUnbalanced, Level::kAlarm, "ingest.unbalanced",
              "an equation does not add up: keep the store and report this"},
    EventText{Event::kIngestFailed, Level::kAlarm, "ingest.failed",
              "an ingest could not go on; the next one continues at its last checkpoint"},
    EventText{Event::kSuppressed, Level::kWarning, "log.suppressed",
              "so many lines of an event were left out within a minute"},
};

}  // namespace

Word name_of(Level level) {
  switch (level) {
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kAlarm:
      return "alarm";
  }
  return "alarm";
}

std::span<const EventText> events() { return kEvents; }

const EventText& text_of(Event event) {
  const auto at = static_cast<std::size_t>(event);
  fhir::check(at < kEvents.size() && kEvents[at].event == event, "a log event without a text");
  return kEvents[at];
}

}  // namespace sekisho::log
