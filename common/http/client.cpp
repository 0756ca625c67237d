#include "common/http/client.h"

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <mutex>

#include "common/base/status.h"

namespace sas::http {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{64} * 1024;

std::size_t Take(char* data, std::size_t size, std::size_t count, void* target) {
  auto& body = *static_cast<std::string*>(target);
  const std::size_t bytes = size * count;
  if (body.size() + bytes > kBodyBytesMax) return 0;  // Ends the call.
  body.append(data, bytes);
  return bytes;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

struct Client::State {
  CURL* curl = nullptr;
};

Client::Client(Options options) : options_(std::move(options)), state_(std::make_unique<State>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  state_->curl = curl_easy_init();
  SAS_CHECK(state_->curl != nullptr, "curl_easy_init");
}

Client::~Client() {
  curl_easy_cleanup(state_->curl);
}

absl::StatusOr<Response> Client::Send(const Request& request) {
  CURL* const curl = state_->curl;
  curl_easy_reset(curl);  // Keeps the connection.
  Response response;
  std::unique_ptr<curl_slist, FreeList> headers;
  const auto add = [&](const std::string& line) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  };
  for (const auto& [name, value] : request.headers) add(name + ": " + value);
  add("Expect:");
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options_.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, options_.ca_file.c_str());
  }
  if (request.method == "POST") {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
  }
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    // Until the connection and its TLS stand nothing of the request has left.
    curl_off_t sending = 0;
    curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &sending);
    const base::Metadata cause{{"cause", curl_easy_strerror(code)}};
    if (sending > 0) {
      return base::Fail(absl::StatusCode::kUnavailable, "HTTP_NO_ANSWER",
                        "no whole answer came in time; the request may have arrived", cause);
    }
    return base::Fail(absl::StatusCode::kUnavailable, "HTTP_NOT_SENT",
                      "no connection; the request was not sent", cause);
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  return response;
}

}  // namespace sas::http
