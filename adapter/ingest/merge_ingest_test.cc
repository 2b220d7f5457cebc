// Resources that several files make up: the times of the messages decide, never the order in which
// files come, change and go; and the figures are exact all the while.
#include <gtest/gtest.h>

#include <algorithm>

#include "adapter/ingest/test_storage.h"

namespace sekisho::ingest {
namespace {

// Admission and discharge make one Encounter; a Patient is the ADT-00 and what visits say of it.
// The key of the second rule forgets the patient number, as a bad profile may.
constexpr const char* kProfile = R"json({ "kind": "mapping-profile", "format": 1, "id": "visits",
  "version": "1",
  "source": { "type": "hl7v2", "accept": [{ "ssmix2": "ADT-22" }, { "ssmix2": "ADT-52" }],
    "groups": { "MESSAGE": { "holds": ["MSH", "EVN", "PID", "PV1"] } } },
  "rules": [
    { "name": "person", "when": "PID-8 exists or (PID-8 | isNull)", "create": "Patient",
      "updates": "merge", "key": ["=PID-3.1"],
      "body": { "gender": "=switch(PID-8, 'M', 'male', 'F', 'female')" } },
    { "name": "visit", "create": "Encounter", "updates": "merge", "key": ["=PID-3.1", "=PV1-19"],
      "onDelete": { "when": "EVN-1 = 'A11'" },
      "body": { "status": "=switch(EVN-1, 'A01', 'in-progress', 'A03', 'finished')",
                "class": { "code": "=PV1-2" },
                "subject": "=refKey('Patient', PID-3.1)",
                "period": { "start": "=PV1-44 | dateTime", "end": "=PV1-45 | dateTime" } } },
    { "name": "shared", "when": "PV1-50 exists", "create": "Observation", "updates": "merge",
      "key": ["=PV1-50"],
      "body": { "status": "final", "code": { "text": "=PV1-50" }, "issued": "=MSH-7 | instant",
                "subject": "=refKey('Patient', PID-3.1)" } }
  ],
  "ignored": ["MSH-*", "EVN-*", "PID-*", "PV1-*"] })json";

constexpr const char* kPatient = "1234567";

struct Visit {
  std::string at;             // MSH-7 and the file's name
  std::string event = "A01";  // A01 goes to ADT-22, A03 to ADT-52
  std::string start = {}, end = {};
  std::string patient = kPatient;
  std::string number = "V1";
  std::string sex = {};
  std::string shared = {};
  std::string kind = "I";

  std::string text() const {
    std::string out = "MSH|^~\\&|SYS|HOSP|AG|AG|" + at + "||ADT^" + event + "|M" + at +
                      "|P|2.5||||||~ISO IR87||ISO 2022-1994\rEVN|" + event + "|" + at +
                      "\rPID|1||" + patient + "^^^^PI||TEST^PERSON|||" + sex + "\rPV1|1|" + kind;
    for (int field = 3; field <= 50; ++field) {
      out += "|" + (field == 19   ? number
                    : field == 44 ? start
                    : field == 45 ? end
                    : field == 50 ? shared
                                  : std::string());
    }
    return out + "\r";
  }
  std::string place(char flag = '1') const {
    return ingest::place(patient, "20240401", event == "A03" ? "ADT-52" : "ADT-22",
                         "00000000000000" + number.substr(1), at + "000", flag);
  }
};

const Visit kIn{"20240401090000", "A01", "20240401"};
const Visit kOut{"20240410090000", "A03", "", "20240410"};

