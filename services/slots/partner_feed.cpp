#include "services/slots/partner_feed.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/ledger/write_once.h"
#include "common/rpc/auth.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/partner_agendas.h"
#include "services/slots/partner_frame.h"
#include "services/slots/partner_refusal.h"
#include "services/slots/partner_report.h"
#include "services/slots/region_ledger.h"

namespace sas::slots {
namespace {

constexpr int kPageStandard = 50;
constexpr int kPageMax = 500;

/// What the platform can repair; everything else is ours.
bool IsPartners(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
      return true;
    default:
      return false;
  }
}

/// Why a frame or a report was refused as a whole, and for how long.
template <typename Ack>
Ack SayWhy(Ack ack, const absl::Status& status) {
  const base::ErrorDetail detail = base::DetailOf(status);
  ack.set_refusal_reason(detail.reason);
  ack.set_refusal_message(std::string(status.message()));
  if (detail.retry_after) {
    const auto delay = *detail.retry_after;
    ack.mutable_retry_delay()->set_seconds(delay.count() / 1000);
    ack.mutable_retry_delay()->set_nanos(static_cast<int>(delay.count() % 1000) * 1'000'000);
  }
  return ack;
}

v1::AgendaAck RefusedAck(const v1::AgendaFrame& frame, const absl::Status& status) {
  v1::AgendaAck ack;
  ack.set_agenda(frame.agenda());
  ack.set_sequence(frame.sequence());
  return SayWhy(std::move(ack), status);
}

v1::SourceReportAck RefusedAck(const v1::SourceReport& report, const absl::Status& status) {
  v1::SourceReportAck ack;
  ack.set_external_appointment_id(report.external_appointment_id());
  ack.set_version(report.version());
  return SayWhy(std::move(ack), status);
}

std::string_view OutcomeOf(FrameVerdict verdict) {
  switch (verdict) {
    case FrameVerdict::kDuplicate:
      return "duplicate";
    case FrameVerdict::kGap:
      return "gap";
    case FrameVerdict::kQuarantine:
      return "quarantined";
    case FrameVerdict::kApply:
      break;
  }
  return "applied";
}

/// Calls `each` for every agenda of every region.
template <typename Each>
absl::Status EachAgenda(SlotsTransaction& transaction, base::Instant now, base::Instant since,
                        Each each) {
  SAS_ASSIGN_OR_RETURN(const auto regions, transaction.ListRegions());
  for (const std::string& region : regions) {
    std::string after;
    while (true) {
      SAS_ASSIGN_OR_RETURN(const auto rows, transaction.partners().ListAgendas(
                                                region, "", after, kPageMax, now, since));
      for (const FedAgendaRow& row : rows) each(region, row);
      if (rows.size() < static_cast<std::size_t>(kPageMax)) break;
      after = rows.back().agenda.name;
    }
  }
  return absl::OkStatus();
}

}  // namespace

PartnerFeed::PartnerFeed(SlotsStore& store, FeedAges& ages, PartnerGate& gate,
                         PartnerMetrics& metrics, const base::Clock& clock)
    : store_(store), ages_(ages), gate_(gate), metrics_(metrics), clock_(clock) {}

void PartnerFeed::NoteFailure(const PartnerIn& who, const absl::Status& status) {
  const std::string& partner = who.partner;
  const std::string reason = base::ReasonOf(status);
  const bool by_gate = reason == "PARTNER_RATE" || reason == "PARTNER_BREAKER_OPEN";
  if (by_gate) {
    metrics_.Frame(partner, reason == "PARTNER_RATE" ? "rate" : "breaker");
  } else {
    const bool theirs = IsPartners(status);
    gate_.Tell(who, theirs ? PartnerGate::Outcome::kRefused : PartnerGate::Outcome::kUnknown);
    metrics_.Frame(partner, theirs ? "refused" : "failed");
  }
  metrics_.BreakerStands(partner, gate_.StateOf(partner));
}

void PartnerFeed::Note(const PartnerIn& who, const v1::AgendaAck& ack, FrameVerdict verdict,
                       const FedAgenda& agenda) {
  const std::string& partner = who.partner;
  gate_.Tell(who, PartnerGate::Outcome::kGood);
  metrics_.Frame(partner, OutcomeOf(verdict));
  metrics_.SlotsRefused(partner, ack.refused_size());
  metrics_.BreakerStands(partner, gate_.StateOf(partner));
  if (verdict != FrameVerdict::kApply) return;
  ages_.Heard(agenda);
}

