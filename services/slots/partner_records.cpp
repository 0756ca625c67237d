#include "services/slots/partner_records.h"

#include <google/protobuf/duration.pb.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/etag.h"
#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/ledger/write_once.h"
#include "common/observe/log.h"
#include "common/rpc/auth.h"
#include "services/slots/partner_events.h"

namespace sas::slots {
namespace {

using std::chrono::milliseconds;

constexpr char kPattern[] = "regions/*/partners/*";
constexpr int kPageStandard = 50;
constexpr int kPageMax = 500;

/// Rounded up, so that what is too short is not taken for "not set".
milliseconds ToMillis(const google::protobuf::Duration& duration) {
  constexpr std::int64_t kFar = 1'000'000'000;  // Out of bounds, and no overflow.
  const std::int64_t seconds = std::clamp<std::int64_t>(duration.seconds(), -kFar, kFar);
  const int nanos = duration.nanos();
  return milliseconds(seconds * 1000 + nanos / 1'000'000 + (nanos % 1'000'000 > 0 ? 1 : 0));
}

void SetMillis(google::protobuf::Duration& duration, milliseconds value) {
  duration.set_seconds(value.count() / 1000);
  duration.set_nanos(static_cast<int>(value.count() % 1000) * 1'000'000);
}

AgreedLimits FromProto(const v1::PartnerLimits& limits) {
  return {limits.frames_per_second(),
          limits.frames_burst(),
          limits.agenda_max(),
          limits.frame_slot_max(),
          limits.breaker_failure_max(),
          ToMillis(limits.breaker_pause()),
          ToMillis(limits.breaker_pause_max())};
}

v1::PartnerLimits ToProto(const PartnerLimits& limits) {
  v1::PartnerLimits out;
  out.set_frames_per_second(static_cast<int>(limits.rate.per_second));
  out.set_frames_burst(static_cast<int>(limits.rate.burst));
  out.set_agenda_max(limits.agendas_max);
  out.set_frame_slot_max(static_cast<int>(limits.slots_max));
  out.set_breaker_failure_max(limits.breaker.failures_max);
  SetMillis(*out.mutable_breaker_pause(), limits.breaker.pause_first);
  SetMillis(*out.mutable_breaker_pause_max(), limits.breaker.pause_max);
  return out;
}

PartnerIn InRecord(const v1::Partner& record) {
  return {std::string(base::LastId(record.name())), std::string(base::RegionOf(record.name()))};
}

absl::Status NotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "PARTNER_NOT_FOUND",
                    "nothing is agreed with this platform and it has no agenda here: check the "
                    "subject of its credentials, or set allow_missing",
                    {{"partner", name}});
}

absl::Status CheckEtag(const std::string& asked, const std::string& present) {
  if (asked.empty() || asked == present) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "somebody changed it since you read it; read it again", {{"etag", present}});
}

}  // namespace

PartnerRecords::PartnerRecords(SlotsStore& store, PartnerGate& gate, PartnerMetrics& metrics,
                               const base::Clock& clock)
    : store_(store), gate_(gate), metrics_(metrics), clock_(clock) {}

v1::Partner PartnerRecords::Shown(v1::Partner record, int agendas) const {
  *record.mutable_limits_in_force() =
      ToProto(LimitsWith(FromProto(record.limits()), gate_.standard()));
  record.set_agenda_count(agendas);
  return record;
}

void PartnerRecords::TakeUp(const v1::Partner& record) {
  const PartnerIn who = InRecord(record);
  if (!gate_.Agree(who, base::VersionOf(record.etag()), FromProto(record.limits()))) return;
  const PartnerLimits limits = gate_.LimitsOf(who);
  metrics_.Limits(who.partner, who.region, limits);
  observe::Log(observe::Level::kInfo, "partner_limits",
               {{"partner", std::string_view(who.partner)},
                {"region", std::string_view(who.region)},
                {"etag", std::string_view(record.etag())},
                {"frames_per_second", limits.rate.per_second},
                {"frames_burst", limits.rate.burst},
                {"agenda_max", std::int64_t{limits.agendas_max}},
                {"frame_slot_max", static_cast<std::int64_t>(limits.slots_max)},
                {"breaker_failure_max", std::int64_t{limits.breaker.failures_max}}});
}

