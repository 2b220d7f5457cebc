#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace sekisho::store {

// A file of a storage that says that its patient was there, by its name alone. Good during the
// call.
struct VisitFile {
  std::int64_t file = 0;
  std::string_view name;  // patient_date_type_order_datetime_department_flag
};

// Every file of outpatient receptions (ADT-12) and admissions (ADT-22) whose identity ingest has
// checked and that no later one of its match key cancels, in no order. False from `visit` ends it.
// Opens the store read-only. For the inside of the hospital: names hold patient numbers.
void for_each_visit(const std::string& store_file,
                    const std::function<bool(const VisitFile&)>& visit);

}  // namespace sekisho::store
