#include "adapter/hub/answers.h"

#include <utility>

#include "fhir/check.h"
#include "fhir/operation_outcome.h"

namespace sekisho::hub {
namespace {

constexpr const char* kFhirJson = "application/fhir+json; charset=utf-8";

}  // namespace

http::Response json_answer(std::string body, const char* content_type) {
  http::Response response;
  response.headers = {{"Content-Type", content_type}, {"Cache-Control", "no-store"}};
  response.body = std::move(body);
  return response;
}

http::Response outcome(int status, std::string_view code, std::string_view diagnostics) {
  http::Response response = json_answer(fhir::operation_outcome(code, diagnostics), kFhirJson);
  response.status = status;
  return response;
}

http::Response not_found() { return outcome(404, "not-found", "There is no such resource here."); }

http::Response closed() {
  http::Response response =
      outcome(503, "transient", "The service is closed at the moment. Ask again later.");
  response.headers.emplace_back("Retry-After", std::to_string(kRetryAfterSeconds));
  return response;
}

http::Response refused(release::Refusal refusal) {
  switch (refusal) {
    case release::Refusal::kBadRequest:
      return outcome(400, "required",
                     "Name exactly one permit in the header Sekisho-Permit, and where the permit "
                     "has several purposes exactly one of them in Sekisho-Purpose.");
    case release::Refusal::kClosed:
      return closed();
    case release::Refusal::kForbidden:
      return outcome(403, "forbidden",
                     "Nothing may be given for this certificate, permit and purpose.");
    case release::Refusal::kNotSupported:
      return outcome(501, "not-supported", "This kind of permit cannot be served yet.");
  }
  return closed();
}

http::Response not_allowed(const char* allow) {
  http::Response response =
      outcome(405, "not-supported", "This service is read-only; see the header Allow.");
  response.headers.emplace_back("Allow", allow);
  return response;
}

http::Response of_view(release::Answer answer) {
  if (answer.refusal) {
    return refused(*answer.refusal);
  }
  switch (answer.status) {
    case 200:
    case 304: {
      fhir::check((answer.status == 200) == answer.body.has_value(), "hub: a 200 has a body");
      http::Response response =
          json_answer(answer.body ? std::move(*answer.body).take() : std::string(), kFhirJson);
      response.status = answer.status;
      if (!answer.etag.empty()) {
        response.headers.emplace_back("ETag", std::move(answer.etag));
      }
      if (answer.last_modified) {
        response.headers.emplace_back("Last-Modified", fhir::to_http_date(*answer.last_modified));
      }
      return response;
    }
    case 400: {
      http::Response response = json_answer(fhir::operation_outcome(answer.issues), kFhirJson);
      response.status = 400;
      return response;
    }
    case 403:
      return refused(release::Refusal::kForbidden);
    case 404:
      return not_found();
    case 410:
      return outcome(410, "deleted", "The resource was deleted.");
    case 501:
      return refused(release::Refusal::kNotSupported);
    default:
      return closed();
  }
}

}  // namespace sekisho::hub
