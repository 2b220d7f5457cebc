#include "tests/soak/month.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace sekisho::soak {
namespace {

using std::chrono::days;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kListHours = 36;
constexpr std::size_t kFirstPatients = 30;

void require(bool holds, const std::string& what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

std::uint64_t number_after(const std::string& text, const std::string& word, std::size_t from = 0) {
  const std::size_t at = text.find(word, from);
  require(at != std::string::npos, "no \"" + word + "\" in: " + text);
  return std::stoull(text.substr(at + word.size()));
}

// release-decision 4.7, written down once more: the later of the 31st day and the day after the
// corresponding day of the next month, or after its last day where it has none.
fhir::CivilDate eligible_from(fhir::CivilDate notified) {
  const fhir::CivilDate by_days = notified + days(31);
  const auto next = std::chrono::year_month_day(notified) + std::chrono::months(1);
  const fhir::CivilDate by_month =
      (next.ok() ? fhir::CivilDate(next)
                 : fhir::CivilDate(next.year() / next.month() / std::chrono::last)) +
      days(1);
  return std::max(by_days, by_month);
}

bool is_at(fhir::Instant now, std::int64_t hour) {  // of the day in Japan
  return (now.ms - fhir::japan_midnight(fhir::japan_date(now)).ms) / kHourMs == hour;
}

}  // namespace

Month::Month(const std::filesystem::path& folder, std::uint64_t seed)
    : random_(seed, 7),
      storage_(folder / "storage", seed),
      house_(folder, folder / "storage", *fhir::parse_instant("2026-10-31T22:30:00+09:00")) {
  house_.start();
  begin_business();
}

std::string Month::run(const std::vector<std::string>& words) {
  const Said said = house_.command(words);
  require(said.exit == 0, words[0] + " " + (words.size() > 1 ? words[1] : "") + " ended with " +
                              std::to_string(said.exit) + ": " + said.out + said.err);
  return said.out;
}

void Month::import(const std::string& name, const std::string& text) {
  run({"registry", "import", house_.file(name, text), "--by", "one", "--by", "two"});
}

void Month::begin_business() {
  for (std::size_t i = 0; i < kFirstPatients; ++i) {
    admit();
  }
  run({"ingest"});
  import("client.json", R"({"clients":[{"id":"hub","cert_subject":"urn:sekisho:soak:hub",)"
                        R"("certified":["anon"],"public_body":false,"enabled":true}]})");
  import("filing.json", R"({"filings":[{"client":"hub","track":"anon","filing_no":"1","version":1,)"
                        R"("accepted":true,"accepted_on":"2026-08-01","published_on":"2026-08-01",)"
                        R"("start":"2026-08-01","items":["I1","I4","I5"]}]})");
  make_permit();
  const fhir::CivilDate today = fhir::japan_date(house_.now());
  for (Person& person : people_) {
    if (random_.below(8) != 0) {
      person.notified = today - days(random_.between(1, 70));
      notify(person);
    }
  }
  run({"registry", "attest", "--client", "hub", "--none-known", "--reason", "new", "--as-of",
       fhir::to_text(today), "--by", "one", "--by", "two"});
  list_read_ = house_.now();
  import("counter.csv", "card,requester\n");
}

void Month::admit() {
  Person person;
  person.id = house_.patient_id(storage_.admit(house_.now()));
  people_.push_back(person);
}

void Month::notify(const Person& person) {
  import("notice.csv", "patient,client,track,date,party,method,items\n" + person.id + ",hub,anon," +
                           fhir::to_text(*person.notified) + ",both,paper_at_visit,I1 I4 I5\n");
}

// Two days and eleven hours long; the next one is made some hours after its end.
void Month::make_permit() {
  permit_from_ = house_.now();
  permit_to_ = fhir::Instant{permit_from_.ms + 59 * kHourMs};
  house_.permit = "p" + std::to_string(++permits_);
  import("permit.json", R"({"permits":[{"id":")" + house_.permit +
                            R"(","basis":"jisedai52","client":"hub","track":"anon","mode":"M0",)"
                            R"("purposes":["HRESCH"],"categories":["I1","I4","I5"],"from":")" +
                            fhir::to_text(permit_from_) + R"(","to":")" +
                            fhir::to_text(permit_to_) + R"("}]})");
}

