#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/patient.pb.h"
#include "sas/slots/v1/site.pb.h"

namespace sas::booking {

/// What a message needs of the other services at the moment of its sending. Answers are used once:
/// they are neither stored nor logged.
class ContactClient {
 public:
  virtual ~ContactClient() = default;

  /// NOT_FOUND `PATIENT_NOT_FOUND`; UNAVAILABLE `REGULATION_UNREACHABLE`. Waits at most 1 s.
  virtual absl::StatusOr<regulation::v1::PatientContact> GetPatientContact(
      const base::Call& call, const std::string& patient, bool for_letter) = 0;

  /// NOT_FOUND `SITE_NOT_FOUND`; UNAVAILABLE `SLOTS_UNREACHABLE`. Waits at most 1 s.
  virtual absl::StatusOr<slots::v1::Site> GetSite(const base::Call& call,
                                                  const std::string& site) = 0;
};

}  // namespace sas::booking
