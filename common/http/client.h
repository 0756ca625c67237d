#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace sas::http {

struct Request {
  std::string method;  ///< GET or POST.
  std::string url;     ///< http or https.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct Response {
  int status = 0;
  std::string body;
};

/// Calls an outside service over HTTP. One connection, kept open; used by one thread at a time. No
/// redirect is followed, no more than 64 kB of an answer is read, certificates are checked.
class Client {
 public:
  struct Options {
    std::string ca_file;  ///< PEM; empty: the system's.
    std::chrono::milliseconds connect_timeout{2000};
    std::chrono::milliseconds timeout{8000};  ///< Of the whole call.
  };

  explicit Client(Options options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Any answer, also 500. UNAVAILABLE `HTTP_NOT_SENT` when the request did not leave;
  /// `HTTP_NO_ANSWER` when it may have arrived. Neither names the request.
  absl::StatusOr<Response> Send(const Request& request);

 private:
  struct State;
  const Options options_;
  const std::unique_ptr<State> state_;
};

}  // namespace sas::http
