#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/partner_feed_service.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "services/slots/partner_ledger.h"
#include "services/slots/store.h"

/// Agendas that live with platforms, as a coordinator sees and handles them.
namespace sas::slots {

/// May the actor publish this agenda of the site? His credentials' organization is the site, a
/// structure that manages or shares it, or one to which the site gives the right to manage the
/// agenda: so the practice decides by its own entry in the directory, and no second list of
/// bindings can disagree with it.
bool MayPublish(const base::Actor& actor, const v1::Site& site, std::string_view agenda_id);

v1::PartnerAgenda ToProto(const FedAgendaRow& row);

/// Counts for each row the slots that nobody is sent to, because site or licence have changed since
/// they came: the site is shut then, they lie in PDSA hours, whoever holds them has no licence.
absl::Status CountBarred(SlotsTransaction& transaction, base::Instant now,
                         std::vector<FedAgendaRow>& rows);

/// From the next snapshot on the agenda is believed again, whatever it changes. NOT_FOUND
/// `AGENDA_NOT_FOUND`, FAILED_PRECONDITION `AGENDA_NOT_QUARANTINED`, and what CheckSiteRight
/// refuses.
absl::StatusOr<v1::PartnerAgenda> ReleaseAgenda(SlotsTransaction& transaction,
                                                const base::Call& call,
                                                const v1::ReleasePartnerAgendaRequest& request);

}  // namespace sas::slots
