#pragma once

#include <string>

#include "common/http/client.h"
#include "services/regulation/expertise_client.h"

namespace sas::regulation {

/// A platform's HTTP interface (services/regulation/README.md): POST of a JSON object with a bearer
/// token; the reference is the idempotency key.
class HttpExpertiseClient final : public ExpertiseClient {
 public:
  struct Options {
    std::string url;  ///< Of the collection of requests.
    std::string token;
    std::string ca_file;  ///< PEM; empty: the system's.
  };

  explicit HttpExpertiseClient(Options options);

  ExpertiseOutcome Announce(const ExpertiseNotice& notice) override;

 private:
  const Options options_;
  http::Client client_;
};

}  // namespace sas::regulation
