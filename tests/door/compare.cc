#include "tests/door/compare.h"

#include <algorithm>

#include "fhir/json.h"

namespace sekisho::door_bench {

namespace {

bool is_of_the_connection(const std::string& header) {
  return header == "Date" || header == "X-Request-Id";
}

std::string text_of(const http::Response& response) {
  std::string text = std::to_string(response.status) + "\n";
  for (const auto& [name, value] : response.headers) {
    if (!is_of_the_connection(name)) {
      text += name + ": " + value + "\n";
    }
  }
  return text + "\n" + response.body + "\n";
}

// The question of the next link, if there is one.
std::optional<Question> next_page(const Question& question, const http::Response& response) {
  if (question.pages == 0 || response.status != 200 || response.body.empty()) {
    return std::nullopt;
  }
  const fhir::Json body = fhir::parse_json(response.body);
  for (const fhir::Json& link : body.items("link")) {
    if (link.text("relation") != "next") {
      continue;
    }
    const std::string_view url = link.text("url");
    const std::size_t mark = url.find('?');
    Question next = question;
    next.method = "GET";
    next.path = url.substr(url.find("/fhir/"), mark - url.find("/fhir/"));
    next.parameters.clear();
    http::parse_form(url.substr(mark + 1), next.parameters);
    --next.pages;
    return next;
  }
  return std::nullopt;
}

std::string first_lines(const std::string& a, const std::string& b) {
  const std::size_t same = static_cast<std::size_t>(
      std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  const std::size_t from = same < 60 ? 0 : same - 60;
  return "  with the refusal:  ..." + a.substr(std::min(from, a.size()), 200) +
         "\n  never there:       ..." + b.substr(std::min(from, b.size()), 200);
}

}  // namespace

std::string said(const Twin& twin, const Question& question) {
  std::string all;
  std::optional<Question> asked = question;
  while (asked) {
    const http::Response response = twin.answer(request_of(*asked));
    all += text_of(response);
    asked = next_page(*asked, response);
  }
  return all;
}

std::optional<std::string> difference(const Twin& a, const Twin& b, const Question& question) {
  const std::string of_a = said(a, question);
  const std::string of_b = said(b, question);
  if (of_a == of_b) {
    return std::nullopt;
  }
  return first_lines(of_a, of_b);
}

Question shrink(Question question, const std::function<bool(const Question&)>& differs) {
  bool smaller = true;
  while (smaller) {
    smaller = false;
    const auto keep_if_it_differs = [&](Question candidate) {
      if (!smaller && differs(candidate)) {
        question = std::move(candidate);
        smaller = true;
      }
    };
    if (question.pages > 0) {
      Question candidate = question;
      --candidate.pages;
      keep_if_it_differs(std::move(candidate));
    }
    for (std::size_t i = 0; !smaller && i < question.parameters.size(); ++i) {
      Question candidate = question;
      candidate.parameters.erase(candidate.parameters.begin() + static_cast<std::ptrdiff_t>(i));
      keep_if_it_differs(std::move(candidate));
    }
    for (std::size_t i = 0; !smaller && i < question.headers.size(); ++i) {
      Question candidate = question;
      candidate.headers.erase(candidate.headers.begin() + static_cast<std::ptrdiff_t>(i));
      keep_if_it_differs(std::move(candidate));
    }
    for (std::size_t i = 0; !smaller && i < question.parameters.size(); ++i) {
      Question candidate = question;
      std::string& value = candidate.parameters[i].second;
      const std::size_t comma = value.find(',');
      if (comma != std::string::npos) {
        value.resize(comma);
        keep_if_it_differs(std::move(candidate));
      }
    }
  }
  return question;
}

}  // namespace sekisho::door_bench
