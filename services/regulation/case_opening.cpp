#include "services/regulation/case_opening.h"

#include <algorithm>
#include <cctype>

#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/case_number.h"
#include "services/regulation/domain/entry.h"

namespace sas::regulation {
namespace {

constexpr std::string_view kEntryPrefix = "ENTRY_POINT_";

// A direct entry needs no regulation (NR), unless something in it asks for an ARM at once.
void SetFirstPriority(v1::RegulationCase& row, const base::Actor& actor) {
  if (!EntersDirectly(actor.role)) return;
  if (HasPositiveSign(row.severity_form()) || care::IsVitalMotif(row.motif_code())) return;
  row.set_priority(v1::PRIORITY_NR);
  row.set_filiere(sas::type::v1::FILIERE_SNP);
  row.set_attribution("DR");
}

}  // namespace

std::string EntryPointName(sas::type::v1::EntryPoint entry_point) {
  std::string name = sas::type::v1::EntryPoint_Name(entry_point).substr(kEntryPrefix.size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

sas::type::v1::EntryPoint EntryPointOf(std::string_view name) {
  std::string proto(kEntryPrefix);
  for (const unsigned char c : name) proto += static_cast<char>(std::toupper(c));
  sas::type::v1::EntryPoint entry_point = sas::type::v1::ENTRY_POINT_UNSPECIFIED;
  sas::type::v1::EntryPoint_Parse(proto, &entry_point);
  return entry_point;
}

absl::Status FillNewCase(Desk& desk, const base::Call& call, RegulationTransaction& transaction,
                         const Moment& moment, v1::RegulationCase& row) {
  row.set_state(v1::RegulationCase::STATE_ACTIVE);
  *row.mutable_create_time() = ToTimestamp(moment.now);
  *row.mutable_origin()->mutable_taken_by() = ToProto(call.actor);
  if (!row.origin().has_pickup_time()) {
    *row.mutable_origin()->mutable_pickup_time() = ToTimestamp(moment.now);
  }
  for (v1::Patient& patient : *row.mutable_patients()) {
    patient.set_name(row.name() + "/patients/" + base::MakeId(desk.clock, desk.random));
    if (patient.identity_status() == v1::IDENTITY_STATUS_UNSPECIFIED) {
      patient.set_identity_status(v1::IDENTITY_STATUS_PROVISIONAL);
    }
  }
  const bool reflex = care::IsReflexMotif(row.motif_code(), row.fait_code());
  row.mutable_reflex_departure()->set_state(
      static_cast<v1::ReflexDeparture::State>(Propose(ReflexState::kNone, reflex)));
  SetFirstPriority(row, call.actor);
  SAS_ASSIGN_OR_RETURN(const std::int64_t count,
                       transaction.NextCount(CaseCounter(row.territory(), moment.today)));
  SAS_ASSIGN_OR_RETURN(*row.mutable_case_number(),
                       FormatCaseNumber(row.territory(), moment.today, count));
  return absl::OkStatus();
}

absl::Status CheckReader(CaseWork& work) {
  const base::Actor& actor = work.call().actor;
  if (!EntersDirectly(actor.role) || work.row().origin().taken_by().subject() == actor.subject) {
    return absl::OkStatus();
  }
  SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
  const bool own = std::any_of(orders->begin(), orders->end(), [&](const v1::CareOrder& order) {
    return CheckEntryRight(actor, OwnerOf(order)).ok();
  });
  if (own) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_OWN_CASE",
                    "you may read back the dossiers that you have entered, and no others");
}

}  // namespace sas::regulation
