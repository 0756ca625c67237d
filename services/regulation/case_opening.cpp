#include "services/regulation/case_opening.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/case_number.h"
#include "services/regulation/domain/entry.h"
#include "services/regulation/domain/patient_place.h"
#include "services/regulation/returned_calls.h"
#include "services/regulation/shape.h"
#include "services/regulation/store_rows.h"
#include "services/regulation/waiting_calls.h"

namespace sas::regulation {
namespace {

constexpr std::string_view kEntryPrefix = "ENTRY_POINT_";

bool IsLine(sas::type::v1::EntryPoint entry_point) {
  return entry_point == sas::type::v1::ENTRY_POINT_LINE_15 ||
         entry_point == sas::type::v1::ENTRY_POINT_LINE_116117;
}

absl::Status CheckEntryPoint(const base::Actor& actor, sas::type::v1::EntryPoint entry_point) {
  if (!EntersDirectly(actor.role)) return absl::OkStatus();
  const bool own = actor.entry_point.empty() || actor.entry_point == EntryPointName(entry_point);
  if (own && !IsLine(entry_point)) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kPermissionDenied, "ENTRY_POINT_FORBIDDEN",
                    "your credentials are for another entry point",
                    {{"entry_point", EntryPointName(entry_point)}});
}

// Who was only heard on the telephone is provisional, whatever the client claims (hazard H-30).
absl::Status CheckIdentities(const v1::RegulationCase& proto) {
  if (!IsLine(proto.origin().entry_point())) return absl::OkStatus();
  for (int i = 0; i < proto.patients_size(); ++i) {
    if (proto.patients(i).identity_status() <= v1::IDENTITY_STATUS_PROVISIONAL) continue;
    return base::InvalidField("regulation_case.patients[" + std::to_string(i) + "].identity_status",
                              "IDENTITY_NOT_PROVISIONAL",
                              "an identity taken by telephone is provisional");
  }
  return absl::OkStatus();
}

// Who enters by the policy of a site has a patient in front of him, not one of next week.
absl::Status CheckPrepared(const base::Actor& actor, const v1::RegulationCase& proto,
                           const Moment& moment) {
  if (!proto.has_activation_time()) return absl::OkStatus();
  const base::Instant at = ToInstant(proto.activation_time());
  if (!EntersDirectly(actor.role) && at > moment.now && at <= moment.now + kPreparedMax) {
    return absl::OkStatus();
  }
  return base::InvalidField("regulation_case.activation_time", "INVALID_ACTIVATION_TIME",
                            "a dossier is prepared in regulation, for an hour that is to come, at "
                            "most 90 days before");
}

// A direct entry needs no regulation (NR), unless something in it asks for an ARM at once.
void SetFirstPriority(v1::RegulationCase& row, const base::Actor& actor) {
  if (!EntersDirectly(actor.role)) return;
  if (HasPositiveSign(row.severity_form()) || care::IsVitalMotif(row.motif_code())) return;
  row.set_priority(v1::PRIORITY_NR);
  row.set_filiere(sas::type::v1::FILIERE_SNP);
  row.set_attribution("DR");
}

absl::Status Fill(Desk& desk, const base::Call& call, RegulationTransaction& transaction,
                  const Moment& moment, v1::RegulationCase& row) {
  row.set_state(row.has_activation_time() ? v1::RegulationCase::STATE_PROGRAMMED
                                          : v1::RegulationCase::STATE_ACTIVE);
  KeepConfirmation(row);
  *row.mutable_create_time() = ToTimestamp(moment.now);
  SAS_RETURN_IF_ERROR(TakeWaiting(desk, transaction, call, row, *row.mutable_origin()));
  *row.mutable_origin()->mutable_taken_by() = ToProto(call.actor);
  row.mutable_origin()->set_call_id(base::MakeId(desk.clock, desk.random));
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
  SAS_ASSIGN_OR_RETURN(const std::int64_t count,
                       transaction.NextCount(CaseCounter(row.territory(), moment.today)));
  SAS_ASSIGN_OR_RETURN(*row.mutable_case_number(),
                       FormatCaseNumber(row.territory(), moment.today, count));
  return absl::OkStatus();
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

absl::Status CheckOpening(const base::Call& call, const v1::RegulationCase& proto,
                          const Moment& moment) {
  SAS_RETURN_IF_ERROR(CheckNewCase(proto, moment));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, proto.territory()));
  SAS_RETURN_IF_ERROR(CheckEntryPoint(call.actor, proto.origin().entry_point()));
  SAS_RETURN_IF_ERROR(CheckPrepared(call.actor, proto, moment));
  return CheckIdentities(proto);
}

