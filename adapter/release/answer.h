#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapter/release/released.h"
#include "fhir/instant.h"
#include "fhir/issue.h"

namespace sekisho::release {

// How a request that got no view is answered (release-decision 4.11a); recorded before it returns.
enum class Refusal {
  kBadRequest,    // permit header missing or repeated; purpose missing where there are several
  kClosed,        // SYS_*: 503
  kForbidden,     // CLIENT_*, PURPOSE_*, PERMIT_*: 403, one body for all
  kNotSupported,  // mode other than M0, or a rehearsal permit: 501
};

// An answer with data or without, as it goes to the hub but for the form. `status` is the HTTP
// status.
struct Answer {
  int status = 200;
  std::optional<Refusal> refusal;  // of a read that no view was opened for
  std::optional<Released> body;    // 200
  fhir::Issues issues;             // 400: what is wrong with the parameters
  std::string etag;                // W/"3", read and vread
  std::optional<fhir::Instant> last_modified;
};

// An answer that was begun: made, and its record on the way to the disk. Lives no longer than the
// door.
class PendingAnswer {
 public:
  PendingAnswer(PendingAnswer&&) noexcept;
  ~PendingAnswer();
  // Waits for the record, compares the epoch, starts over where it moved. Called once.
  Answer finish();

 private:
  friend class Door;
  friend class ReleaseView;
  struct Inner;
  explicit PendingAnswer(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace sekisho::release
