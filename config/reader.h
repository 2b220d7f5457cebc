#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"

namespace sekisho::config {

// The configuration's text, to say where a value stands.
struct Source {
  std::string file;
  std::vector<fhir::JsonPosition> positions;
};

// Reads the members of one object. Each reading call names a key that is known; `finish` then
// refuses all others. An absent member leaves the target as it is. Whatever is refused is
// Error(kConfig): "file:line:column: hub.port: what". Source and object must outlive it.
class Reader {
 public:
  Reader(const Source& source, std::string pointer, const fhir::Json& object);

  void text(std::string_view key, std::string& target);
  void choice(std::string_view key, std::string& target,
              std::initializer_list<std::string_view> allowed);
  void truth(std::string_view key, bool& target);
  void fraction(std::string_view key, double& target);  // 0 to 1
  void texts(std::string_view key, std::vector<std::string>& target);
  template <class Whole>
  void whole(std::string_view key, Whole& target, std::int64_t least, std::int64_t most) {
    target = static_cast<Whole>(whole_number(key, static_cast<std::int64_t>(target), least, most));
  }
  void section(std::string_view key, const std::function<void(Reader&)>& read);
  // An array of objects, each read and finished; `read` gets its index too.
  void sections(std::string_view key, const std::function<void(Reader&, std::size_t)>& read);

  std::vector<std::string> keys() const;  // of the object, known or not

  [[noreturn]] void refuse(std::string_view key, const std::string& what) const;
  void finish() const;

 private:
  const fhir::Json* member(std::string_view key);  // null where it is absent
  std::int64_t whole_number(std::string_view key, std::int64_t target, std::int64_t least,
                            std::int64_t most);

  const Source& source_;
  std::string pointer_;
  const fhir::Json& object_;
  std::vector<std::string> known_;
};

}  // namespace sekisho::config
