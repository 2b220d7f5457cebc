#include "adapter/release/entrance.h"

#include <gtest/gtest.h>

namespace sekisho::release {
namespace {

using decision::Reason;
using registry::Mode;
using registry::Track;

const fhir::Instant kNow = *fhir::parse_instant("2026-11-20T10:00:00+09:00");
constexpr std::int64_t kDay = 86'400'000;

registry::Permit permit(const std::string& id, const std::string& client) {
  registry::Permit permit;
  permit.id = id;
  permit.basis = "jisedai57";
  permit.client = client;
  permit.track = Track::kPseudo;
  permit.mode = Mode::kM0;
  permit.purposes = {"HRESCH"};
  permit.categories = fhir::category::I1;
  permit.valid_from = fhir::Instant{kNow.ms - kDay};
  permit.valid_to = fhir::Instant{kNow.ms + kDay};
  return permit;
}

registry::Client client(const std::string& id) {
  registry::Client client;
  client.id = id;
  client.cert_subject = "urn:" + id;
  client.certified = {Track::kPseudo};
  return client;
}

// The state, the environment and the asker of a request that comes in.
struct Scene {
  registry::State state;
  registry::Environment environment;
  Asker asker;

  Scene() {
    registry::Client off = client("OFF");
    off.enabled = false;
    registry::Client uncertified = client("RX");
    uncertified.certified = {};
    for (registry::Client& one : std::vector{client("RP"), client("RA"), off, uncertified}) {
      state.attest_baseline(one.id);
      state.put(one);
    }
    put("P1", "RP", [](registry::Permit&) {});
    put("OTHERS", "RA", [](registry::Permit&) {});
    put("SEVERAL", "RP", [](registry::Permit& p) { p.purposes = {"HRESCH", "PATSFTY"}; });
    put("MIXED", "RP", [](registry::Permit& p) { p.purposes = {"PUBHLTH", "HRESCH"}; });
    put("OTHERS-SEVERAL", "RA", [](registry::Permit& p) { p.purposes = {"HRESCH", "TRAIN"}; });
    put("REVOKED", "RP", [](registry::Permit& p) { p.revoked = true; });
    put("REVOKED-SEVERAL", "RP", [](registry::Permit& p) {
      p.revoked = true;
      p.purposes = {"HRESCH", "TRAIN"};
    });
    put("EXPIRED", "RP", [](registry::Permit& p) { p.valid_to = kNow; });
    put("FORGED", "RP", [](registry::Permit& p) { p.signature_ok = false; });
    put("M1", "RP", [](registry::Permit& p) { p.mode = Mode::kM1; });
    put("M3", "RP", [](registry::Permit& p) { p.mode = Mode::kM3; });
    put("UNKNOWN-MODE", "RP", [](registry::Permit& p) { p.mode = Mode::kUnknown; });
    put("REHEARSAL", "RP",
        [](registry::Permit& p) { p.permit_class = registry::Permit::Class::kRehearsal; });
    put("REHEARSAL-REVOKED", "RP", [](registry::Permit& p) {
      p.permit_class = registry::Permit::Class::kRehearsal;
      p.revoked = true;
    });
    put("UNCERTIFIED", "RX", [](registry::Permit&) {});
    registry::Source local;
    local.name = "local";
    local.always_fresh = true;
    state.put(local);
    environment.registry_loaded = true;
    environment.chain_ok = true;
    environment.policy_ok = true;
    environment.audit_writable = true;
    asker.client = "RP";
    asker.permits = {"P1"};
  }

