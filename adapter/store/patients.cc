#include "adapter/store/patients.h"

#include "adapter/store/store.h"

namespace sekisho::store {

void for_each_patient(const std::string& store_file,
                      const std::function<void(std::string_view id, fhir::CategorySet carried,
                                               unsigned flags)>& patient) {
  sqlite::Database database = open_for_reading(store_file);
  sqlite::Statement rows = database.prepare(
      "SELECT id, carried, flags FROM resource"
      " WHERE type = (SELECT type FROM type WHERE name = 'Patient') AND version > 0 AND deleted = 0"
      " ORDER BY id");
  while (rows.step()) {
    patient(rows.text(0), fhir::CategorySet{static_cast<std::uint64_t>(rows.integer(1))},
            static_cast<unsigned>(rows.integer(2)));
  }
}

}  // namespace sekisho::store
