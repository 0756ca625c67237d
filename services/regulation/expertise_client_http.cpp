#include "services/regulation/expertise_client_http.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/base/status.h"

namespace sas::regulation {
namespace {

using Kind = ExpertiseOutcome::Kind;

// A wrong token, a limit, a slow or a concurrent first try: for a later attempt to mend.
constexpr std::array kPassing{401, 403, 408, 409, 425, 429};

Kind KindOf(int status) {
  if (status >= 200 && status < 300) return Kind::kAccepted;
  const bool passing = std::find(kPassing.begin(), kPassing.end(), status) != kPassing.end();
  return status >= 400 && status < 500 && !passing ? Kind::kRefused : Kind::kNotTaken;
}

}  // namespace

HttpExpertiseClient::HttpExpertiseClient(Options options)
    : options_(std::move(options)), client_({options_.ca_file}) {}

ExpertiseOutcome HttpExpertiseClient::Announce(const ExpertiseNotice& notice) {
  const nlohmann::json body{{"case_ref", notice.case_ref},
                            {"specialty", notice.specialty},
                            {"territory", notice.territory}};
  const auto answer = client_.Send({"POST",
                                    options_.url,
                                    {{"Authorization", "Bearer " + options_.token},
                                     {"Content-Type", "application/json"},
                                     {"Idempotency-Key", notice.case_ref}},
                                    body.dump()});
  if (!answer.ok()) return {Kind::kNotTaken, base::ReasonOf(answer.status())};
  const Kind kind = KindOf(answer->status);
  return {kind, kind == Kind::kAccepted ? "" : "HTTP_" + std::to_string(answer->status)};
}

}  // namespace sas::regulation
