#pragma once

#include <string>

namespace google::protobuf {
class Message;
}

namespace sas::ledger {

/// Appends the proto3 JSON form of `message`, byte for byte as protobuf's own
/// MessageToJsonString gives it (a test compares them over every message of the suite), in a tenth
/// of the time: that one looks its types up anew at each call, here a confirmation writes a
/// document at each call. False when protobuf itself has to say it, as of google.protobuf.Any; what
/// was appended is worth nothing then.
[[nodiscard]] bool AppendJson(const google::protobuf::Message& message, std::string& out);

}  // namespace sas::ledger
