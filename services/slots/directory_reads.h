#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/directory_service.pb.h"
#include "services/slots/store.h"

/// The reading methods of DirectoryService: shape, region of the credentials, existence, one
/// transaction.
namespace sas::slots {

inline constexpr int kPageStandard = 50;
inline constexpr int kPageMax = 200;
inline constexpr int kCommunesStandard = 10;
inline constexpr int kCommunesFoundMax = 50;
inline constexpr int kSessionDaysMax = 60;           ///< From the first day to the last.
inline constexpr std::size_t kCommuneQueryMax = 80;  ///< Bytes.

/// NOT_FOUND `SITE_NOT_FOUND`.
absl::StatusOr<v1::Site> ReadSite(SlotsStore& store, const base::Call& call,
                                  const v1::GetSiteRequest& request, base::Instant now);
absl::StatusOr<v1::ListSitesResponse> ReadSites(SlotsStore& store, const base::Call& call,
                                                const v1::ListSitesRequest& request,
                                                base::Instant now);
/// NOT_FOUND `PRACTITIONER_NOT_FOUND`.
absl::StatusOr<v1::Practitioner> ReadPractitioner(SlotsStore& store, const base::Call& call,
                                                  const v1::GetPractitionerRequest& request);
absl::StatusOr<v1::ListPractitionersResponse> ReadPractitioners(
    SlotsStore& store, const base::Call& call, const v1::ListPractitionersRequest& request);
absl::StatusOr<v1::ListSessionPlansResponse> ReadSessionPlans(
    SlotsStore& store, const base::Call& call, const v1::ListSessionPlansRequest& request);
absl::StatusOr<v1::ListSessionsResponse> ReadSessions(SlotsStore& store, const base::Call& call,
                                                      const v1::ListSessionsRequest& request);
absl::StatusOr<v1::SearchCommunesResponse> ReadCommunes(SlotsStore& store, const base::Call& call,
                                                        const v1::SearchCommunesRequest& request);

}  // namespace sas::slots