absl::StatusOr<v1::Partner> PartnerRecords::Get(const base::Call& call,
                                                const v1::GetPartnerRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName(kPattern, request.name(), "name"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  const bool platform = call.actor.role == base::Role::kPartner;
  if (platform && call.actor.subject != ids[1]) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "OTHER_PARTNER",
                      "a platform reads what was agreed with itself: name the subject of your "
                      "credentials");
  }
  std::optional<v1::Partner> record;
  int agendas = 0;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(record, transaction.partners().GetPartner(request.name()));
    SAS_ASSIGN_OR_RETURN(agendas, transaction.partners().CountAgendas(ids[0], ids[1]));
    return absl::OkStatus();
  }));
  if (!record) {
    if (agendas == 0 && !platform) return NotFound(request.name());
    record.emplace().set_name(request.name());
  }
  return Shown(*std::move(record), agendas);
}

absl::StatusOr<v1::ListPartnersResponse> PartnerRecords::List(
    const base::Call& call, const v1::ListPartnersRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  const std::string query = "partners|" + ids[0];
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string after, base::ParsePageToken(query, request.page_token()));
  std::vector<PartnerRow> rows;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(rows, transaction.partners().ListPartners(ids[0], after, size + 1));
    return absl::OkStatus();
  }));
  v1::ListPartnersResponse response;
  if (rows.size() > static_cast<std::size_t>(size)) {
    rows.resize(static_cast<std::size_t>(size));
    response.set_next_page_token(base::MakePageToken(query, rows.back().partner));
  }
  for (PartnerRow& row : rows) {
    v1::Partner record = std::move(row.record).value_or(v1::Partner());
    record.set_name(base::JoinName({{"regions", ids[0]}, {"partners", row.partner}}));
    *response.add_partners() = Shown(std::move(record), row.agendas);
  }
  return response;
}

absl::StatusOr<v1::Partner> PartnerRecords::Update(const base::Call& call,
                                                   const v1::UpdatePartnerRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  const v1::Partner& asked = request.partner();
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName(kPattern, asked.name(), "partner.name"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  if (!call.actor.territories.empty()) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN",
                      "your rights are for some SAS territories, and a platform serves all of the "
                      "region: hand it to a colleague of the region");
  }
  if (const auto fault = JudgeAgreed(FromProto(asked.limits()), gate_.standard())) {
    return base::InvalidField("partner.limits." + std::string(fault->limit),
                              "INVALID_PARTNER_LIMITS", fault->message);
  }
  auto answer = ledger::WriteOnce<v1::Partner>(
      store_, call, request, [&](SlotsTransaction& transaction) -> absl::StatusOr<v1::Partner> {
        PartnerLedger& partners = transaction.partners();
        SAS_ASSIGN_OR_RETURN(const auto before, partners.GetPartner(asked.name()));
        SAS_ASSIGN_OR_RETURN(const int agendas, partners.CountAgendas(ids[0], ids[1]));
        if (!before && agendas == 0 && !request.allow_missing()) return NotFound(asked.name());
        SAS_RETURN_IF_ERROR(CheckEtag(asked.etag(), before ? before->etag() : ""));
        v1::Partner next;
        next.set_name(asked.name());
        *next.mutable_limits() = asked.limits();
        next.set_etag(base::EtagOf((before ? base::VersionOf(before->etag()) : 0) + 1));
        *next.mutable_update_time() = base::ToTimestamp(clock_.Now());
        SAS_RETURN_IF_ERROR(partners.PutPartner(next));
        SAS_RETURN_IF_ERROR(RecordAgreement(transaction.journal(), next));
        return Shown(std::move(next), agendas);
      });
  if (answer.ok()) TakeUp(*answer);
  return answer;
}

absl::Status PartnerRecords::Refresh(const base::Call& call) {
  std::vector<v1::Partner> records;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    records.clear();
    SAS_ASSIGN_OR_RETURN(const auto regions, transaction.ListRegions());
    for (const std::string& region : regions) {
      std::string after;
      while (true) {
        SAS_ASSIGN_OR_RETURN(auto rows,
                             transaction.partners().ListPartners(region, after, kPageMax));
        for (PartnerRow& row : rows) {
          if (row.record) records.push_back(*std::move(row.record));
        }
        if (rows.size() < static_cast<std::size_t>(kPageMax)) break;
        after = rows.back().partner;
      }
    }
    return absl::OkStatus();
  }));
  for (const v1::Partner& record : records) TakeUp(record);
  heard_ = true;
  return absl::OkStatus();
}

// Not before the service serves: a ledger that is slow at a start holds back the platforms' frames,
// which come again, and no search.
absl::Status PartnerRecords::EnsureHeard(const base::Call& call) {
  return heard_ ? absl::OkStatus() : Refresh(call);
}

}  // namespace sas::slots