absl::StatusOr<v1::AgendaAck> PartnerFeed::Sync(const base::Call& call,
                                                const v1::AgendaFrame& frame) {
  const PartnerIn who = SpeakerOf(call, frame.agenda());
  const base::Instant now = clock_.Now();
  v1::AgendaAck ack;
  std::optional<FrameWork> work;
  absl::Status status = gate_.Enter(who);
  const bool admitted = status.ok();
  if (status.ok()) status = CheckFrame(call, frame, now);
  if (status.ok()) {
    status = store_.Write(call, [&](SlotsTransaction& transaction) -> absl::Status {
      work.emplace(call, frame, now, gate_.LimitsOf(who));  // Anew when the ledger runs it twice.
      SAS_ASSIGN_OR_RETURN(ack, work->Run(transaction));
      return absl::OkStatus();
    });
  }
  if (status.ok()) {
    Note(who, ack, work->verdict(), work->agenda());
    return ack;
  }
  NoteFailure(who, status);
  if (!admitted || IsPartners(status)) return RefusedAck(frame, status);
  return status;
}

absl::StatusOr<v1::ImportAgendaResponse> PartnerFeed::Import(
    const base::Call& call, const v1::ImportAgendaRequest& request) {
  const PartnerIn who = SpeakerOf(call, request.frame().agenda());
  const base::Instant now = clock_.Now();
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  std::optional<FrameWork> work;
  const auto run = [&]() -> absl::StatusOr<v1::ImportAgendaResponse> {
    SAS_RETURN_IF_ERROR(gate_.Enter(who));
    SAS_RETURN_IF_ERROR(CheckFrame(call, request.frame(), now));
    if (!request.frame().has_snapshot()) {
      return base::InvalidField("frame.snapshot", "SNAPSHOT_REQUIRED",
                                "a single call carries a snapshot; deltas go by SyncAgendas");
    }
    return ledger::WriteOnce<v1::ImportAgendaResponse>(
        store_, call, request,
        [&](SlotsTransaction& transaction) -> absl::StatusOr<v1::ImportAgendaResponse> {
          work.emplace(call, request.frame(), now, gate_.LimitsOf(who));
          v1::ImportAgendaResponse response;
          SAS_ASSIGN_OR_RETURN(*response.mutable_ack(), work->Run(transaction));
          return response;
        });
  };
  auto response = run();
  if (!response.ok()) {
    NoteFailure(who, response.status());
  } else if (work) {
    Note(who, response->ack(), work->verdict(), work->agenda());
  } else {  // A repeat.
    gate_.Tell(who, PartnerGate::Outcome::kGood);
    metrics_.Frame(who.partner, "duplicate");
  }
  return response;
}

absl::StatusOr<v1::Slot> PartnerFeed::Refuse(const base::Call& call,
                                             const v1::ReportSourceRefusalRequest& request) {
  SAS_RETURN_IF_ERROR(CheckRefusal(call, request));
  std::string partner;
  auto slot = ledger::WriteOnce<v1::Slot>(
      store_, call, request, [&](SlotsTransaction& transaction) -> absl::StatusOr<v1::Slot> {
        return WithdrawRefused(transaction, call, request, clock_.Now(), &partner);
      });
  if (slot.ok() && !partner.empty()) metrics_.Phantom(partner);
  return slot;
}

absl::StatusOr<v1::SourceReportAck> PartnerFeed::Hear(const base::Call& call,
                                                      const v1::SourceReport& report) {
  const PartnerIn who = SpeakerOf(call, report.agenda());
  v1::SourceReportAck ack;
  bool phantom = false;
  absl::Status status = gate_.Enter(who);
  const bool admitted = status.ok();
  if (status.ok()) status = CheckReport(call, report);
  if (status.ok()) {
    status = store_.Write(call, [&](SlotsTransaction& transaction) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(ack, KeepReport(transaction, call, report, clock_.Now(), &phantom));
      return absl::OkStatus();
    });
  }
  if (status.ok()) {
    gate_.Tell(who, PartnerGate::Outcome::kGood);
    metrics_.Frame(who.partner, "report");
    if (phantom) metrics_.Phantom(who.partner);
    return ack;
  }
  NoteFailure(who, status);
  if (!admitted || IsPartners(status)) return RefusedAck(report, status);
  return status;
}

