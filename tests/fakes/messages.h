#pragma once

#include <cstdint>
#include <string>

#include "tests/fakes/person.h"

namespace sekisho::fakes {

// When a message was written: MSH-7, and the sixth part of the file name.
struct Stamp {
  Day day;
  int millisecond = 0;  // of the day

  std::string minutes() const;    // YYYYMMDDHHMM
  std::string seconds() const;    // YYYYMMDDHHMMSS
  std::string dotted() const;     // ...SS.mmm
  std::string file_part() const;  // ...SSmmm
};

// What a message will say, counted as it is written.
struct Contents {
  std::uint64_t coverages = 0;
  std::uint64_t problems = 0;
  std::uint64_t specimens = 0;
  std::uint64_t results = 0;
  std::uint64_t infection_results = 0;

  void add(const Contents& other);
};

// The messages as UTF-8, each segment closed by CR, the file by CR 0x1C as the guideline's are.
std::string adt_00(const Person& person, const Stamp& stamp, bool former_address,
                   Contents& contents);
std::string adt_12(const Person& person, const Stamp& stamp);
std::string adt_22(const Person& person, const Stamp& stamp);
// The problems that had begun by the stamp's day; `latest` withdraws some of them (not counted).
std::string ppr_01(const Person& person, const Stamp& stamp, bool latest, Contents& contents);

struct LabOrder {
  std::string number;  // 15 digits
  bool preliminary = false;
  bool infections = false;
};
// The same random numbers give the same results, so a preliminary and a final message agree.
std::string oml_11(const Person& person, const Stamp& stamp, const LabOrder& order, Random random,
                   Contents& contents);

}  // namespace sekisho::fakes
