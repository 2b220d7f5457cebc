#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adapter/release/answer.h"
#include "fhir/data_category.h"
#include "fhir/instant.h"

namespace sekisho::registry {
class Registry;
}
namespace sekisho::ledger {
class Ledger;
}
namespace sekisho::release {

// Who asks, as adapter/access found out, and what was said of permit and purpose.
struct Asker {
  std::string client;                 // empty: the certificate belongs to no enabled client
  std::string certificate;            // SHA-256 fingerprint, hex
  std::vector<std::string> permits;   // every value of Sekisho-Permit; exactly one is right
  std::vector<std::string> purposes;  // every value of Sekisho-Purpose; none or one
  std::string request_id;
  std::string interaction;  // "read", "vread", "search-type", "capabilities", ...
  std::string target;       // "Observation" or "Observation/id": never a parameter's value
};

struct SearchRequest {
  std::string type;
  std::vector<std::pair<std::string, std::string>> parameters;  // decoded, in order, no _format
};

struct ReadRequest {
  std::string type;
  std::string id;
  std::string version;  // empty: the current one
  std::string if_none_match;
  std::string if_modified_since;
};

// A store as one permit may see it at one instant. Every function decides, writes the ledger
// durably, compares the epoch again and only then returns; a change in between starts it over.
class ReleaseView {
 public:
  ReleaseView(ReleaseView&&) noexcept;
  ~ReleaseView();

  // 200, 304, 404 (denied, unknown, unknown type: the same), 410 (a tombstone whose last version
  // would have been visible). Like `search` also 403, 501 or 503 without a body where the gates
  // before the resource have closed since the view was opened, or something failed inside.
  Answer read(const ReadRequest& request);
  // 200 with a searchset, 400 with issues, or 404 for a type that is not served.
  Answer search(const SearchRequest& request);

 private:
  friend class Door;
  friend class PendingAnswer;
  struct Inner;
  explicit ReleaseView(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

// The door. One for the process; thread-safe.
class Door {
 public:
  struct Options {
    std::string store_file;  // opened read-only, a connection per thread that asks
    std::string base_url;    // for fullUrl and links
    fhir::CategoryVocabulary vocabulary;
    std::size_t page_size = 50;
    std::size_t max_page_size = 500;
    std::string cursor_key;  // 32 bytes: authenticates paging cursors
    // As in the configuration; an unknown value is the denying one (4.4 note 3).
    std::string wait_rule = "later";
    std::string renotify_at_16 = "notify_continue";
    // Records of registry and ledger up to here were ahead of a clock that an operator confirmed
    // since, and do not close the door any more (4.5). Absent: nothing was ever confirmed.
    std::function<fhir::Instant()> confirmed_up_to;
  };
  // `skew_s`: the clock's offset as far as it is known (0 without a measure). Lifetimes: registry,
  // ledger and clock outlive the door.
  Door(Options options, registry::Registry& registry, ledger::Ledger& ledger, fhir::Clock clock,
       std::function<std::int64_t()> skew_s);
  ~Door();

  std::variant<ReleaseView, Refusal> open(const Asker& asker);
  // Opens and reads in one, for a thread that begins several answers before it waits for the disk
  // once. After a change of the registry the first read renews the masks and others wait for it.
  PendingAnswer begin_read(const Asker& asker, const ReadRequest& request);
  // Records an answer that needs no permit (/metadata, /status) or that was refused before a permit
  // was looked at (404 for an unknown path, 405, 406). Throws Error where the ledger cannot be
  // written: the caller answers 503 without a body of its own.
  void record(const Asker& asker, int status);
  // For GET /status: may anything be served to this client, and how old is the data. Without a
  // client: to any.
  struct Status {
    bool open = false;
    std::optional<fhir::Instant> data_as_of;  // rounded down to the hour
  };
  Status status(std::string_view client = {});

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace sekisho::release
