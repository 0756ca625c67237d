#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

/// The refusals of a SeatBook, the same from every implementation.
namespace sas::slots {

absl::Status Rebuilding(std::string_view region);
absl::Status NotOpen(std::string_view slot);
absl::Status TooManyHolds(int most);
/// Of the holder's organization.
absl::Status HoldQuota(int most);
/// `REQUEST_ID_REUSED`: the id has a living hold that was asked otherwise.
absl::Status RequestReused(std::string_view request_id);
/// `slot`: the one that is held.
absl::Status OrderHeld(std::string_view slot);
absl::Status SeatsAreFree(std::string_view slot);
absl::Status SupernumeraryExhausted(std::string_view slot, int most);
/// `free_at_us`: when the first hold ends, 0 when none lives.
absl::Status NoFreeSeat(std::string_view slot, std::int64_t free_at_us);
absl::Status HoldLost(std::string_view slot);
/// The source of the slot said no: it was a phantom.
absl::Status SourceRefused(std::string_view slot, std::string_view partner,
                           std::string_view source_code);
/// `cause`: NO_STREAM, NO_ANSWER, TOO_MANY_QUESTIONS, BREAKER_OPEN.
absl::Status SourceUnreachable(std::string_view partner, std::string_view cause);
absl::Status LoadSuperseded(std::string_view region);
/// OUT_OF_RANGE `CHANGES_TRIMMED`: the change stream has let go of what came after the position.
/// Said by SeatBook::Changes instead of what comes behind the hole.
absl::Status ChangesTrimmed(std::string_view region);

}  // namespace sas::slots