class MergeIngest : public StorageTest {
 protected:
  void SetUp() override {
    StorageTest::SetUp();
    fs::create_directories(dir_ / "pack" / "profiles");
    std::ofstream(dir_ / "pack" / "profiles" / "visits.map.json") << kProfile;
    pack_.emplace(mappings::Pack::load((dir_ / "pack").string()));
  }
  Report ingest(std::uint32_t batch_files = 3, fhir::Instant now = kNow) {
    static const mappings::Pack kBase = mappings::Pack::base();
    Options how = options();
    how.limits.batch_files = batch_files;
    how.limits.loss_threshold = 0.9;
    const Report report = ingest::run(
        how, {&*pack_, &kBase}, settings(), *registry_, [now] { return now; },
        [&](const Progress& progress) { on_progress(progress); }, cancel_);
    EXPECT_TRUE(report.balanced()) << report_text(report);
    EXPECT_EQ(report.read, report.cancelled ? report.read : files_in_storage())
        << report_text(report);
    return report;
  }
  std::uint64_t files_in_storage() const {
    std::uint64_t count = 0;
    for (const auto& one : fs::recursive_directory_iterator(root())) {
      count += one.is_regular_file() ? 1U : 0U;
    }
    return count;
  }
  void add(const Visit& visit) { write(visit.place(), visit.text()); }
  void forget_state() {
    registry_.reset();
    fs::remove_all(dir_ / "state");
    fs::create_directories(dir_ / "state" / "registry");
    registry::Registry::create(registry_options(), kNow);
    open_registry();
  }
  static std::string id_of(const char* patient) {
    return settings().ids.logical_id("Patient", {patient});
  }
  // Every live resource with its sets, without its version; versions depend on the way there.
  std::string resources() {
    std::string out;
    sqlite::Database database(store_file(), sqlite::Open::kReadOnly, sqlite::Durability::kNormal);
    sqlite::Statement all = database.prepare(
        "SELECT name, rule, needs, carried, flags, patient IS NULL, length(more_patients), text "
        "FROM resource JOIN type USING (type) WHERE version > 0 AND deleted = 0 ORDER BY name, "
        "resource.id");
    while (all.step()) {
      for (int column = 0; column < 7; ++column) {
        out += std::string(all.text(column)) + "|";
      }
      fhir::Json body = fhir::parse_json(all.text(7));
      body.find("meta")->erase("versionId");
      body.find("meta")->erase("lastUpdated");
      out += fhir::write_json(body) + "\n";
    }
    return out;
  }
  std::string encounter(const char* element) {
    sqlite::Database database(store_file(), sqlite::Open::kReadOnly, sqlite::Durability::kNormal);
    sqlite::Statement one = database.prepare(
        "SELECT text FROM resource JOIN type USING (type) WHERE name = 'Encounter' AND version > 0 "
        "AND deleted = 0");
    if (!one.step()) {
      return "none";
    }
    const fhir::Json body = fhir::parse_json(one.text(0));
    const fhir::Json* found = body.find(element);
    return found == nullptr ? "" : fhir::write_json(*found);
  }
  // What a store made anew of the storage as it is holds.
  std::string anew() {
    forget_state();
    ingest(500);
    return resources();
  }

  std::optional<mappings::Pack> pack_;
};

