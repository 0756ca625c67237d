#include "common/mail/relay.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <string_view>
#include <utility>

#include "common/base/status.h"

namespace sas::mail {
namespace {

// What is left to upload. Once it is empty the relay may have the letter.
std::size_t Give(char* buffer, std::size_t size, std::size_t count, void* source) {
  auto& rest = *static_cast<std::string_view*>(source);
  const std::size_t bytes = std::min(size * count, rest.size());
  std::memcpy(buffer, rest.data(), bytes);
  rest.remove_prefix(bytes);
  return bytes;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

struct Relay::State {
  CURL* curl = nullptr;
};

Relay::Relay(Options options) : options_(std::move(options)), state_(std::make_unique<State>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  state_->curl = curl_easy_init();
  SAS_CHECK(state_->curl != nullptr, "curl_easy_init");
}

Relay::~Relay() {
  curl_easy_cleanup(state_->curl);
}

absl::Status Relay::Send(const std::string& from, const std::string& to,
                         const std::string& letter) {
  CURL* const curl = state_->curl;
  curl_easy_reset(curl);  // Keeps the connection.
  std::string_view rest = letter;
  const std::unique_ptr<curl_slist, FreeList> recipients(
      curl_slist_append(nullptr, ("<" + to + ">").c_str()));
  curl_easy_setopt(curl, CURLOPT_URL, ("smtp://" + options_.address).c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options_.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  // Without it the farewell to a relay that has fallen silent waits for a minute.
  curl_easy_setopt(
      curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
      static_cast<long>(std::chrono::ceil<std::chrono::seconds>(options_.timeout).count()));
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + from + ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, Give);
  curl_easy_setopt(curl, CURLOPT_READDATA, &rest);
  if (options_.tls) {
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  }
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, options_.ca_file.c_str());
  }
  if (!options_.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, options_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, options_.password.c_str());
  }
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK) return absl::OkStatus();
  long reply = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
  const bool uploaded = rest.empty() && !letter.empty();
  const base::Metadata cause{{"cause", curl_easy_strerror(code)}, {"reply", std::to_string(reply)}};
  // A 5xx to the recipient or to the letter itself; one to greeting, TLS or AUTH is ours to mend.
  const bool of_letter = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY;
  if (of_letter && reply >= 500 && reply < 600) {
    return base::Fail(absl::StatusCode::kInvalidArgument, "MAIL_REFUSED",
                      "the relay does not take this letter", cause);
  }
  if (uploaded && reply < 400) {
    return base::Fail(absl::StatusCode::kUnavailable, "MAIL_NO_ANSWER",
                      "the relay did not say whether it has the letter", cause);
  }
  return base::Fail(absl::StatusCode::kUnavailable, "MAIL_NOT_SENT",
                    "the relay has not taken the letter", cause);
}

}  // namespace sas::mail
