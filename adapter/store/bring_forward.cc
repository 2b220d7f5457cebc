#include "adapter/store/bring_forward.h"

#include <exception>

#include "adapter/store/store.h"
#include "fhir/error.h"

namespace sekisho::store {

void bring_forward(const std::string& file, const fhir::CategoryVocabulary& vocabulary) {
  try {
    Store::open(file, vocabulary);
  } catch (const fhir::Error& e) {
    if (e.code() == fhir::ErrorCode::kCorrupt) {
      throw;
    }
    const std::exception_ptr failed = std::current_exception();
    try {
      open_for_reading(file);
    } catch (const fhir::Error&) {
      std::rethrow_exception(failed);
    }
  }
}

}  // namespace sekisho::store
