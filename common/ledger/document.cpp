#include "common/ledger/document.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "common/base/status.h"
#include "common/ledger/json_writer.h"

namespace sas::ledger {

std::string ToDocument(const google::protobuf::Message& message) {
  std::string text;
  if (AppendJson(message, text)) return text;
  text.clear();
  const auto status = google::protobuf::util::MessageToJsonString(message, &text);
  SAS_CHECK(status.ok(), "a message of ours has no JSON form");
  return text;
}

absl::Status FromDocument(std::string_view document, std::string_view subject,
                          google::protobuf::Message* message) {
  const google::protobuf::StringPiece text(document.data(), document.size());
  if (google::protobuf::util::JsonStringToMessage(text, message).ok()) return absl::OkStatus();
  // The parser's own words would repeat a patient's data.
  return base::Fail(
      absl::StatusCode::kDataLoss, "DOCUMENT_UNREADABLE",
      "a ledger row does not fit this version of the service; start the newer version "
      "again and report the row",
      {{"subject", std::string(subject)}});
}

}  // namespace sas::ledger
