// No answer without its record: what append() returned for is in the ledger and verifies, whatever
// the disk does.
#include <map>
#include <thread>
#include <vector>

#include "adapter/ledger/ledger.h"
#include "fhir/error.h"
#include "fhir/json.h"
#include "tests/crash/crash.h"

namespace sekisho::tests {
namespace {

using ledger::Ledger;

constexpr fhir::Instant kNow{1'795'000'000'000};

class LedgerCrash : public CrashTest {
 protected:
  Ledger::Options options() const {
    Ledger::Options options;
    options.dir = folder().string();
    options.key = key_;
    options.seal_key = std::string(32, 's');
    options.segment_bytes = 3000;  // several files, and a signature every few lines
    options.checkpoint_every = 5;
    return options;
  }
  static ledger::Record record(const std::string& id) {
    ledger::Record made;
    made.request_id = id;
    made.status = 200;
    made.outcome = "released";
    made.patients = {{"patient-of-" + id, "I5"}};
    return made;
  }

  void prepare() override {
    Ledger::create(options(), kNow);
    const auto ledger = Ledger::open(options(), kNow);
    for (int i = 0; i < 3; ++i) {
      ledger->append(record("before-" + std::to_string(i)), kNow);
    }
  }
  static void append(Ledger& ledger, const std::string& id, const Say& say) {
    try {
      ledger.append(record(id), kNow);
      say(id);
    } catch (const fhir::Error&) {
      return;  // refused: nothing is released, and nobody was told
    }
  }
  void work(const Say& say) override {
    const auto ledger = Ledger::open(options(), kNow);
    for (int i = 0; i < 4; ++i) {
      append(*ledger, "alone-" + std::to_string(i), say);
    }
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 3; ++i) {
          append(*ledger, "many-" + std::to_string(t) + "-" + std::to_string(i), say);
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  }
  void check(const Ended& ended) override {
    { const auto ledger = Ledger::open(options(), kNow); }
    const ledger::Verified verified = ledger::verify(folder().string(), key_.verify_key());
    EXPECT_TRUE(verified.ok) << verified.where;
    std::map<std::string, int> held;
    ledger::list(folder().string(), [&](std::string_view line) {
      const fhir::Json json = fhir::parse_json(line);
      if (json.text("kind") == "request") {
        ++held[std::string(json.text("request_id"))];
      }
      return true;
    });
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(held["before-" + std::to_string(i)], 1);
    }
    for (const std::string& id : ended.said) {
      if (id.compare(0, 5, "alone") == 0 || id.compare(0, 4, "many") == 0) {
        EXPECT_EQ(held[id], 1) << id << " was answered";
      }
    }
  }

  const crypto::SigningKey key_ = crypto::SigningKey::generate();
};

TEST_F(LedgerCrash, HoldsWhatWasAnswered) { break_at_each_point(4); }

}  // namespace
}  // namespace sekisho::tests