TEST_F(MergeIngest, TheOrderOfArrivalDecidesNothing) {
  std::vector<Visit> visits = {kIn,
                               kOut,
                               {"20240405090000", "A01", "", "", kPatient, "V1", "F"},
                               {"20240406090000", "A01", "20240402", "", kPatient, "V1", "\"\""}};
  visits[2].number = visits[3].number = "V1";
  std::vector<std::size_t> order = {0, 1, 2, 3};
  // Files of one match key supersede each other; these stand side by side.
  const auto place_of = [&](std::size_t i) {
    return place(kPatient, "2024040" + std::to_string(i + 1), i == 1 ? "ADT-52" : "ADT-22",
                 "000000000000001", visits[i].at + "000", '1');
  };
  std::string expected;
  int rounds = 0;
  do {
    if (rounds++ % 8 != 0) {
      continue;
    }
    fs::remove_all(root());
    fs::create_directories(root());
    forget_state();
    for (const std::size_t i : order) {
      write(place_of(i), visits[i].text());
      ingest();
    }
    expected = expected.empty() ? anew() : expected;
    EXPECT_EQ(resources(), expected);
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(encounter("period"), R"({"start":"2024-04-02","end":"2024-04-10"})");
  EXPECT_EQ(encounter("status"), R"("finished")");
  EXPECT_EQ(expected.find("gender"), std::string::npos) << "cleared by the later null";
}

TEST_F(MergeIngest, ATieOfTheMessageTimesIsDecidedByTheSource) {
  Visit other = kIn;
  other.start = "20240331";
  const std::string first = kIn.place();
  const std::string second =
      place(kPatient, "20240402", "ADT-22", "000000000000001", kIn.at + "000", '1');
  std::string expected;
  for (const bool forward : {true, false}) {
    fs::remove_all(root() / "123");
    forget_state();
    write(forward ? first : second, forward ? kIn.text() : other.text());
    ingest();
    write(forward ? second : first, forward ? other.text() : kIn.text());
    ingest();
    expected = expected.empty() ? resources() : expected;
    EXPECT_EQ(resources(), expected);
  }
}

TEST_F(MergeIngest, AJobThatWasBrokenOffBetweenBatchesEndsLikeAnUndisturbedOne) {
  for (int i = 1; i <= 5; ++i) {
    Visit in = kIn, out = kOut;
    in.number = out.number = "V" + std::to_string(i);
    in.sex = i % 2 == 0 ? "F" : "\"\"";
    add(in);
    add(out);
  }
  ingest(1);
  const std::string expected = dump();
  forget_state();
  for (int i = 0; i < 30; ++i) {
    cancel_ = true;  // stops at the next file
    ingest(1);
  }
  cancel_ = false;
  ingest(1);
  EXPECT_EQ(dump(), expected);
}

TEST_F(MergeIngest, ACorrectionTakesThePlaceOfWhatTheFileSaid) {
  add(kIn);
  add(kOut);
  ingest();
  rename(kIn.place(), kIn.place('2'));
  Visit corrected = kIn;
  corrected.at = "20240402090000";
  corrected.start = "20240330";
  add(corrected);
  const Report report = ingest();
  EXPECT_EQ(report.superseded, 1u);
  EXPECT_EQ(encounter("period"), R"({"start":"2024-03-30","end":"2024-04-10"})");
  EXPECT_EQ(one("SELECT count(*) FROM message_part"), 2);
  const std::string here = resources();
  EXPECT_EQ(anew(), here);
}

TEST_F(MergeIngest, AnEditOfAFileInItsPlaceCounts) {
  add(kIn);
  add(kOut);
  ingest();
  Visit edited = kOut;
  edited.end = "20240411";
  write(kOut.place(), edited.text());
  ingest();
  EXPECT_EQ(encounter("period"), R"({"start":"2024-04-01","end":"2024-04-11"})");
}

struct Goes {
  const char* name;
  char flag;  // '-': the file vanishes
};
class MergeIngestOfAFileThat : public MergeIngest, public testing::WithParamInterface<Goes> {
 protected:
  void take_out(const Visit& visit) {
    if (GetParam().flag == '-') {
      fs::remove(root() / visit.place());
    } else {
      rename(visit.place(), visit.place(GetParam().flag));
    }
  }
};

TEST_P(MergeIngestOfAFileThat, TakesItsPartOutAndTheOthersStay) {
  add(kIn);
  add(kOut);
  add({"20240501090000", "A01", "20240501", "", kPatient, "V2"});
  ingest();
  take_out(kOut);
  ingest();
  EXPECT_EQ(live("Encounter"), 2);
  const std::string here = resources();
  EXPECT_NE(here.find(R"("status":"in-progress","class":{"code":"I"})"), std::string::npos);
  EXPECT_EQ(here.find("2024-04-10"), std::string::npos);
  take_out(kIn);
  EXPECT_GE(ingest().tombstones, 1u);
  EXPECT_EQ(live("Encounter"), 1);
  EXPECT_EQ(one("SELECT count(*) FROM message_part"), 1);
}

INSTANTIATE_TEST_SUITE_P(All, MergeIngestOfAFileThat,
                         testing::Values(Goes{"IsFlaggedAsDeleted", '0'}, Goes{"Vanished", '-'}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(MergeIngest, ACancelMessageTakesWhatStoodBeforeItInWhateverOrderTheyCome) {
  Visit cancel{"20240402090000", "A11"};
  const std::string there =
      place(kPatient, "20240402", "ADT-22", "000000000000001", cancel.at + "000", '1');
  write(there, cancel.text());
  ingest();
  add(kIn);
  ingest();
  EXPECT_EQ(encounter("status"), "none");
  fs::remove(root() / there);
  ingest();
  EXPECT_EQ(encounter("status"), R"("in-progress")");
}

TEST_F(MergeIngest, TwoPatientsInOneResourceAreNeverReleased) {
  Visit a = kIn, b = kOut;
  a.shared = b.shared = "S";
  b.patient = "7654321";
  for (const bool forward : {true, false}) {
    fs::remove_all(root());
    fs::create_directories(root());
    forget_state();
    add(forward ? a : b);
    ingest();
    add(forward ? b : a);
    const Report report = ingest();
    EXPECT_GE(report.issues, 1u);
    EXPECT_EQ(one("SELECT count(*) FROM resource JOIN type USING (type) WHERE name = 'Observation' "
                  "AND version > 0 AND rule = 0 AND needs < 0 AND length(more_patients) = 4"),
              1)
        << resources();
  }
  // The other patient's file goes: what is left is the first one's alone.
  fs::remove(root() / b.place());
  ingest();
  EXPECT_EQ(one("SELECT count(*) FROM resource JOIN type USING (type) WHERE name = 'Observation' "
                "AND version > 0 AND more_patients IS NULL"),
            1);
}

TEST_F(MergeIngest, AnIssueOfAResourceIsCountedOnceForEachVersion) {
  Visit a = kIn, b = kOut, older = kIn;
  a.shared = b.shared = older.shared = "S";
  b.patient = "7654321";
  older.at = "20240331090000";
  older.number = "V2";
  add(a);
  add(b);
  ingest();
  EXPECT_EQ(one("SELECT sum(count) FROM coverage WHERE name = 'merge.two-patients'"), 1);
  add(older);  // says nothing that is not there
  EXPECT_EQ(ingest().issues, 0u);
  EXPECT_EQ(one("SELECT sum(count) FROM coverage WHERE name = 'merge.two-patients'"), 1);
}

TEST_F(MergeIngest, AnIncompleteResourceWaitsAndIsCountedOnce) {
  Visit vague = kOut;
  vague.kind = "";  // no class: base R4 requires it
  vague.event = "A03";
  add(vague);
  const Report first = ingest();
  EXPECT_EQ(first.rejected.at("merge.incomplete"), 1u);
  EXPECT_EQ(live("Encounter"), 0);
  EXPECT_EQ(one("SELECT count(*) FROM rejected WHERE reason = 'merge.incomplete'"), 1);
  add(kIn);
  const Report second = ingest();
  EXPECT_EQ(second.rejected.size(), 0u);
  EXPECT_EQ(live("Encounter"), 1);
  EXPECT_EQ(one("SELECT count(*) FROM rejected"), 0);
  EXPECT_EQ(one("SELECT sum(rejected) FROM source_file"), 0);
  const Report third = ingest();
  EXPECT_EQ(third.produced, 2u);
  EXPECT_EQ(third.resources_unchanged, 2u);
  // What completed it goes again.
  fs::remove(root() / kIn.place());
  EXPECT_EQ(ingest().tombstones, 1u);
  EXPECT_EQ(one("SELECT count(*) FROM rejected WHERE reason = 'merge.incomplete'"), 1);
  EXPECT_EQ(ingest().produced, 0u);
}

TEST_F(MergeIngest, AResourceOfTooManyPartsIsNotThereWhileItHasThem) {
  add(kIn);
  ingest();
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += kOut.text();
  }
  write(kOut.place(), text);
  const Report report = ingest();
  EXPECT_EQ(live("Encounter"), 0);
  EXPECT_EQ(report.rejected.at("merge.incomplete"), 5000u);
  EXPECT_EQ(report.tombstones, 1u);
  EXPECT_EQ(one("SELECT count(*) FROM rejected WHERE diagnostics LIKE 'more than 5000 parts%'"),
            5001);
  EXPECT_EQ(one("SELECT sum(count) FROM coverage WHERE name = 'merge.too-many'"), 1);
  fs::remove(root() / kOut.place());
  ingest();
  EXPECT_EQ(encounter("status"), R"("in-progress")");
  EXPECT_EQ(one("SELECT count(*) FROM rejected"), 0);
}

TEST_F(MergeIngest, OfOnePassTheFiguresDoNotDependOnTheOrder) {
  Visit vague = kIn;
  vague.kind = "";
  vague.at = "20240331090000";
  add(vague);  // read first
  add(kOut);
  const Report report = ingest(1);
  EXPECT_EQ(report.rejected.size(), 0u) << report_text(report);
  EXPECT_EQ(report.produced, 2u);
  EXPECT_EQ(report.stored, 2u);
}

TEST_F(MergeIngest, TheRegistryKnowsAPatientAsAllMessagesTell) {
  write(adt_place(kPatient), adt(kPatient));
  Visit later = kIn;
  later.at = "20250401090000";
  later.sex = "M";
  add(later);
  for (const bool forward : {true, false}) {
    ingest();
    const auto* known = registry_->view()->patient(id_of(kPatient));
    ASSERT_NE(known, nullptr);
    EXPECT_EQ(known->birth, fhir::civil_date(1965, 3, 2));
    EXPECT_NE(resources().find(R"("gender":"male")"), std::string::npos) << resources();
    if (forward) {
      forget_state();
    }
  }
}

// A rule that merges from now on, and one that replaces again: every file is read again, and what
// stands there is what a store made anew holds.
TEST_F(MergeIngest, AChangeOfTheProfileBetweenMergingAndReplacingIsWorkedOff) {
  add(kIn);
  add(kOut);
  const auto set_profile = [&](const std::string& text) {
    std::ofstream(dir_ / "pack" / "profiles" / "visits.map.json") << text;
    pack_.emplace(mappings::Pack::load((dir_ / "pack").string()));
  };
  std::string replacing = kProfile;
  for (std::size_t at; (at = replacing.find("\"merge\"")) != std::string::npos;) {
    replacing.replace(at, 7, "\"replace\"");
  }
  set_profile(replacing);
  ingest();
  EXPECT_EQ(one("SELECT count(*) FROM message_part"), 0);
  set_profile(kProfile);
  ingest();
  EXPECT_EQ(encounter("period"), R"({"start":"2024-04-01","end":"2024-04-10"})");
  set_profile(replacing);
  ingest();
  EXPECT_EQ(one("SELECT count(*) FROM message_part"), 0);
  const std::string here = resources();
  EXPECT_EQ(anew(), here);
}

}  // namespace
}  // namespace sekisho::ingest