  void put(const std::string& id, const std::string& of,
           const std::function<void(registry::Permit&)>& change) {
    registry::Permit one = permit(id, of);
    change(one);
    state.put(one);
  }
};

struct Case {
  const char* name;
  std::function<void(Scene&)> change;
  std::optional<Refusal> refusal;
  Reason reason = Reason::kOk;
};

class Enter : public testing::TestWithParam<Case> {};

TEST_P(Enter, AnswersByTheTable) {
  Scene scene;
  GetParam().change(scene);
  const Entrance entrance = enter(scene.state, scene.environment, scene.asker, kNow);
  EXPECT_EQ(entrance.refusal, GetParam().refusal);
  EXPECT_EQ(decision::name_of(entrance.reason), decision::name_of(GetParam().reason));
}

std::function<void(Scene&)> with_permit(const char* id) {
  return [id](Scene& s) { s.asker.permits = {id}; };
}
std::function<void(Scene&)> with_purpose(const char* code) {
  return [code](Scene& s) { s.asker.purposes = {code}; };
}

INSTANTIATE_TEST_SUITE_P(
    All, Enter,
    testing::Values(
        Case{"ComesIn", [](Scene&) {}, std::nullopt},
        Case{"ComesInWithItsPurpose", with_purpose("HRESCH"), std::nullopt},
        // The headers' form comes before everything, whoever asks.
        Case{"NoPermit", [](Scene& s) { s.asker.permits = {}; }, Refusal::kBadRequest},
        Case{"TwoPermits",
             [](Scene& s) {
               s.asker.permits = {"P1", "P1"};
             },
             Refusal::kBadRequest},
        Case{"EmptyPermit", with_permit(""), Refusal::kBadRequest},
        Case{"TwoPurposes",
             [](Scene& s) {
               s.asker.purposes = {"HRESCH", "HRESCH"};
             },
             Refusal::kBadRequest},
        Case{"NoPermitOfNobody",
             [](Scene& s) {
               s.asker.client = "";
               s.asker.permits = {};
             },
             Refusal::kBadRequest},
        // G0
        Case{"NotLoaded", [](Scene& s) { s.environment.registry_loaded = false; }, Refusal::kClosed,
             Reason::kSysRegistryUnavailable},
        Case{"ChainBroken", [](Scene& s) { s.environment.chain_ok = false; }, Refusal::kClosed,
             Reason::kSysRegistryIntegrity},
        Case{"PolicyChanged", [](Scene& s) { s.environment.policy_ok = false; }, Refusal::kClosed,
             Reason::kSysPolicy},
        Case{"ClockBack", [](Scene& s) { s.environment.clock_went_back = true; }, Refusal::kClosed,
             Reason::kSysClock},
        Case{"ClockOff", [](Scene& s) { s.environment.clock_skew_s = -61; }, Refusal::kClosed,
             Reason::kSysClock},
        Case{"LedgerDown", [](Scene& s) { s.environment.audit_writable = false; }, Refusal::kClosed,
             Reason::kSysAuditUnavailable},
        Case{"ClosedForUnknownClientToo",
             [](Scene& s) {
               s.environment.chain_ok = false;
               s.asker.client = "";
             },
             Refusal::kClosed, Reason::kSysRegistryIntegrity},
        Case{"ClosedWithoutAPurpose",
             [](Scene& s) {
               s.environment.chain_ok = false;
               s.asker.permits = {"SEVERAL"};
             },
             Refusal::kClosed, Reason::kSysRegistryIntegrity},
        // G1
        Case{"NoClient", [](Scene& s) { s.asker.client = ""; }, Refusal::kForbidden,
             Reason::kClientUnknown},
        Case{"DisabledClient", [](Scene& s) { s.asker.client = "OFF"; }, Refusal::kForbidden,
             Reason::kClientUnknown},
        // G2
        Case{"Prohibited", with_purpose("HMARKT"), Refusal::kForbidden, Reason::kPurposeProhibited},
        Case{"NotServed", with_purpose("TREAT"), Refusal::kForbidden, Reason::kPurposeNotServed},
        Case{"EmptyPurpose", with_purpose(""), Refusal::kForbidden, Reason::kPurposeNotServed},
        Case{"NotInThePermit", with_purpose("TRAIN"), Refusal::kForbidden, Reason::kPermitPurpose},
        Case{"UnknownPermit", with_permit("NONE"), Refusal::kForbidden, Reason::kPermitMissing},
        Case{"AnothersPermit", with_permit("OTHERS"), Refusal::kForbidden, Reason::kPermitMissing},
        Case{"Revoked", with_permit("REVOKED"), Refusal::kForbidden, Reason::kPermitNotValid},
        Case{"Expired", with_permit("EXPIRED"), Refusal::kForbidden, Reason::kPermitNotValid},
        Case{"Forged", with_permit("FORGED"), Refusal::kForbidden, Reason::kPermitNotValid},
        Case{"UnknownMode", with_permit("UNKNOWN-MODE"), Refusal::kForbidden, Reason::kPermitMode},
        Case{"Uncertified",
             [](Scene& s) {
               s.asker.client = "RX";
               s.asker.permits = {"UNCERTIFIED"};
             },
             Refusal::kForbidden, Reason::kClientNotCertified},
        // Which purpose? Only to the owner of a valid permit.
        Case{"SeveralPurposes", with_permit("SEVERAL"), Refusal::kBadRequest},
        Case{"SeveralPurposesOneSaid",
             [](Scene& s) {
               s.asker.permits = {"SEVERAL"};
               s.asker.purposes = {"PATSFTY"};
             },
             std::nullopt},
        Case{"SeveralPurposesFirstNotForThisClient", with_permit("MIXED"), Refusal::kBadRequest},
        Case{"SeveralPurposesOfAnother", with_permit("OTHERS-SEVERAL"), Refusal::kForbidden,
             Reason::kPermitMissing},
        Case{"SeveralPurposesRevoked", with_permit("REVOKED-SEVERAL"), Refusal::kForbidden,
             Reason::kPermitNotValid},
        // What this door does not open for yet, once everything else holds.
        Case{"M1", with_permit("M1"), Refusal::kNotSupported},
        Case{"M3", with_permit("M3"), Refusal::kNotSupported},
        Case{"Rehearsal", with_permit("REHEARSAL"), Refusal::kNotSupported},
        Case{"RehearsalRevoked", with_permit("REHEARSAL-REVOKED"), Refusal::kForbidden,
             Reason::kPermitNotValid}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Entrance, TellsHowLongItHolds) {
  Scene scene;
  EXPECT_EQ(enter(scene.state, scene.environment, scene.asker, kNow).until.ms, kNow.ms + kDay);
}

TEST(Entrance, DefaultsToThePermitsOnlyPurpose) {
  Scene scene;
  const Entrance entrance = enter(scene.state, scene.environment, scene.asker, kNow);
  EXPECT_EQ(entrance.purpose, "HRESCH");
  EXPECT_EQ(entrance.permit, "P1");
  EXPECT_EQ(entrance.mode, "M0");
}

}  // namespace
}  // namespace sekisho::release
