#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/rpc/channel.h"
#include "sas/booking/v1/booking_service.grpc.pb.h"
#include "sas/booking/v1/refill_service.grpc.pb.h"
#include "sas/events/v1/event_service.grpc.pb.h"
#include "sas/regulation/v1/regulation_service.grpc.pb.h"
#include "sas/slots/v1/directory_service.grpc.pb.h"
#include "sas/slots/v1/partner_feed_service.grpc.pb.h"
#include "sas/slots/v1/planning_service.grpc.pb.h"
#include "sas/slots/v1/slot_service.grpc.pb.h"

/// sasctl: the suite from a terminal.
namespace sasctl {

namespace base = sas::base;
namespace regulation = sas::regulation::v1;
namespace slots = sas::slots::v1;
namespace booking = sas::booking::v1;
namespace events = sas::events::v1;
namespace type = sas::type::v1;

/// Where the services are. Read from the file that tools/run writes (suite.json): --suite, then
/// $SASCTL_SUITE, then build/run/suite.json from here upwards.
struct Endpoints {
  std::string regulation;
  std::string slots;
  std::string booking;
  std::string key_file;
  std::string region = "fr-pdl";
  std::string territory = "85";
};

/// Everything a command needs: options that all share, stubs, and one way to call.
class Suite {
 public:
  /// Options before the command: --json, --suite, --as, --subject, --organization, --region,
  /// --territory, --request-id.
  void AddOptions(CLI::App& app);

  /// Calls a unary RPC as `role` (unless --as says otherwise), with one request_id, up to four
  /// times with growing pauses when the answer is UNAVAILABLE or late: a time-out is not a failure.
  /// Prints the refusal and throws CLI::RuntimeError on any other error.
  template <typename Response, typename Stub, typename Request>
  Response Ask(base::Role role, const std::unique_ptr<Stub>& stub,
               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               const Request& request) {
    for (int attempt = 1;; ++attempt) {
      const base::Call call = NewCall();
      const absl::StatusOr<Response> response =
          sas::rpc::CallUnary<Response>(call, Authorization(role), clock_, std::chrono::seconds(5),
                                        [&](grpc::ClientContext* context, Response* out) {
                                          return ((*stub).*method)(context, request, out);
                                        });
      if (response.ok()) return *response;
      if (attempt >= kAttemptsMax || !MayRepeat(response.status())) Refuse(response.status());
      std::this_thread::sleep_for(attempt * kRepeatPause);
    }
  }

  /// Region as a resource name.
  std::string Parent() const { return "regions/" + endpoints().region; }

  const std::string& territory() const { return endpoints().territory; }

  const Endpoints& endpoints() const;

  bool json() const { return json_; }

  std::string RequestId();
  std::string Authorization(base::Role role) const;
  base::Call NewCall();

  const base::Clock& clock() const { return clock_; }

  /// `01h…` or `cases/01h…` or the whole name, for people who type.
  std::string CaseName(const std::string& text) const;
  std::string OrderName(const std::string& text);
  std::string AppointmentName(const std::string& text) const;

  const std::unique_ptr<regulation::RegulationService::Stub>& Regulation();
  const std::unique_ptr<slots::SlotService::Stub>& Slots();
  const std::unique_ptr<slots::DirectoryService::Stub>& Directory();
  const std::unique_ptr<slots::PartnerFeedService::Stub>& Partners();
  const std::unique_ptr<slots::PlanningService::Stub>& Planning();
  const std::unique_ptr<booking::BookingService::Stub>& Booking();
  const std::unique_ptr<booking::RefillService::Stub>& Refill();
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) const;

  static constexpr int kRefused = 1;       ///< How sasctl leaves after a refusal;
  static constexpr int kNotReachable = 3;  ///< when the service does not answer.

  /// Prints a refusal for people (or as JSON) and leaves with one of these.
  [[noreturn]] void Refuse(const absl::Status& status) const;
  /// A wrong command line: leaves with 2.
  [[noreturn]] static void Usage(const std::string& message);

 private:
  static constexpr int kAttemptsMax = 4;
  static constexpr std::chrono::milliseconds kRepeatPause{200};

  static bool MayRepeat(const absl::Status& status);
  void Load() const;

  base::SystemClock clock_;
  base::SystemRandom random_;
  bool json_ = false;
  std::string suite_file_;
  std::string as_;
  std::string subject_;
  std::string profession_;
  std::string entry_point_;
  std::string organization_;
  std::string rpps_;
  std::string region_;
  std::string territory_;
  std::string request_id_;
  mutable Endpoints endpoints_;
  mutable bool loaded_ = false;
  std::unique_ptr<regulation::RegulationService::Stub> regulation_;
  std::unique_ptr<slots::SlotService::Stub> slots_;
  std::unique_ptr<slots::DirectoryService::Stub> directory_;
  std::unique_ptr<slots::PartnerFeedService::Stub> partners_;
  std::unique_ptr<slots::PlanningService::Stub> planning_;
  std::unique_ptr<booking::BookingService::Stub> booking_;
  std::unique_ptr<booking::RefillService::Stub> refill_;
};

}  // namespace sasctl
