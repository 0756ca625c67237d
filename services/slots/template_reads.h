#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/slots/v1/template_service.pb.h"
#include "services/slots/projection.h"
#include "services/slots/store.h"

/// What TemplateService answers without a change. Structure and territories are always those that
/// the site has now.
namespace sas::slots {

inline constexpr int kWorklistCandidatesMax = 200;  ///< Of one question.

absl::StatusOr<v1::Agenda> ReadAgenda(SlotsStore& store, const base::Call& call,
                                      const v1::GetAgendaRequest& request);
absl::StatusOr<v1::ListAgendasResponse> ReadAgendas(SlotsStore& store, const base::Call& call,
                                                    const v1::ListAgendasRequest& request);
absl::StatusOr<v1::Worklist> ReadWorklist(SlotsStore& store, const base::Call& call,
                                          const v1::GetWorklistRequest& request);
absl::StatusOr<v1::ListWorklistsResponse> ReadWorklists(SlotsStore& store, const base::Call& call,
                                                        const v1::ListWorklistsRequest& request);

/// Each need against the rules of the list's site, as a search judges them: what is still to be
/// asked keeps nobody off the list. Distances are those of today (barriers have seasons).
absl::StatusOr<v1::GetWorklistVerdictsResponse> JudgeWorklist(
    SlotsStore& store, const Projection& projection, const base::Call& call,
    const v1::GetWorklistVerdictsRequest& request, base::Instant now);

}  // namespace sas::slots
