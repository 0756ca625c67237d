#include "services/slots/partner_refusal.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/ledger/write_once.h"
#include "common/rpc/auth.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/partner_events.h"

namespace sas::slots {
namespace {

constexpr std::size_t kSourceCodeMax = 80;  ///< Characters.

bool IsCode(std::string_view text) {
  constexpr std::string_view kMarks = "._:/#-";
  return text.size() <= kSourceCodeMax && std::all_of(text.begin(), text.end(), [&](char each) {
           return (each >= '0' && each <= '9') || (each >= 'A' && each <= 'Z') ||
                  (each >= 'a' && each <= 'z') || kMarks.find(each) != std::string_view::npos;
         });
}

v1::Slot Withdrawn(const FedAgenda& agenda, const FedSlot& fed, std::string_view name,
                   std::string_view agenda_id) {
  v1::Slot slot;
  slot.set_name(std::string(name));
  slot.set_state(v1::Slot::STATE_WITHDRAWN);
  *slot.mutable_start_time() = fed.slot.start_time();
  *slot.mutable_end_time() = fed.slot.end_time();
  slot.set_agenda(std::string(agenda_id));
  slot.set_practitioner(fed.practitioner);
  *slot.mutable_modes() = fed.slot.modes();
  *slot.mutable_classes() = fed.slot.classes();
  slot.set_allocation(fed.slot.allocation());
  *slot.mutable_verify_time() = base::ToTimestamp(agenda.vouched);
  slot.set_origin(v1::Slot::ORIGIN_PARTNER);
  slot.set_partner(agenda.partner);
  return slot;
}

}  // namespace

std::string SourceCodeOr(std::string_view code, std::string_view otherwise) {
  return std::string(!code.empty() && IsCode(code) ? code : otherwise);
}

absl::Status CheckRefusal(const base::Call& call, const v1::ReportSourceRefusalRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_ASSIGN_OR_RETURN(const SlotIdentity slot, ParseSlotName(request.slot(), "slot"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, slot.region));
  if (IsCode(request.source_code())) return absl::OkStatus();
  return base::InvalidField("source_code", "INVALID_SOURCE_CODE",
                            "a code of the source: at most 80 letters, digits and ._:/#-");
}

absl::StatusOr<v1::Slot> WithdrawRefused(SlotsTransaction& transaction, const base::Call& call,
                                         const v1::ReportSourceRefusalRequest& request,
                                         base::Instant now, std::string* partner) {
  SAS_ASSIGN_OR_RETURN(const SlotIdentity identity, ParseSlotName(request.slot(), "slot"));
  PartnerLedger& partners = transaction.partners();
  const std::string name = AgendaName(identity.site, identity.agenda);
  SAS_ASSIGN_OR_RETURN(auto agenda, partners.GetAgenda(name));
  std::vector<FedSlot> found;
  if (agenda) {
    SAS_ASSIGN_OR_RETURN(
        found, partners.ListSlots(name, identity.start, identity.start + std::chrono::minutes(1)));
  }
  if (found.empty()) {
    return base::Fail(absl::StatusCode::kNotFound, "SLOT_NOT_FOUND",
                      "no platform publishes this slot; it may be withdrawn already",
                      {{"slot", request.slot()}});
  }
  const bool foreign =
      call.actor.role == base::Role::kPartner && agenda->partner != call.actor.subject;
  if (foreign) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "AGENDA_OF_OTHER_PARTNER",
                      "another platform publishes this agenda", {{"agenda", name}});
  }
  FedSlot& fed = found.front();
  fed.slot.set_free_seats(0);
  fed.refused = now;
  agenda->position = Doubt(agenda->position);
  SAS_RETURN_IF_ERROR(partners.PutSlot(name, fed));
  SAS_RETURN_IF_ERROR(partners.PutAgenda(*agenda));
  SAS_RETURN_IF_ERROR(partners.AddPhantom(name, identity.start, now, request.source_code()));
  SAS_RETURN_IF_ERROR(transaction.TouchSite(identity.region, identity.site));
  SAS_RETURN_IF_ERROR(RecordPhantom(transaction.journal(), *agenda, request.slot()));
  *partner = agenda->partner;
  return Withdrawn(*agenda, fed, request.slot(), identity.agenda);
}

}  // namespace sas::slots
