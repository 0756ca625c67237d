#include "common/ledger/write_once.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

#include "common/base/ids.h"
#include "common/base/request_id.h"
#include "common/ledger/audit_chain.h"

namespace sas::ledger {

std::string Fingerprint(const google::protobuf::Message& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    // Map fields have no order of their own: without this a repeat could look like another request.
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  return Sha256Hex(bytes);
}

absl::Status CheckRequestId(std::string_view request_id) {
  if (request_id.empty()) {
    return base::InvalidField("request_id", "REQUEST_ID_REQUIRED",
                              "make one for each new action and keep it for its repeats (a UUID)");
  }
  if (!base::IsRequestId(request_id)) {
    return base::InvalidField("request_id", "INVALID_REQUEST_ID",
                              "use a UUID, or 1 to 64 of letters, digits, '.', '_' and '-'");
  }
  return absl::OkStatus();
}

absl::Status CheckSameRequest(const Answer& answer, std::string_view fingerprint,
                              std::string_view request_id) {
  return answer.fingerprint == fingerprint ? absl::OkStatus() : base::RequestIdReused(request_id);
}

}  // namespace sas::ledger
