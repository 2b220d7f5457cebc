// An ingest that is broken off ends, at the next run, as one that never was: the same store,
// figures that add up, the same numbers of patients; and a refusal is in force before its patient
// is stored.
#include "adapter/ingest/test_storage.h"
#include "adapter/store/store.h"
#include "tests/crash/crash.h"

namespace sekisho::tests {
namespace {

using ingest::adt;
using ingest::adt_place;
using ingest::lab;
using ingest::lab_place;

constexpr int kPatients = 3;
constexpr int kOrders = 3;
constexpr const char* kRefused = "1000001";

// The hospital of adapter/ingest's tests, in the folder of this one.
class Hospital final : public ingest::StorageTest {
 public:
  explicit Hospital(const std::filesystem::path& folder) {
    dir_ = folder;
    std::filesystem::create_directories(root());
  }
  using StorageTest::dump;
  using StorageTest::one;
  using StorageTest::open_registry;
  using StorageTest::registry_options;
  using StorageTest::rename;
  using StorageTest::root;
  using StorageTest::run;
  using StorageTest::store_file;
  using StorageTest::write;
  registry::Registry& registry() { return *registry_; }
  void close() { registry_.reset(); }
  static std::string id_of(const std::string& number) {
    return settings().ids.logical_id("Patient", {number});
  }

 private:
  void TestBody() override {}
};

std::string patient(int p) { return "100000" + std::to_string(p); }
std::string order(int i) { return "00000000000000" + std::to_string(i); }

class IngestCrash : public CrashTest {
 protected:
  // The storage lies beside what fails.
  std::filesystem::path base() const { return folder().parent_path(); }

  static void fill(Hospital& hospital) {
    for (int p = 0; p < kPatients; ++p) {
      hospital.write(adt_place(patient(p)), adt(patient(p)));
      for (int i = 0; i < kOrders; ++i) {
        hospital.write(lab_place(patient(p), order(i)),
                       lab(patient(p), order(i), {"1A990000000190153=1.5"}));
      }
    }
    hospital.write(adt_place("2000000"), adt("1000000"));
  }
  // What happens in the hospital between two passes: a new version, a deletion, a file that goes.
  static void change(Hospital& hospital) {
    for (int p = 0; p < kPatients; ++p) {
      hospital.rename(lab_place(patient(p), order(0)), lab_place(patient(p), order(0), '2'));
      hospital.write(lab_place(patient(p), order(0), '1', "20240502090000000"),
                     lab(patient(p), order(0), {"1A990000000190153=2.5"}));
      hospital.rename(lab_place(patient(p), order(1)), lab_place(patient(p), order(1), '0'));
    }
    std::filesystem::remove(hospital.root() / lab_place(patient(0), order(2)));
  }
  static void make_registry(Hospital& hospital) {
    std::filesystem::create_directories(hospital.registry_options().dir);
    registry::Registry::create(hospital.registry_options(), ingest::kNow);
    hospital.open_registry();
    const auto refused = hospital.registry().append(
        "refusal", fhir::parse_json(R"({"keys": {"card": ")" + std::string(kRefused) + R"("}})"),
        {{"窓口 一子"}, "clerk"}, ingest::kNow);
    ASSERT_TRUE(refused.ok());
  }

  void prepare() override {
    Hospital hospital(base());
    fill(hospital);
    make_registry(hospital);
    if (passes_ == 2) {
      hospital.run();
      change(hospital);
    }
    hospital.close();
  }
  void work(const Say& say) override {
    Hospital hospital(base());
    hospital.open_registry();
    const ingest::Report report = hospital.run();
    say("read " + std::to_string(report.read));
  }

  // Nothing is in the store that the registry could not refuse.
  static void check_in_doubt(Hospital& hospital) {
    try {
      store::open_for_reading(hospital.store_file());
    } catch (const fhir::Error&) {
      return;  // broken off while it was made: nothing can be read of it
    }
    const auto view = hospital.registry().view();
    EXPECT_LT(hospital.one("SELECT coalesce(max(patient), -1) FROM resource"),
              static_cast<std::int64_t>(view->patients()));
    const std::string refused = Hospital::id_of(kRefused);
    if (hospital.one("SELECT count(*) FROM resource WHERE id = '" + refused + "'") > 0) {
      EXPECT_FALSE(view->refusals_of(refused).empty());
    }
  }
  void check(const Ended& ended) override {
    Hospital hospital(base());
    hospital.open_registry();
    ASSERT_TRUE(hospital.registry().loaded() && hospital.registry().chain_ok())
        << hospital.registry().locked_because();
    check_in_doubt(hospital);
    const ingest::Report report = hospital.run();
    EXPECT_FALSE(report.stopped_for_loss || report.cancelled);
    check_in_doubt(hospital);
    EXPECT_FALSE(hospital.registry().view()->refusals_of(Hospital::id_of(kRefused)).empty());
    if (expected_.empty()) {  // the whole job, at first
      expected_ = hospital.dump();
      expected_read_ = ended.said.at(0);
    }
    EXPECT_EQ("read " + std::to_string(report.read), expected_read_);
    EXPECT_EQ(hospital.dump(), expected_);
  }

  int passes_ = 1;
  std::string expected_, expected_read_;
};

TEST_F(IngestCrash, TheFirstPassEndsAsAnUndisturbedOne) { break_at_each_point(2); }

TEST_F(IngestCrash, APassWithDeletionsEndsAsAnUndisturbedOne) {
  passes_ = 2;
  break_at_each_point(2);
}

}  // namespace
}  // namespace sekisho::tests
