#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapter/ledger/ledger.h"
#include "adapter/registry/registry.h"
#include "adapter/release/door.h"
#include "adapter/store/store.h"
#include "fhir/json.h"

namespace sekisho::release {

// An installation in a temporary folder for tests: registry, ledger, store and a clock that stands
// still until it is moved. Invented people only.
class TestHospital {
 public:
  static constexpr const char* kNow = "2026-11-20T10:00:00+09:00";

  // Registry and ledger wait for no disk: what needs a durable one opens its own.
  explicit TestHospital(const std::string& name, const std::string& now = kNow);
  ~TestHospital();

  registry::Registry& registry() { return *registry_; }
  ledger::Ledger& ledger() { return *ledger_; }
  store::Store& store() { return *store_; }
  const std::string& folder() const { return folder_; }
  std::string store_file() const { return folder_ + "/store.db"; }
  std::string ledger_dir() const { return folder_ + "/ledger"; }

  fhir::Clock clock();
  fhir::Instant now() const { return fhir::Instant{now_ms_}; }
  void set_now(const std::string& instant);
  std::atomic<std::int64_t> skew_s{0};

  // What the ledger's disk does from now on: a write fails as if it were full.
  std::atomic<bool> ledger_disk_full{false};

  Door::Options door_options() const;
  std::unique_ptr<Door> door();

  // Registry events; each must be taken. Two people act.
  void event(std::string_view type, const std::string& body);
  // Client RP (pseudo and anon), a filing since 2026-04-01, a permit PM0 of mode M0 for HRESCH.
  void open_for_business(const std::string& categories = R"(["I1","I4","I5"])");
  void permit(const std::string& id, const std::string& more);  // members that replace defaults
  registry::PatientNumber patient(const std::string& id, const std::string& birth = "1980-01-02");
  void notify(const std::vector<std::string>& patients, const std::string& date = "2026-08-01",
              const std::string& items = R"(["I1","I4","I5"])");
  void refuse(const std::string& patient, const std::string& more = "");

  // Stores a resource whose sets the caller states; each call is a batch of its own.
  struct Resource {
    std::string body;
    fhir::SetRule rule = fhir::SetRule::kNeeds;
    fhir::CategorySet needs = {};
    std::vector<std::string> subjects = {};
    unsigned flags = 0;
    std::optional<fhir::CivilDate> data_date = {};
  };
  void store(const Resource& resource);
  void remove(std::string_view type, std::string_view id);
  // A Patient resource, indexed and stored; a Condition (I1); an Observation (I5).
  void put_patient(const std::string& id, const std::string& birth = "1980-01-02");
  void put_condition(const std::string& id, const std::string& patient,
                     const std::string& code = "J45");
  void put_observation(const std::string& id, const std::string& patient,
                       const std::string& more = "");

  Asker asker() const;  // RP with PM0

 private:
  std::string folder_;
  std::atomic<std::int64_t> now_ms_;
  std::unique_ptr<registry::Registry> registry_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace sekisho::release
