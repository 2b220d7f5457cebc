// X14 with everything under way at once: files come in, refusals and their withdrawals are recorded
// at the counter, and 200 hubs read and search. SEKISHO_REFUSALS says how many refusals
// (README.md).

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "adapter/hub/routes.h"
#include "adapter/ingest/ingest.h"
#include "adapter/release/test_hospital.h"
#include "mappings/settings.h"
#include "tests/fakes/storage_generator.h"

namespace sekisho {
namespace {

constexpr const char* kInstitution = "1319999999";
constexpr std::size_t kPatients = 16;
constexpr std::size_t kReaders = 200;
constexpr std::size_t kRefusedAtOnce = 5;
constexpr std::uint64_t kAnswersBetween = 20;  // given between one refusal and the next

fhir::IdKey id_key() { return fhir::IdKey(std::string(32, 'i'), kInstitution); }

std::string number_of(std::size_t patient) {
  const std::string digits = std::to_string(patient + 1);
  return std::string(7 - digits.size(), '0') + digits;
}

std::size_t refusals_wanted() {
  const char* const given = std::getenv("SEKISHO_REFUSALS");
  return given == nullptr ? 40 : static_cast<std::size_t>(std::stoul(given));
}

// What is known at the counter of one patient. It counts up: 0 released, 1 a refusal is being
// recorded, 2 the refusal was acknowledged, 3 its withdrawal is being recorded, 4 released again,
// and so on.
class Word {
 public:
  void next() { ++steps_; }
  std::uint64_t now() const { return steps_; }
  static bool refused(std::uint64_t steps) { return steps % 4 == 2; }
  static bool released(std::uint64_t steps) { return steps % 4 == 0; }

 private:
  std::atomic<std::uint64_t> steps_{0};
};

// As a resource or the target of a reference; a link says back what was asked.
bool holds(const http::Response& response, const std::string& id) {
  return response.body.find("Patient/" + id) != std::string::npos ||
         response.body.find("\"id\":\"" + id + '"') != std::string::npos;
}

class ThreadsTest : public testing::Test {
 protected:
  ThreadsTest() : hospital("threads") {
    hospital.open_for_business();
    root = hospital.folder() + "/storage";
    add_files(1, kPatients);
    ingest();
    for (std::size_t i = 0; i < kPatients; ++i) {
      ids.push_back(id_key().logical_id("Patient", {number_of(i)}));
    }
    hospital.notify(ids);
    door = hospital.door();
    hub::HubOptions options;
    options.base_url = hospital.door_options().base_url;
    routes = std::make_unique<hub::Routes>(options, *door, [](const auto&) { return "RP"; });
  }

  void add_files(std::uint64_t first, std::uint64_t patients) {
    fakes::StorageOptions options;
    options.out = root;
    options.first_number = first;
    options.patients = patients;
    options.years = 1;
    options.visits_per_year = 1;
    fakes::generate_storage(options);
  }

  void ingest() {
    ingest::Options options;
    options.store_file = hospital.store_file();
    config::StorageRoot storage;
    storage.name = "main";
    storage.path = root;
    options.roots = {storage};
    const std::atomic<bool> cancel{false};
    const ingest::Report report = ingest::run(
        options, {&pack}, mappings::settings_for(id_key(), kInstitution, "架空病院", {}, "main"),
        hospital.registry(), hospital.clock(), [](const auto&) {}, cancel);
    EXPECT_TRUE(report.balanced()) << ingest::report_text(report);
    EXPECT_GT(report.stored, 0u);
  }

  http::Response ask(const std::string& target) const {
    http::Request request;
    request.method = "GET";
    http::decode_target("/fhir/" + target, request);
    request.headers = {{"Sekisho-Permit", "PM0"}};
    request.request_id = std::string(32, 'a');
    return (*routes)(request);
  }

  void record_refusals(std::size_t wanted);
  void read_on(unsigned seed);
  void check(const std::string& target, std::size_t asked_for);

