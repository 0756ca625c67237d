#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sas/booking/v1/source_service.grpc.pb.h"
#include "services/booking/follow_sources.h"
#include "services/booking/source_bookings.h"
#include "services/booking/source_worker.h"
#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {

/// A platform as booking sees it through the slots.
class FakeSources final : public SourceClient {
 public:
  absl::StatusOr<slots::v1::AskSourceResponse> Ask(
      const base::Call&, const slots::v1::AskSourceRequest& request) override {
    const std::lock_guard lock(mutex_);
    asked_.push_back(request);
    if (!failure_.ok()) return failure_;
    slots::v1::AskSourceResponse response;
    response.set_partner("doctoplan");
    response.mutable_answer()->set_verdict(verdict_);
    response.mutable_answer()->set_external_appointment_id(number_);
    response.mutable_answer()->set_source_code(code_);
    return response;
  }

  void Say(slots::v1::SourceAnswer::Verdict verdict, const std::string& number = "",
           const std::string& code = "") {
    const std::lock_guard lock(mutex_);
    failure_ = absl::OkStatus();
    verdict_ = verdict;
    number_ = number;
    code_ = code;
  }

  void FailWith(absl::Status status) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(status);
  }

  std::vector<slots::v1::AskSourceRequest> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<slots::v1::AskSourceRequest> asked_;
  absl::Status failure_;
  slots::v1::SourceAnswer::Verdict verdict_ = slots::v1::SourceAnswer::VERDICT_YES;
  std::string number_ = "RDV-7";
  std::string code_;
};

/// Booking between its neighbours, with a platform that is the master of kSlot.
class SourceTest : public BookingTest {
 protected:
  explicit SourceTest(testing::Backend backend = testing::Backend::kMemory);

  /// What the thread of main does all the time.
  void Turn();
  /// A report in the slots' feed.
  void Report(const events::v1::SourceBookingChange& report);

  /// `version` of the report that the booking `number` of `appointment` stands at `state`.
  events::v1::SourceBookingChange Says(v1::SourceBooking::State state, std::int64_t version,
                                       const std::string& appointment,
                                       const std::string& number = "RDV-7") const;

  v1::Appointment Now(const std::string& name);
  /// Open tasks about sources.
  std::vector<v1::Message> Tasks();
  std::vector<v1::SourceBooking> Bookings(const std::string& regulation_case = "");
  absl::StatusOr<v1::Appointment> Resolve(const v1::Appointment& appointment, bool taken,
                                          const std::string& number = "",
                                          const std::string& request_id = "S-1");
  absl::StatusOr<v1::SourceBooking> Join(const v1::SourceBooking& booking,
                                         const std::vector<v1::SourceBooking::Fact>& facts,
                                         const std::string& appointment = "",
                                         const std::string& request_id = "J-1");
  absl::StatusOr<v1::Appointment> Cancel(const v1::Appointment& appointment,
                                         const std::string& request_id = "C-1");
  /// Types of all events about `subject`, in order.
  std::vector<std::string> TypesOf(const std::string& subject);

  observe::Metrics registry_;
  SourceMetrics source_metrics_{registry_};
  FakeSources platform_;
  std::int64_t reported_ = 0;
  const base::Instant start_ = clock_.Now() + std::chrono::hours(2);  ///< Of kSlot.
};

}  // namespace sas::booking