absl::StatusOr<v1::SourceReportAck> PartnerFeed::HearOne(
    const base::Call& call, const v1::ReportSourceAppointmentRequest& request) {
  const PartnerIn who = SpeakerOf(call, request.report().agenda());
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  bool phantom = false;
  const auto run = [&]() -> absl::StatusOr<v1::SourceReportAck> {
    SAS_RETURN_IF_ERROR(gate_.Enter(who));
    SAS_RETURN_IF_ERROR(CheckReport(call, request.report()));
    return ledger::WriteOnce<v1::SourceReportAck>(
        store_, call, request, [&](SlotsTransaction& transaction) {
          return KeepReport(transaction, call, request.report(), clock_.Now(), &phantom);
        });
  };
  auto ack = run();
  if (!ack.ok()) {
    NoteFailure(who, ack.status());
    return ack;
  }
  gate_.Tell(who, PartnerGate::Outcome::kGood);
  metrics_.Frame(who.partner, "report");
  if (phantom) metrics_.Phantom(who.partner);
  return ack;
}

absl::StatusOr<v1::ListPartnerAgendasResponse> PartnerFeed::List(
    const base::Call& call, const v1::ListPartnerAgendasRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  const std::string partner =
      call.actor.role == base::Role::kPartner ? call.actor.subject : std::string();
  const std::string query = "partner_agendas|" + ids[0] + "|" + partner;
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string after, base::ParsePageToken(query, request.page_token()));
  std::vector<FedAgendaRow> rows;
  const base::Instant now = clock_.Now();
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(rows, transaction.partners().ListAgendas(ids[0], partner, after, size + 1,
                                                                  now, now - kPhantomsOf));
    return CountBarred(transaction, now, rows);
  }));
  v1::ListPartnerAgendasResponse response;
  if (rows.size() > static_cast<std::size_t>(size)) {
    rows.resize(static_cast<std::size_t>(size));
    response.set_next_page_token(base::MakePageToken(query, rows.back().agenda.name));
  }
  for (const FedAgendaRow& row : rows) *response.add_agendas() = ToProto(row);
  return response;
}

absl::StatusOr<v1::PartnerAgenda> PartnerFeed::Release(
    const base::Call& call, const v1::ReleasePartnerAgendaRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*/sites/*/agendas/*", request.name(), "name"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  return ledger::WriteOnce<v1::PartnerAgenda>(
      store_, call, request,
      [&](SlotsTransaction& transaction) { return ReleaseAgenda(transaction, call, request); });
}

absl::Status PartnerFeed::Refresh(const base::Call& call) {
  const base::Instant now = clock_.Now();
  std::vector<FedAgendaRow> all;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) {
    all.clear();
    return EachAgenda(transaction, now, now,
                      [&](const std::string&, const FedAgendaRow& row) { all.push_back(row); });
  }));
  std::map<std::string, base::Instant> oldest;
  for (const FedAgendaRow& row : all) {
    const base::Instant at = ages_.Heard(row.agenda)->vouched();
    base::Instant& of_partner = oldest[row.agenda.partner];
    if (row.slots == 0) continue;  // Nobody is sent there.
    of_partner = of_partner == base::Instant() ? at : std::min(of_partner, at);
  }
  for (const auto& [partner, at] : oldest) metrics_.Oldest(partner, at);
  return absl::OkStatus();
}

absl::Status PartnerFeed::CountPhantoms(const base::Call& call) {
  struct Count {
    std::int64_t phantoms = 0;
    std::int64_t booked = 0;
  };

  const base::Instant now = clock_.Now();
  std::map<std::string, Count> counts;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    counts.clear();
    std::map<std::string, std::string> partners;  // By agenda.
    std::map<std::string, bool> regions;
    SAS_RETURN_IF_ERROR(EachAgenda(transaction, now, now - kPhantomsOf,
                                   [&](const std::string& region, const FedAgendaRow& row) {
                                     partners[row.agenda.name] = row.agenda.partner;
                                     counts[row.agenda.partner].phantoms += row.phantoms;
                                     regions[region] = true;
                                   }));
    for (const auto& [region, fed] : regions) {
      SAS_ASSIGN_OR_RETURN(const auto seats,
                           transaction.ListSeats(region, now - kPhantomsOf, now + kAhead));
      for (const SeatFact& seat : seats) {
        SAS_ASSIGN_OR_RETURN(const SlotIdentity slot, ParseSlotName(seat.slot, "slot"));
        const auto found = partners.find(AgendaName(slot.site, slot.agenda));
        if (found != partners.end()) ++counts[found->second].booked;
      }
    }
    return absl::OkStatus();
  }));
  for (const auto& [partner, count] : counts) {
    metrics_.PhantomShare(partner, PhantomRate(count.phantoms, count.booked));
  }
  return absl::OkStatus();
}

}  // namespace sas::slots