absl::Status FillNewCase(Desk& desk, const base::Call& call, RegulationTransaction& transaction,
                         const Moment& moment, v1::RegulationCase& row) {
  SetFirstPriority(row, call.actor);
  return Fill(desk, call, transaction, moment, row);
}

absl::StatusOr<CaseWork> OpenCase(Desk& desk, RegulationTransaction& transaction,
                                  const base::Call& call, const Moment& moment,
                                  const std::string& parent, const v1::RegulationCase& proto) {
  v1::RegulationCase row = proto;
  row.set_name(parent + "/cases/" + base::MakeId(desk.clock, desk.random));
  SAS_RETURN_IF_ERROR(Fill(desk, call, transaction, moment, row));
  return CaseWork::New(transaction, call, moment.now, std::move(row));
}

absl::Status SaveOpened(CaseWork& work) {
  const v1::CallOrigin& origin = work.row().origin();
  // A call typed in from paper keeps its times and never enters the live queue (hazard H-44).
  const bool active = work.row().state() == v1::RegulationCase::STATE_ACTIVE;
  if (active && origin.paper_form_number().empty()) work.Wait();
  SAS_RETURN_IF_ERROR(work.Save("case.created", "motif=" + work.row().motif_code()));
  SAS_RETURN_IF_ERROR(KeepPaperForm(work, origin.paper_form_number()));
  const std::string& name = work.row().name();
  return MarkReturned(work.transaction(), work.call(), RegionNameOf(name),
                      origin.caller_phone_number());
}

absl::Status KeepPaperForm(CaseWork& work, const std::string& number) {
  if (number.empty()) return absl::OkStatus();
  const v1::RegulationCase& row = work.row();
  SAS_ASSIGN_OR_RETURN(const std::string known,
                       work.transaction().KeepPaperForm({row.territory(), number, row.name()}));
  if (known.empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const v1::RegulationCase other, work.transaction().GetCase(known));
  return base::Fail(absl::StatusCode::kAlreadyExists, "PAPER_FORM_EXISTS",
                    "this form was typed in before: go on with the dossier that is named, or "
                    "correct the number",
                    {{"regulation_case", known}, {"case_number", other.case_number()}});
}

absl::Status ConfirmPlace(const base::Actor& actor, v1::RegulationCase& row, bool confirmed) {
  const sas::type::v1::Place& place = row.patient_place();
  if (!EntersDirectly(actor.role)) {
    SAS_RETURN_IF_ERROR(
        CheckInside(row.territory(), place.insee_code(), place.commune(), confirmed));
  }
  row.set_place_outside_confirmed(confirmed);
  KeepConfirmation(row);
  return absl::OkStatus();
}

void KeepConfirmation(v1::RegulationCase& row) {
  row.set_place_outside_confirmed(row.place_outside_confirmed() &&
                                  IsOutside(row.territory(), row.patient_place().insee_code()));
}

void CountOpened(Desk& desk, const v1::RegulationCase& row) {
  desk.metrics.Created();
  const v1::CallOrigin& origin = row.origin();
  if (IsLine(origin.entry_point()) || !origin.dialled_number().empty()) {
    desk.metrics.Called(desk.lines.LabelOf(origin.dialled_number()));
  }
}

absl::Status CheckOwnCase(const base::Actor& actor, const v1::RegulationCase& row) {
  if (!EntersDirectly(actor.role) || row.origin().taken_by().subject() == actor.subject) {
    return absl::OkStatus();
  }
  return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_OWN_CASE",
                    "you may question on the dossiers that you have entered, and no others");
}

absl::Status CheckReader(CaseWork& work) {
  const base::Actor& actor = work.call().actor;
  if (CheckOwnCase(actor, work.row()).ok()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
  const bool own = std::any_of(orders->begin(), orders->end(), [&](const v1::CareOrder& order) {
    return CheckEntryRight(actor, OwnerOf(order)).ok();
  });
  if (own) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_OWN_CASE",
                    "you may read back the dossiers that you have entered, and no others");
}

}  // namespace sas::regulation
