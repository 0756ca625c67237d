#include "services/slots/seat_failures.h"

#include <chrono>
#include <string>

#include "absl/time/time.h"
#include "common/base/request_id.h"
#include "common/base/status.h"
#include "services/slots/seat_values.h"

namespace sas::slots {
namespace {

constexpr std::chrono::milliseconds kRebuildRetry{250};

}  // namespace

absl::Status Rebuilding(std::string_view region) {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "AVAILABILITY_REBUILDING",
                             "availability is being rebuilt from the ledger; try again at once",
                             kRebuildRetry, {{"region", std::string(region)}});
}

absl::Status NotOpen(std::string_view slot) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SLOT_NOT_OPEN",
                    "the slot cannot be held: it has begun, was withdrawn, or has no doctor yet; "
                    "search again",
                    {{"slot", std::string(slot)}});
}

absl::Status TooManyHolds(int holds_max) {
  const std::string most = std::to_string(holds_max);
  return base::Fail(absl::StatusCode::kResourceExhausted, "TOO_MANY_HOLDS",
                    "you hold " + most + " slots already; confirm or release one of them first",
                    {{"holds_max", most}});
}

absl::Status HoldQuota(int most) {
  return base::Fail(absl::StatusCode::kResourceExhausted, "HOLD_QUOTA",
                    "your organization holds as many slots as it may: confirm or release one of "
                    "them first",
                    {{"limit", std::to_string(most)}});
}

absl::Status RequestReused(std::string_view request_id) {
  return base::RequestIdReused(request_id);
}

absl::Status OrderHeld(std::string_view slot) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "ORDER_HELD",
                    "you hold a slot for this order already; confirm or release that one first",
                    {{"slot", std::string(slot)}});
}

absl::Status SeatsAreFree(std::string_view slot) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SEATS_ARE_FREE",
                    "an ordinary seat of this slot is free; hold that one",
                    {{"slot", std::string(slot)}});
}

absl::Status SupernumeraryExhausted(std::string_view slot, int beyond_max) {
  const std::string most = std::to_string(beyond_max);
  return base::Fail(
      absl::StatusCode::kFailedPrecondition, "SUPERNUMERARY_EXHAUSTED",
      "the session takes " + most + " patients beyond its seats, and has them",
      {{"slot", std::string(slot)}, {"supernumerary_max", most}, {"lifted_by", "SITE"}});
}

absl::Status NoFreeSeat(std::string_view slot, std::int64_t free_at_us) {
  base::Metadata metadata = {{"slot", std::string(slot)}};
  std::string message = "every seat of this slot is booked; choose another";
  if (free_at_us > 0) {
    const std::string at =
        absl::FormatTime(absl::RFC3339_sec, absl::FromUnixMicros(free_at_us), absl::UTCTimeZone());
    metadata.emplace_back("free_at", at);
    message = "another operator holds the last seat, until " + at + " unless it is confirmed";
  }
  return base::Fail(absl::StatusCode::kFailedPrecondition, "NO_FREE_SEAT", message,
                    std::move(metadata));
}

absl::Status HoldLost(std::string_view slot) {
  return base::Fail(
      absl::StatusCode::kFailedPrecondition, "HOLD_LOST",
      "the hold has ended, was superseded, or is somebody else's; hold the slot again",
      {{"slot", std::string(slot)}});
}

absl::Status SourceRefused(std::string_view slot, std::string_view partner,
                           std::string_view source_code) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SOURCE_REFUSED",
                    "the platform " + std::string(partner) +
                        " says that this slot is not free; it is withdrawn here: take another one",
                    {{"slot", std::string(slot)},
                     {"partner", std::string(partner)},
                     {"source_code", std::string(source_code)}});
}

absl::Status SourceUnreachable(std::string_view partner, std::string_view cause) {
  constexpr std::chrono::seconds kRetryAfter{5};
  return base::FailRetryable(absl::StatusCode::kUnavailable, "SOURCE_UNREACHABLE",
                             "the platform " + std::string(partner) +
                                 " does not answer, and nobody else can vouch for its slots: take "
                                 "another one, or try again",
                             kRetryAfter,
                             {{"partner", std::string(partner)}, {"cause", std::string(cause)}});
}

absl::Status LoadSuperseded(std::string_view region) {
  return base::Fail(absl::StatusCode::kAborted, "LOAD_SUPERSEDED",
                    "another replica loads this region; adopt its epoch",
                    {{"region", std::string(region)}});
}

absl::Status ChangesTrimmed(std::string_view region) {
  return base::Fail(absl::StatusCode::kOutOfRange, "CHANGES_TRIMMED",
                    "the change stream no longer has what came after the position; count anew",
                    {{"region", std::string(region)}});
}

}  // namespace sas::slots
