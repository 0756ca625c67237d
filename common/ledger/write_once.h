#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/status.h"
#include "common/ledger/journal.h"

namespace google::protobuf {
class Message;
}

namespace sas::ledger {

/// SHA-256 over the deterministic serialization of the request, hex.
std::string Fingerprint(const google::protobuf::Message& request);

/// INVALID_ARGUMENT `REQUEST_ID_REQUIRED` or `INVALID_REQUEST_ID`.
absl::Status CheckRequestId(std::string_view request_id);

/// INVALID_ARGUMENT `REQUEST_ID_REUSED` when `answer` belongs to another body.
absl::Status CheckSameRequest(const Answer& answer, std::string_view fingerprint,
                              std::string_view request_id);

/// The response that `answer` keeps, if it belongs to this request. INVALID_ARGUMENT
/// `REQUEST_ID_REUSED`, INTERNAL `ANSWER_UNREADABLE`.
template <typename Response>
absl::StatusOr<Response> ReadAnswer(const Answer& answer, std::string_view fingerprint,
                                    std::string_view request_id) {
  SAS_RETURN_IF_ERROR(CheckSameRequest(answer, fingerprint, request_id));
  Response response;
  if (response.ParseFromString(answer.response)) return response;
  return base::Fail(absl::StatusCode::kInternal, "ANSWER_UNREADABLE",
                    "the stored answer cannot be read; keep the request_id and report it");
}

/// What WriteOnce runs in the transaction: the stored answer, or `work` and its answer stored.
template <typename Response, typename Transaction, typename Work>
absl::Status AnswerOnce(Transaction& transaction, const AnswerKey& key,
                        const std::string& fingerprint, Response& response, const Work& work) {
  Journal& journal = transaction.journal();
  SAS_ASSIGN_OR_RETURN(const auto known, journal.FindAnswer(key));
  if (known) {
    SAS_ASSIGN_OR_RETURN(response, ReadAnswer<Response>(*known, fingerprint, key.request_id));
    return absl::OkStatus();
  }
  absl::StatusOr<Response> result = work(transaction);
  if (!result.ok()) return result.status();
  response = *std::move(result);
  return journal.KeepAnswer(key, {fingerprint, response.SerializeAsString()});
}

/// Runs a write once per (caller, method, request_id): the first answer is stored in the
/// transaction of its effect, and a repeat gets it back byte for byte, also after a restart, for 72
/// hours.
///
/// `store.Write(call, work)` runs `work(transaction)` in one transaction, where
/// `transaction.journal()` is a Journal. `work` returns the response or a refusal; a refusal leaves
/// no trace (and no stored answer).
template <typename Response, typename Store, typename Request, typename Work>
absl::StatusOr<Response> WriteOnce(Store& store, const base::Call& call, const Request& request,
                                   Work work) {
  SAS_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  const AnswerKey key{call.actor.subject, call.method, request.request_id()};
  const std::string fingerprint = Fingerprint(request);
  Response response;
  const absl::Status status = store.Write(call, [&](auto& transaction) {
    return AnswerOnce(transaction, key, fingerprint, response, work);
  });
  if (!status.ok()) return status;
  return response;
}

}  // namespace sas::ledger