  release::TestHospital hospital;
  const mappings::Pack pack = mappings::Pack::base();
  std::string root;
  std::vector<std::string> ids;
  std::unique_ptr<release::Door> door;
  std::unique_ptr<hub::Routes> routes;

  std::array<Word, kPatients> words;
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> answers{0}, given{0}, denied{0}, closed{0};
};

// Each is acknowledged when the call returns; then so many answers, then the next one. Some stay
// refused while others are recorded.
void ThreadsTest::record_refusals(std::size_t wanted) {
  for (std::size_t n = 0; n < wanted; ++n) {
    const std::size_t patient = n % kPatients;
    words[patient].next();
    hospital.refuse(ids[patient], R"(,"id":"r)" + std::to_string(n) + '"');
    words[patient].next();
    const std::uint64_t enough = answers + kAnswersBetween;
    while (answers < enough) {
      std::this_thread::yield();
    }
    if (n >= kRefusedAtOnce) {
      const std::size_t back = (n - kRefusedAtOnce) % kPatients;
      words[back].next();
      hospital.event("refusal-status", R"({"id":"r)" + std::to_string(n - kRefusedAtOnce) +
                                           R"(","status":"withdrawn","requester":"self",)"
                                           R"("identity_checked":true})");
      words[back].next();
    }
  }
  done = true;
}

void ThreadsTest::check(const std::string& target, std::size_t asked_for) {
  std::array<std::uint64_t, kPatients> before{};
  for (std::size_t i = 0; i < kPatients; ++i) {
    before[i] = words[i].now();
  }
  const http::Response response = ask(target);
  for (std::size_t i = 0; i < kPatients; ++i) {
    // Whose withdrawal began meanwhile may be there again.
    const bool refused = Word::refused(before[i]) && words[i].now() == before[i];
    if (refused && holds(response, ids[i])) {
      ADD_FAILURE() << target << ": holds a patient whose refusal was acknowledged before";
    }
  }
  // The other way round: who did not refuse, or no longer does, is there. A registry that changes
  // faster than an answer can be made closes the door for that answer.
  const bool whole = words[asked_for].now() == before[asked_for];
  if (whole && Word::released(before[asked_for]) && response.status != 503) {
    EXPECT_TRUE(holds(response, ids[asked_for])) << target;
  }
  ++(response.status == 503 ? closed : holds(response, ids[asked_for]) ? given : denied);
  ++answers;
}

void ThreadsTest::read_on(unsigned seed) {
  std::mt19937 random(seed);
  do {
    const std::size_t patient = random() % kPatients;
    switch (random() % 4) {
      case 0:
        check("Patient/" + ids[patient], patient);
        break;
      case 1:
        check("Patient/" + ids[patient] + "/_history/1", patient);
        break;
      case 2:
        check("Condition?_total=accurate&_count=2&patient=" + ids[patient], patient);
        break;
      default:
        check("Patient?_count=100", patient);
    }
  } while (!done);
}

TEST_F(ThreadsTest, NoAnswerAfterTheAcknowledgementHoldsThePatient) {
  const std::size_t wanted = refusals_wanted();
  std::vector<std::thread> threads;
  for (unsigned reader = 0; reader < kReaders; ++reader) {
    threads.emplace_back([this, reader] { read_on(reader); });
  }
  std::uint64_t runs = 0;
  threads.emplace_back([&] {
    for (std::uint64_t first = kPatients + 1; !done && first < 2000; ++first) {
      add_files(first, 1);
      ingest();
      ++runs;
    }
  });
  record_refusals(wanted);
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::cout << wanted << " refusals, " << runs << " runs of ingest, " << answers
            << " answers: " << given << " with the patient asked for, " << denied << " without, "
            << closed << " closed\n";
  EXPECT_GT(runs, 0u);
  EXPECT_GT(given, kReaders);
  EXPECT_GT(denied, wanted);
  EXPECT_LT(closed, answers / 2);
}

}  // namespace
}  // namespace sekisho
