#include "services/booking/follow_sources.h"

#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/booking/refill_records.h"
#include "services/booking/source_bookings.h"

namespace sas::booking {
namespace {

constexpr char kFeed[] = "slots";
constexpr char kReported[] = "source.reported";
constexpr char kReopened[] = "seats.reopened";

std::string_view WordOf(Heard heard) {
  switch (heard) {
    case Heard::kJoined:
      return "joined";
    case Heard::kUnjoined:
      return "unjoined";
    case Heard::kKnown:
      return "known";
    case Heard::kForeign:
      break;
  }
  return "foreign";
}

}  // namespace

absl::StatusOr<std::string> SourceReader::LoadCursor(const base::Call& call) {
  std::string cursor;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(cursor, transaction.sources().GetCursor(kFeed));
    return absl::OkStatus();
  }));
  return cursor;
}

absl::Status SourceReader::HandleReopened(const base::Call& call, const events::v1::Event& event) {
  int noted = 0;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(noted, NoteReopenedSeats(transaction, event, clock_.Now()));
    return transaction.sources().PutCursor(kFeed, event.cursor());
  }));
  skipped_ = 0;
  observe::Log(observe::Level::kInfo, "seats_reopened",
               {{"site", std::string_view(event.subject())}, {"seats", std::int64_t{noted}}});
  return absl::OkStatus();
}

absl::Status SourceReader::Handle(const base::Call& call, const events::v1::Event& event) {
  hear_(event);
  if (event.type() == kReopened) return HandleReopened(call, event);
  const bool report = event.type() == kReported;
  if (!report && ++skipped_ < kSkippedMax) return absl::OkStatus();
  base::AtCrashPoint("booking.source.heard");
  Heard heard = Heard::kKnown;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    if (report) {
      SAS_ASSIGN_OR_RETURN(heard,
                           HearReport(transaction, event.source_booking(), clock_.Now(), policy_));
    }
    return transaction.sources().PutCursor(kFeed, event.cursor());
  }));
  skipped_ = 0;
  if (!report) return absl::OkStatus();
  metrics_.Reported(WordOf(heard));
  observe::Log(observe::Level::kInfo, "source_report",
               {{"partner", std::string_view(event.source_booking().partner())},
                {"appointment", std::string_view(event.source_booking().appointment())},
                {"outcome", WordOf(heard)}});
  return absl::OkStatus();
}

std::shared_ptr<events::Follower> FollowSources(const rpc::Runtime& runtime,
                                                observe::Metrics& metrics, SourceReader& reader,
                                                const std::string& slots_address,
                                                std::function<std::string()> authorization) {
  events::Follower::Options options;
  options.name = "slots-feed";
  options.address = slots_address;
  options.authorization = std::move(authorization);
  options.region = "regions/-";
  auto follower = std::make_shared<events::Follower>(
      options, runtime.clock, runtime.random,
      [&reader](const base::Call& call) { return reader.LoadCursor(call); },
      events::Follower::OneByOne([&reader](const base::Call& call, const events::v1::Event& event) {
        return reader.Handle(call, event);
      }));
  events::ShowAge(metrics, "sas_booking_slots_feed_age_seconds",
                  "Since the slots' feed last spoke.", follower);
  return follower;
}

}  // namespace sas::booking
