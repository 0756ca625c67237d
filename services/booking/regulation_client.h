#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/case_reference_service.pb.h"

namespace sas::booking {

/// What booking asks of the regulation.
class RegulationClient {
 public:
  virtual ~RegulationClient() = default;

  using Check = regulation::v1::BookingCheck;
  using Word = regulation::v1::BookingCheckOutcome;

  /// May these be booked? At most 64, one word for each: the order as it is, or, without one, the
  /// dossier of the patient. NOT_FOUND `ORDER_NOT_FOUND`, `CASE_NOT_FOUND`, `PATIENT_NOT_FOUND`;
  /// FAILED_PRECONDITION `ENTRY_QUESTIONNAIRE_REQUIRED`, `TRIAGE_INCOMPLETE`, `SEVERITY_SIGN` as
  /// the regulation says; UNAVAILABLE `REGULATION_UNREACHABLE` for everything else: what it would
  /// say is then unknown. Waits at most 500 ms.
  virtual std::vector<absl::StatusOr<Word>> CheckBookings(const base::Call& call,
                                                          const std::vector<Check>& checks) = 0;

  /// The same for one order.
  absl::StatusOr<regulation::v1::CareOrder> GetCareOrder(const base::Call& call,
                                                         const std::string& name) {
    Check check;
    check.set_care_order(name);
    absl::StatusOr<Word> word = CheckBookings(call, {check}).front();
    if (!word.ok()) return word.status();
    return std::move(*word->mutable_care_order());
  }

  /// The dossier `name`, if it is there. NOT_FOUND `CASE_NOT_FOUND`; UNAVAILABLE
  /// `REGULATION_UNREACHABLE` for everything else: nobody then knows. Waits at most 500 ms.
  virtual absl::StatusOr<regulation::v1::CaseReference> GetCaseReference(
      const base::Call& call, const std::string& name) = 0;

  /// Open orders of a region, soonest due first, at most `limit` (200). UNAVAILABLE
  /// `REGULATION_UNREACHABLE`. Waits at most a second.
  virtual absl::StatusOr<std::vector<regulation::v1::CareOrder>> ListCareOrders(
      const base::Call& call, const std::string& region, int limit) = 0;

  /// The same of one SAS territory, page by page, at most `limit`. Waits at most a second for each
  /// page of 200.
  virtual absl::StatusOr<std::vector<regulation::v1::CareOrder>> ListOpenOrders(
      const base::Call& call, const std::string& region, const std::string& territory,
      int limit) = 0;
};

}  // namespace sas::booking
