#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace google::protobuf {
class Message;
}

namespace sas::ledger {

/// An aggregate as a ledger row keeps it: proto3 JSON on one line, so that a row can be read by eye
/// and outlives renumbered code.
std::string ToDocument(const google::protobuf::Message& message);

/// The way back. DATA_LOSS `DOCUMENT_UNREADABLE` naming `subject` (the row's resource) when the
/// text does not fit, unknown fields included: a binary that does not know a field must not write
/// the row back without it.
absl::Status FromDocument(std::string_view document, std::string_view subject,
                          google::protobuf::Message* message);

}  // namespace sas::ledger