void Month::hour() {
  ++hour_;
  house_.set_now(fhir::Instant{house_.now().ms + kHourMs});
  happen();
  ingest();
  check();
}

std::string Month::at() const {
  return "hour " + std::to_string(hour_) + ", " + fhir::to_japan_text(house_.now());
}

void Month::happen() {
  agent_restarts();
  clock_steps_back();
  certificates_rotate();
  permits_change();
  list_is_read();
  people_come_and_go();
}

void Month::people_come_and_go() {
  const fhir::Instant now = house_.now();
  if (is_at(now, 9)) {
    admit();
    people_.back().notified = fhir::japan_date(now);
  }
  for (std::size_t visits = random_.below(3); visits > 0; --visits) {
    storage_.visit(random_.below(storage_.patients()), now);
  }
  if (random_.below(6) == 0) {
    storage_.replace(now);
  }
  if (random_.below(12) == 0) {
    storage_.remove();
  }
  if (random_.below(5) == 0) {
    const std::size_t who = random_.below(people_.size());
    // Whose files were not read yet is known by card number only.
    const bool by_card = who + 1 == people_.size() || random_.below(2) == 0;
    run({"registry", "refuse", "--patient", by_card ? storage_.number(who) : people_[who].id,
         "--by", "counter"});
    people_[who].refused = true;
    ++refusals_;
  }
  if (random_.below(8) == 0) {
    const std::size_t who = random_.below(people_.size());
    const Said said = house_.command({"registry", "withdraw", "--patient", people_[who].id,
                                      "--identity-checked", "--by", "one", "--by", "two"});
    if (said.exit == 0) {
      // One refusal was in force: several would have to be named.
      people_[who].refused = false;
      ++withdrawals_;
    }
  }
}

void Month::permits_change() {
  if (house_.now().ms >= permit_to_.ms + 4 * kHourMs) {
    make_permit();
  }
}

// Each morning but every third: then the list goes stale for some hours.
void Month::list_is_read() {
  if (is_at(house_.now(), 8) && (hour_ / 24) % 3 != 1) {
    list_read_ = house_.now();
    import("counter.csv", "card,requester\n");
  }
}

bool Month::list_fresh() const { return house_.now().ms - list_read_.ms <= kListHours * kHourMs; }

void Month::certificates_rotate() {
  if (hour_ % 48 == 20) {
    house_.rotate_certificates();
    ++rotations_;
    require(house_.former_client_connects(), "a former client is refused before its time");
  }
  if (hour_ % 48 == 26 && rotations_ > 0) {
    house_.forget_former_authority();
    require(!house_.former_client_connects(), "a client of a former authority is accepted");
  }
}

void Month::agent_restarts() {
  if (is_at(house_.now(), 3)) {
    house_.stop();
    house_.start();
    ++restarts_;
  }
}

// By more than since the restart, so that the agent has seen a later time whenever it looked last.
// The watch looks once a second of real time.
void Month::clock_steps_back() {
  if (hour_ % 240 != 31) {
    return;
  }
  house_.set_now(fhir::Instant{house_.now().ms - 3 * kHourMs});
  for (int waited = 0; house_.open() && waited < 200; ++waited) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  check_closed(503);
  run({"clock", "confirm", "--by", "one"});
}

void Month::ingest() {
  const std::string report = run({"ingest"});
  const std::size_t resources = report.find("resources:");
  const std::uint64_t read = number_after(report, "read ");
  const std::uint64_t states =
      number_after(report, "mapped ") + number_after(report, "+ unchanged ") +
      number_after(report, "superseded ") + number_after(report, "deleted ") +
      number_after(report, "ignored ") + number_after(report, "quarantined ");
  require(read == states && read >= storage_.files(), "the files do not add up: " + report);
  require(number_after(report, "quarantined ") == 0, "a file is in quarantine: " + report);
  require(number_after(report, "produced ", resources) ==
              number_after(report, "stored ", resources) +
                  number_after(report, "unchanged ", resources) +
                  number_after(report, "rejected ", resources),
          "the resources do not add up: " + report);
  files_ = read;
  // Whoever was admitted this morning is known by now and gets the notice.
  if (is_at(house_.now(), 9)) {
    notify(people_.back());
  }
}

std::set<std::string> Month::expected() const {
  std::set<std::string> visible;
  const fhir::CivilDate today = fhir::japan_date(house_.now());
  for (const Person& person : people_) {
    if (person.notified && !person.refused && today >= eligible_from(*person.notified)) {
      visible.insert(person.id);
    }
  }
  return visible;
}

