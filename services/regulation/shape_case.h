#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/status/status.h"
#include "services/regulation/shape.h"

namespace sas::regulation {

/// INVALID_ARGUMENT `DIALLED_IS_CONTACT` when the number dialled is one at which somebody of the
/// dossier is reached: events and figures show it, so it must be the service's own.
absl::Status CheckDialledIsOurs(const std::string& dialled, const v1::RegulationCase& row,
                                const std::string& field);

/// INVALID_ARGUMENT `TIME_IN_FUTURE` when a client claims that something happened later than now
/// (two minutes of grace for its clock), `INVALID_TIME` for a timestamp outside of protobuf's
/// range.
absl::Status CheckPast(const google::protobuf::Timestamp& time, const std::string& field,
                       const Moment& moment);

}  // namespace sas::regulation
