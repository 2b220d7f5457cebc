#include "adapter/ingest/patient_record.h"

#include <gtest/gtest.h>

#include "adapter/ingest/ingest.h"
#include "adapter/registry/person_key.h"
#include "fhir/text.h"
#include "mappings/patient.h"

namespace sekisho::ingest {
namespace {

TEST(PatientRecord, TakesWhatIdentifiesAPerson) {
  const fhir::Json patient = fhir::parse_json(R"({
    "resourceType": "Patient", "id": "abc",
    "identifier": [
      {"system": "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID", "value": "00012345:あいう:１８７:05"},
      {"system": "urn:oid:1.2.392.100495.20.3.51.11318814790", "value": "0001234"}],
    "name": [
      {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "SYL"}],
       "family": "ヤマダ", "given": ["ハナコ"]},
      {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "IDE"}],
       "family": "山田", "given": ["花子"]}],
    "gender": "female", "birthDate": "1965-03-02", "deceasedDateTime": "2026-09-01T23:30:00+09:00"})");
  const registry::PatientRecord record =
      patient_record(patient, [](std::string_view value) { return value == "0001234"; });
  EXPECT_EQ(record.id, "abc");
  EXPECT_EQ(record.local_id, "0001234");
  EXPECT_EQ(record.name_kana, fhir::fold_for_identity("ヤマダ ハナコ"));
  EXPECT_EQ(record.name, fhir::fold_for_identity("山田花子"));
  EXPECT_EQ(record.family_kana, "ヤマダ");
  EXPECT_EQ(record.family, "山田");
  EXPECT_EQ(record.birth, fhir::civil_date(1965, 3, 2));
  EXPECT_EQ(record.sex, "female");
  EXPECT_TRUE(record.deceased);
  EXPECT_EQ(record.deceased_on, fhir::civil_date(2026, 9, 1));
  EXPECT_EQ(record.insurance_ids, std::vector<std::string>{"00012345:あいう:187:05"});
}

// Ids are made of mappings::normal_patient_number, cards are found by registry::normal_card, which
// folds more: equal for the first has to be equal for the second, or a refusal misses its patient.
TEST(PatientRecord, ACardFoldsTheNumberThatIdentitiesAreMadeOf) {
  for (const char* number :
       {"1234567", "0001234", " 1234567", "1234567　", "１２３４５６７", "A-12 34", "ａｂ１２",
        "①２", "㍻12", "0", "000", "", "　", "ｶﾙﾃ12", "カルテ12",
        "か\xE3\x82\x99"
        "1",
        "が1", "\t12\n",
        "\xC2\xA0"
        "12"}) {
    const std::string normal = mappings::normal_patient_number(number);
    EXPECT_EQ(registry::normal_card(number), registry::normal_card(normal)) << number;
    EXPECT_EQ(mappings::normal_patient_number(normal), normal) << number;
  }
}

TEST(PatientRecord, ABlankDividesANameThatHasNoParts) {
  const auto family = [](const char* name) {
    return patient_record(fhir::parse_json(R"({"resourceType": "Patient", "id": "abc", "name": [)" +
                                           std::string(name) + "]}"),
                          [](std::string_view) { return false; })
        .family;
  };
  EXPECT_EQ(family(R"({"text": "山田　花子"})"), "山田");
  EXPECT_EQ(family(R"({"text": "Smith John"})"), "smith");
  EXPECT_EQ(family(R"({"text": "山田花子"})"), "");
}

TEST(PatientRecord, APartialBirthDateIsNone) {
  const fhir::Json patient =
      fhir::parse_json(R"({"resourceType":"Patient","id":"abc","birthDate":"1965-03"})");
  EXPECT_FALSE(patient_record(patient, [](std::string_view) { return false; }).birth);
}

TEST(PatientRecord, ACoverageNamesInsurerSymbolNumberAndBranch) {
  const fhir::Json coverage = fhir::parse_json(R"({
    "resourceType": "Coverage",
    "extension": [
      {"url": "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSymbol", "valueString": "１２"},
      {"url": "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonNumber", "valueString": "345"},
      {"url": "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSubNumber", "valueString": "01"}],
    "payor": [{"identifier": {"system": "http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber", "value": "06123456"}}]})");
  EXPECT_EQ(insurance_ids(coverage), std::vector<std::string>{"06123456:12:345:01"});
}

TEST(ReportText, SaysWhenAnEquationDoesNotAddUp) {
  Report report;
  report.read = 3;
  report.mapped = 2;
  report.quarantined["empty"] = 1;
  report.produced = 5;
  report.stored = 4;
  EXPECT_TRUE(report.files_balance());
  EXPECT_FALSE(report.resources_balance());
  EXPECT_FALSE(report.balanced());
  const std::string text = report_text(report);
  EXPECT_NE(text.find("quarantined 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("DOES NOT ADD UP"), std::string::npos) << text;
}

}  // namespace
}  // namespace sekisho::ingest
