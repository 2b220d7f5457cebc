#include "tests/fakes/messages.h"

#include <cstdio>

#include "tests/fakes/line.h"
#include "tests/fakes/segments.h"

namespace sekisho::fakes {

std::string Stamp::minutes() const {
  const auto minute = static_cast<unsigned>(millisecond / 60'000);
  return compact(day) + padded(minute / 60, 2) + padded(minute % 60, 2);
}

std::string Stamp::seconds() const {
  return minutes() + padded(static_cast<unsigned>(millisecond / 1000 % 60), 2);
}

std::string Stamp::dotted() const {
  return seconds() + "." + padded(static_cast<unsigned>(millisecond % 1000), 3);
}

std::string Stamp::file_part() const {
  return seconds() + padded(static_cast<unsigned>(millisecond % 1000), 3);
}

void Contents::add(const Contents& other) {
  coverages += other.coverages;
  problems += other.problems;
  specimens += other.specimens;
  results += other.results;
  infection_results += other.infection_results;
}

std::string doctor_field(const Department& department) {
  return std::string(department.doctor) + "^^^^^^^L^^^^^I";
}

std::string department_field(const Department& department) {
  return std::string(department.code) + "^" + std::string(department.name) + "^99XY1";
}

void header(std::string& message, const Stamp& stamp, std::string_view type) {
  message += "MSH|^~\\&|HIS01|SEND|GW|RCV|" + stamp.dotted() + "||" + std::string(type) + "|" +
             stamp.file_part() +
             "|P|2.5||||||~ISO IR87||ISO 2022-1994|SS-MIX2_1.20^SS-MIX2^1.2.392.200250.2.1.100.1.2."
             "120^ISO\r";
}

void event(std::string& message, const Stamp& stamp) {
  Line(message, "EVN").put(2, stamp.minutes()).put(7, "SEND001");
}

void patient(std::string& message, const Person& person, const Stamp& stamp, bool former_address) {
  const Address& address = former_address ? person.former_address : person.address;
  std::string names;
  if (person.alphabet.empty()) {
    names = std::string(person.family.kanji) + "^" + std::string(person.given.kanji) + "^^^^^L^I";
  } else {
    names = std::string(person.alphabet) + "^^^^^L^A";
  }
  names +=
      "~" + std::string(person.family.kana) + "^" + std::string(person.given.kana) + "^^^^^L^P";
  Line(message, "PID")
      .put(1, "0001")
      .put(3, person.number + "^^^^PI")
      .put(5, names)
      .put(7, compact(person.birth))
      .put(8, std::string(1, person.sex))
      .put(11, "^^^^" + std::string(address.postal_code) + "^JPN^H^" + std::string(address.text))
      .put(13, "^PRN^PH^^^^^^^^^" + person.phone)
      .put(33, stamp.seconds());
}

namespace {

void visit(std::string& message, const Person& person, char patient_class, const Stamp* admitted) {
  const bool inpatient = patient_class == 'I';
  Line(message, "PV1")
      .put(1, "0001")
      .put(2, std::string(1, patient_class))
      .put(3, inpatient ? "32^302^1^^^N" : std::string(person.department->code) + "^^^^^C")
      .put(7, doctor_field(*person.department))
      .put(10, person.department->code)
      .put(44, admitted != nullptr ? admitted->minutes() : "");
}

std::string tenth(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

void measures(std::string& message, const Person& person) {
  int set = 0;
  if (person.height > 0) {
    Line(message, "OBX")
        .put(1, std::to_string(++set))
        .put(2, "NM")
        .put(3, "9N001000000000001^身長^JC10")
        .put(5, tenth(person.height))
        .put(6, "cm^cm^ISO+")
        .put(11, "F");
    Line(message, "OBX")
        .put(1, std::to_string(++set))
        .put(2, "NM")
        .put(3, "9N006000000000001^体重^JC10")
        .put(5, tenth(person.weight))
        .put(6, "kg^kg^ISO+")
        .put(11, "F");
  }
  if (!person.blood.empty()) {
    Line(message, "OBX")
        .put(1, std::to_string(++set))
        .put(2, "CWE")
        .put(3, "5H010000001999911^血液型-ABO式^JC10")
        .put(5, std::string(person.blood) + "^" + std::string(person.blood) + "^JSHR002")
        .put(11, "F");
  }
}

void insurance(std::string& message, const Person& person) {
  const bool public_payer = person.insurer.code == kPublicAssistance.code;
  Line(message, "IN1")
      .put(1, "1")
      .put(2,
           std::string(person.insurer.code) + "^" + std::string(person.insurer.name) + "^JHSD0001")
      .put(3, person.insurer.number)
      .put(10, public_payer ? "" : person.symbol)
      .put(11, person.member)
      .put(12, "20200401")
      .put(17, person.dependent ? "EXF^扶養家族^HL70063" : "SEL^本人^HL70063");
}

void close(std::string& message) { message += '\x1C'; }

}  // namespace

std::string adt_00(const Person& person, const Stamp& stamp, bool former_address,
                   Contents& contents) {
  std::string message;
  header(message, stamp, "ADT^A08^ADT_A01");
  event(message, stamp);
  patient(message, person, stamp, former_address);
  visit(message, person, 'O', nullptr);
  Line(message, "DB1").put(1, "1").put(2, "PT").put(4, "N");
  measures(message, person);
  int set = 0;
  for (const Allergen* allergen : person.allergies) {
    Line(message, "AL1")
        .put(1, std::to_string(++set))
        .put(2, std::string(allergen->type) + "^" + std::string(allergen->type_name) + "^HL70127")
        .put(3, std::string(allergen->code) + "^" + std::string(allergen->name) + "^99XYZ");
  }
  insurance(message, person);
  ++contents.coverages;
  close(message);
  return message;
}

std::string adt_12(const Person& person, const Stamp& stamp) {
  std::string message;
  header(message, stamp, "ADT^A04^ADT_A01");
  event(message, stamp);
  patient(message, person, stamp, false);
  visit(message, person, 'O', &stamp);
  close(message);
  return message;
}

std::string adt_22(const Person& person, const Stamp& stamp) {
  std::string message;
  header(message, stamp, "ADT^A01^ADT_A01");
  event(message, stamp);
  patient(message, person, stamp, false);
  visit(message, person, 'I', &stamp);
  close(message);
  return message;
}

}  // namespace sekisho::fakes
