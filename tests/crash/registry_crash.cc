// A refusal that was acknowledged holds, whatever the disk does; what is in force after the failure
// was asked for; the chain verifies.
#include <map>
#include <memory>

#include "adapter/registry/registry.h"
#include "fhir/error.h"
#include "tests/crash/crash.h"

namespace sekisho::tests {
namespace {

using registry::PatientRecord;
using registry::Registry;

constexpr fhir::Instant kNow{1'795'000'000'000};

class RegistryCrash : public CrashTest {
 protected:
  Registry::Options options() const {
    Registry::Options options;
    options.dir = folder().string();
    options.key = std::string(32, 'k');
    return options;
  }
  std::unique_ptr<Registry> open() const {
    return Registry::open(options(), Registry::Access::kWriter, kNow);
  }
  static bool refuse(Registry& registry, const std::string& body) {
    return registry.append("refusal", fhir::parse_json(body), {{"窓口 一子"}, "clerk"}, kNow).ok();
  }
  static bool refuses(const Registry& registry, const std::string& patient) {
    return !registry.view()->refusals_of(patient).empty();
  }
  static PatientRecord person(const std::string& id, const std::string& card) {
    PatientRecord record;
    record.id = id;
    record.local_id = card;
    record.name_kana = "テスト" + card;
    record.birth = fhir::parse_civil_date("1965-03-02");
    return record;
  }

  void prepare() override {
    Registry::create(options(), kNow);
    const auto registry = open();
    ASSERT_TRUE(refuse(*registry, R"({"patients": ["before"]})"));
    // Nobody of this card is known yet: whoever comes with it is refused from first sight.
    ASSERT_TRUE(refuse(*registry, R"({"keys": {"card": "77"}})"));
    ASSERT_EQ(registry->index_patients({person("known", "11")}, kNow).at(0), 0u);
  }

  // An operation that fails is not acknowledged, and the job goes on with the next one.
  template <class F>
  static void attempt(const Say& say, const std::string& acknowledged, F operation) {
    try {
      operation();
      say(acknowledged);
    } catch (const fhir::Error&) {
      return;
    }
  }

  void work(const Say& say) override {
    const auto registry = open();
    for (int i = 0; i < 4; ++i) {
      const std::string id = "p" + std::to_string(i);
      attempt(say, "refused " + id, [&] {
        if (!refuse(*registry, R"({"patients": [")" + id + R"("]})")) {
          throw fhir::Error(fhir::ErrorCode::kUsage, "the refusal is not right");
        }
      });
      attempt(say, "numbered " + id,
              [&] { registry->index_patients({person(id, "5" + std::to_string(i))}, kNow); });
    }
    attempt(say, "numbered late", [&] { registry->index_patients({person("late", "77")}, kNow); });
    const bool open_door = registry->loaded() && registry->chain_ok();
    if (open_door && registry->view()->number_of("late") && !refuses(*registry, "late")) {
      say("released late");
    }
  }

  void check(const Ended& ended) override {
    const auto registry = open();
    ASSERT_TRUE(registry->loaded() && registry->chain_ok()) << registry->locked_because();
    EXPECT_FALSE(registry->verify());
    EXPECT_TRUE(refuses(*registry, "before"));
    EXPECT_EQ(registry->view()->number_of("known"), 0u);
    for (const std::string& line : ended.said) {
      EXPECT_NE(line, "released late");
      const std::size_t space = line.find(' ');
      const std::string id = line.substr(space + 1);
      if (line.substr(0, space) == "refused") {
        EXPECT_TRUE(refuses(*registry, id)) << id << " was acknowledged";
      } else if (line.substr(0, space) == "numbered") {
        EXPECT_TRUE(registry->view()->number_of(id)) << id << " was numbered";
      }
    }
    // Whoever is in the index and fits the line that waited is refused.
    if (registry->view()->number_of("late")) {
      EXPECT_TRUE(refuses(*registry, "late"));
    }
    EXPECT_TRUE(refuse(*registry, R"({"patients": ["after"]})"));
    EXPECT_TRUE(refuses(*registry, "after"));
  }
};

TEST_F(RegistryCrash, KeepsWhatItAcknowledged) { break_at_each_point(4); }

}  // namespace
}  // namespace sekisho::tests
