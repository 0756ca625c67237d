#pragma once

#include "common/care/calendar.h"
#include "common/rpc/runtime.h"
#include "sas/booking/v1/report_service.grpc.pb.h"
#include "services/booking/domain/month_report.h"
#include "services/booking/session_client.h"
#include "services/booking/store.h"

namespace sas::booking {

/// sas.booking.v1.ReportService on the background lane: counts of a month from the ledger, page by
/// page, so that no confirmation waits behind a report. Thread-safe.
class ReportService final : public v1::ReportService::CallbackService {
 public:
  static constexpr int kPage = 500;
  /// Of one report; beyond, a part has to be asked for.
  static constexpr std::int64_t kAppointmentsMax = 200'000;

  struct Parts {
    BookingStore& store;
    SessionClient& sessions;
    const base::Clock& clock;
    care::Zone zone;  ///< Of the months: Europe/Paris.
    std::int64_t appointments_max = kAppointmentsMax;
  };

  /// All outlive the server.
  ReportService(const rpc::Runtime& runtime, Parts parts)
      : runtime_(runtime), parts_(std::move(parts)) {}

  grpc::ServerUnaryReactor* GetMonthReport(grpc::CallbackServerContext* context,
                                           const v1::GetMonthReportRequest* request,
                                           v1::MonthReport* response) override;

 private:
  absl::StatusOr<v1::MonthReport> Report(const base::Call& call,
                                         const v1::GetMonthReportRequest& request) const;
  absl::StatusOr<MonthCounts> Count(const base::Call& call, AppointmentQuery query) const;

  const rpc::Runtime& runtime_;
  const Parts parts_;
};

}  // namespace sas::booking