void Month::check() {
  if (!list_fresh()) {
    ++closed_hours_;
    check_closed(503);
  } else if (house_.now() < permit_from_ || house_.now() >= permit_to_) {
    ++closed_hours_;
    check_closed(403);
  } else {
    check_visible();
    check_refused();
  }
  check_ledger();
}

void Month::check_closed(int status) {
  for (const char* target : {"Patient", "Observation?_count=1", "Patient/x"}) {
    const int answered = house_.get(target).status;
    require(answered == status, std::string(target) + " was answered " + std::to_string(answered) +
                                    " and not " + std::to_string(status));
  }
}

void Month::check_visible() {
  const std::set<std::string> wanted = expected();
  std::set<std::string> seen;
  for (std::string target = "Patient?_count=7&_total=accurate"; !target.empty();) {
    const Answer page = house_.get(target);
    require(page.status == 200, target + " was answered " + std::to_string(page.status));
    require(fhir::write_json(*page.body.find("total")) == std::to_string(wanted.size()),
            "the total is " + fhir::write_json(*page.body.find("total")) + " and not " +
                std::to_string(wanted.size()));
    for (const fhir::Json& entry : page.body.items("entry")) {
      const std::string id(entry.find("resource")->text("id"));
      require(wanted.contains(id), "a patient is visible who may not be");
      require(seen.insert(id).second, "a patient is on two pages");
    }
    target.clear();
    for (const fhir::Json& link : page.body.items("link")) {
      if (link.text("relation") == "next") {
        const std::string url(link.text("url"));
        target = url.substr(url.find("/fhir/") + 6);
      }
    }
  }
  require(seen.size() == wanted.size(), "a patient is not visible who has to be");
  check_readiness(wanted.size());
}

void Month::check_refused() {
  std::size_t asked = 0;
  for (std::size_t i = 0; i < people_.size() && asked < 3; ++i) {
    const Person& person = people_[(i + static_cast<std::size_t>(hour_)) % people_.size()];
    if (!person.refused) {
      continue;
    }
    ++asked;
    require(house_.get("Patient/" + person.id).status == 404, "a refused patient is read");
    for (const char* type : {"Observation", "Condition", "Coverage"}) {
      const Answer found =
          house_.get(std::string(type) + "?patient=" + person.id + "&_total=accurate");
      require(found.status == 200 && fhir::write_json(*found.body.find("total")) == "0" &&
                  found.body.items("entry").empty(),
              std::string("a refused patient has a ") + type);
    }
  }
}

void Month::check_ledger() {
  run({"ledger", "verify"});
  std::uint64_t requests = 0;
  std::istringstream lines(run({"ledger", "list"}));
  for (std::string line; std::getline(lines, line);) {
    requests += line.find(R"("kind":"request")") != std::string::npos ? 1u : 0u;
  }
  require(requests == house_.answered(), "the ledger holds " + std::to_string(requests) +
                                             " requests, " + std::to_string(house_.answered()) +
                                             " were answered");
}

void Month::check_readiness(std::size_t visible) {
  const fhir::Json report =
      fhir::parse_json(run({"readiness", "--permit", house_.permit, "--json"}));
  std::uint64_t sum = 0;
  std::uint64_t releasable = 0;
  for (const fhir::Json& gate : report.items("byReason")) {
    const std::uint64_t patients = std::stoull(fhir::write_json(*gate.find("patients")));
    sum += patients;
    releasable += gate.text("reason") == "OK" ? patients : 0;
  }
  require(sum == people_.size(), "the gates do not add up to the patients");
  require(releasable == visible, "readiness names another number than the hub sees");
}

std::string Month::summary() const {
  return std::to_string(hour_) + " hours, " + std::to_string(people_.size()) + " patients, " +
         std::to_string(files_) + " files, " + std::to_string(refusals_) + " refusals, " +
         std::to_string(withdrawals_) + " withdrawals, " + std::to_string(permits_) + " permits, " +
         std::to_string(rotations_) + " rotations, " + std::to_string(restarts_) + " restarts, " +
         std::to_string(closed_hours_) + " closed hours, " + std::to_string(house_.answered()) +
         " answers, each with its record";
}

}  // namespace sekisho::soak
