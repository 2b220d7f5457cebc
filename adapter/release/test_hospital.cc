#include "adapter/release/test_hospital.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "adapter/platform/durable_file.h"
#include "fhir/check.h"
#include "fhir/error.h"

namespace sekisho::release {

namespace {

const fhir::CategoryVocabulary kVocabulary;

// A disk that may be full, and that a test needs not wait for.
class TestFile final : public platform::FileBackend {
 public:
  TestFile(const std::string& path, const std::atomic<bool>& full)
      : file_(platform::open_file_backend(path)), full_(full) {}

  std::uint64_t size() override { return file_->size(); }
  std::size_t write(std::string_view bytes) override {
    if (full_) {
      throw fhir::Error(fhir::ErrorCode::kNoSpace, "test: no space");
    }
    return file_->write(bytes);
  }
  void sync() override {}
  void truncate(std::uint64_t size) override { file_->truncate(size); }

 private:
  std::unique_ptr<platform::FileBackend> file_;
  const std::atomic<bool>& full_;
};

platform::OpenAppendFile test_disk(const std::atomic<bool>& full) {
  return [&full](const std::string& path) {
    return platform::AppendFile::open(path, std::make_unique<TestFile>(path, full));
  };
}

registry::Registry::Options registry_options(const std::string& folder) {
  static const crypto::SigningKey key = crypto::SigningKey::generate();
  registry::Registry::Options options;
  options.dir = folder + "/registry";
  options.key = std::string(32, 'r');
  options.signing_key = key;
  static const std::atomic<bool> never_full{false};
  options.open_file = test_disk(never_full);
  return options;
}

ledger::Ledger::Options ledger_options(const std::string& folder, const std::atomic<bool>& full) {
  static const crypto::SigningKey key = crypto::SigningKey::generate();
  ledger::Ledger::Options options;
  options.dir = folder + "/ledger";
  options.key = key;
  options.seal_key = std::string(32, 's');
  options.agent_version = "0.1.0";
  options.host = "test";
  options.open_file = test_disk(full);
  return options;
}

std::string fresh(const std::string& name) {
  // Another run of the same test on this machine has a folder of its own.
  const std::string folder =
      testing::TempDir() + "hospital_" + name + "_" + std::to_string(getpid());
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

std::string list_of(const std::vector<std::string>& texts) {
  fhir::Json list = fhir::Json::Array{};
  for (const std::string& text : texts) {
    list.push(text);
  }
  return fhir::write_json(list);
}

}  // namespace

TestHospital::TestHospital(const std::string& name, const std::string& now)
    : folder_(fresh(name)), now_ms_(fhir::parse_instant(now)->ms) {
  registry::Registry::create(registry_options(folder_), this->now());
  registry_ = registry::Registry::open(registry_options(folder_),
                                       registry::Registry::Access::kWriter, this->now());
  ledger::Ledger::create(ledger_options(folder_, ledger_disk_full), this->now());
  ledger_ = ledger::Ledger::open(ledger_options(folder_, ledger_disk_full), this->now());
  store_ = std::make_unique<store::Store>(store::Store::open(store_file(), kVocabulary));
}

TestHospital::~TestHospital() {
  store_.reset();
  ledger_.reset();
  registry_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

fhir::Clock TestHospital::clock() {
  return [this] { return now(); };
}

void TestHospital::set_now(const std::string& instant) {
  now_ms_ = fhir::parse_instant(instant)->ms;
}

Door::Options TestHospital::door_options() const {
  Door::Options options;
  options.store_file = store_file();
  options.base_url = "https://hospital.example:8443/fhir";
  options.cursor_key = std::string(32, 'c');
  return options;
}

std::unique_ptr<Door> TestHospital::door() {
  return std::make_unique<Door>(door_options(), *registry_, *ledger_, clock(),
                                [this] { return skew_s.load(); });
}

void TestHospital::event(std::string_view type, const std::string& body) {
  const registry::Actor actor{{"架空 花子", "架空 太郎"}, "test"};
  const auto appended = registry_->append(type, fhir::parse_json(body), actor, now());
  for (const fhir::Issue& issue : appended.issues) {
    ADD_FAILURE() << type << ": " << issue.expression << ": " << issue.diagnostics;
  }
}

void TestHospital::open_for_business(const std::string& categories) {
  event("client",
        R"({"id":"RP","cert_subject":"urn:sekisho:test:hub","certified":["anon","pseudo"]})");
  event("filing", R"({"client":"RP","track":"pseudo","filing_no":"1","version":1,"accepted":true,)"
                  R"("accepted_on":"2026-10-01",)"
                  R"("start":"2026-11-01","items":)" +
                      categories + "}");
  event("baseline", R"({"client":"RP","list":"none","as_of":"2026-11-01","none_known":true,)"
                    R"("reason":"new"})");
  permit("PM0", R"({"categories":)" + categories + "}");
}

void TestHospital::permit(const std::string& id, const std::string& more) {
  fhir::Json body = fhir::parse_json(
      R"({"basis":"jisedai57","client":"RP","track":"pseudo","mode":"M0","purposes":["HRESCH"],)"
      R"("categories":["I1","I4","I5"],"from":"2026-04-01T00:00:00+09:00",)"
      R"("to":"2027-04-01T00:00:00+09:00"})");
  body.set("id", id);
  const fhir::Json replaced = fhir::parse_json(more.empty() ? "{}" : more);
  for (const fhir::Json::Member& member : *replaced.get<fhir::Json::Object>()) {
    body.set(member.name, member.value);
  }
  event("permit", fhir::write_json(body));
}

registry::PatientNumber TestHospital::patient(const std::string& id, const std::string& birth) {
  registry::PatientRecord record;
  record.id = id;
  record.local_id = "card-" + id;
  record.birth = fhir::parse_civil_date(birth);
  record.sex = "female";
  return registry_->index_patients({record}, now()).front();
}

void TestHospital::notify(const std::vector<std::string>& patients, const std::string& date,
                          const std::string& items) {
  event("notice", R"({"client":"RP","track":"pseudo","party":"both","date":")" + date +
                      R"(","items":)" + items + R"(,"patients":)" + list_of(patients) + "}");
}

void TestHospital::refuse(const std::string& patient, const std::string& more) {
  event("refusal", R"({"patients":[")" + patient + R"("],"requester":"self","channel":"counter")" +
                       more + "}");
}

void TestHospital::store(const Resource& resource) {
  store::Incoming incoming;
  incoming.body = fhir::parse_json(resource.body);
  incoming.type = incoming.body.text("resourceType");
  incoming.id = incoming.body.text("id");
  incoming.sets.rule = resource.rule;
  incoming.sets.needs = resource.needs;
  incoming.sets.subjects = resource.subjects;
  incoming.sets.flags = resource.flags;
  incoming.sets.data_date = resource.data_date;
  {
    const auto view = registry_->view();
    for (const std::string& subject : resource.subjects) {
      if (const auto number = view->number_of(subject)) {
        incoming.patients.push_back(*number);
      } else {
        incoming.sets.flags |= fhir::data_flag::kSubjectUnresolved;
      }
    }
  }
  sqlite::Transaction transaction(store_->database());
  store_->put(incoming, now());
  store_->settle();
  transaction.commit();
}

void TestHospital::remove(std::string_view type, std::string_view id) {
  sqlite::Transaction transaction(store_->database());
  fhir::check(store_->remove(type, id, now()), "what the test removes is there");
  store_->settle();
  transaction.commit();
}

void TestHospital::put_patient(const std::string& id, const std::string& birth) {
  patient(id, birth);
  Resource resource;
  resource.body = R"({"resourceType":"Patient","id":")" + id +
                  R"(","identifier":[{"system":"urn:card","value":"card-)" + id +
                  R"("}],"birthDate":")" + birth + R"("})";
  resource.rule = fhir::SetRule::kCarriedByPatient;
  resource.subjects = {id};
  store(resource);
}

void TestHospital::put_condition(const std::string& id, const std::string& patient,
                                 const std::string& code) {
  Resource resource;
  resource.body = R"({"resourceType":"Condition","id":")" + id +
                  R"(","code":{"coding":[{"system":"urn:icd","code":")" + code +
                  R"("}]},"subject":{"reference":"Patient/)" + patient + R"("}})";
  resource.needs = fhir::category::I1;
  resource.subjects = {patient};
  store(resource);
}

void TestHospital::put_observation(const std::string& id, const std::string& patient,
                                   const std::string& more) {
  Resource resource;
  resource.body = R"({"resourceType":"Observation","id":")" + id +
                  R"(","status":"final","code":{"coding":[{"system":"urn:jlac","code":"GLU"}]},)"
                  R"("subject":{"reference":"Patient/)" +
                  patient + R"("})" + more + "}";
  resource.needs = fhir::category::I5;
  resource.subjects = {patient};
  store(resource);
}

Asker TestHospital::asker() const {
  Asker asker;
  asker.client = "RP";
  asker.certificate = std::string(64, 'a');
  asker.permits = {"PM0"};
  asker.request_id = "0123456789abcdef0123456789abcdef";
  asker.interaction = "read";
  return asker;
}

}  // namespace sekisho::release
