#include <set>
#include <string>

#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "services/regulation/acts.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/identity.h"
#include "services/regulation/facts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/protected_case.h"
#include "services/regulation/returned_calls.h"
#include "services/regulation/shape_case.h"
#include "services/regulation/triage_gate.h"

namespace sas::regulation::acts {
namespace {

IdentityValue IdentityOf(const v1::Patient& patient) {
  return {patient.family_name(), patient.given_names(), patient.birth_date(), patient.sex(),
          static_cast<IdentityStatus>(patient.identity_status())};
}

// Those who write here were told by telephone.
absl::Status CheckIdentity(const CaseWork& work, const v1::Patient& patient,
                           const std::string& field) {
  const v1::Patient* before = patient.name().empty() ? nullptr : work.FindPatient(patient.name());
  const IdentityValue known = before == nullptr ? IdentityValue() : IdentityOf(*before);
  return CheckHeardIdentity(IdentityOf(patient), before == nullptr ? nullptr : &known, field);
}

absl::Status BackToRegulator(CaseWork& work) {
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
  work.ComeBack();
  return absl::OkStatus();
}

// Patients keep their names; new ones get one; one that is referred to stays.
absl::Status UpdatePatients(Desk& desk, CaseWork& work, const v1::RegulationCase& proto) {
  std::set<std::string> kept;
  for (int i = 0; i < proto.patients_size(); ++i) {
    const std::string& name = proto.patients(i).name();
    const std::string patient = "regulation_case.patients[" + std::to_string(i) + "]";
    SAS_RETURN_IF_ERROR(CheckIdentity(work, proto.patients(i), patient + ".identity_status"));
    if (name.empty()) continue;
    const std::string field = patient + ".name";
    SAS_RETURN_IF_ERROR(work.PatientOf(name, field).status());
    if (!kept.insert(name).second) {
      return base::InvalidField(field, "PATIENT_TWICE", "stands twice in the list");
    }
  }
  SAS_ASSIGN_OR_RETURN(const auto* decisions, work.Decisions());
  SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
  const auto needed = [&](const std::string& name) {
    const auto refers = [&](const auto& about) { return about.patient() == name; };
    return std::any_of(decisions->begin(), decisions->end(), refers) ||
           std::any_of(orders->begin(), orders->end(), refers);
  };
  for (const v1::Patient& patient : work.row().patients()) {
    if (kept.count(patient.name()) > 0 || !needed(patient.name())) continue;
    return base::Fail(absl::StatusCode::kFailedPrecondition, "PATIENT_REFERRED_TO",
                      "a decision or an order is about this patient: he stays on the dossier",
                      {{"patient", patient.name()}});
  }
  const bool regulated =
      !decisions->empty() || work.row().state() == v1::RegulationCase::STATE_COMPLETED;
  const bool somebody_new = std::any_of(proto.patients().begin(), proto.patients().end(),
                                        [](const auto& patient) { return patient.name().empty(); });
  *work.row().mutable_patients() = proto.patients();
  for (v1::Patient& patient : *work.row().mutable_patients()) {
    if (patient.name().empty()) {
      patient.set_name(work.row().name() + "/patients/" + base::MakeId(desk.clock, desk.random));
    }
    if (patient.identity_status() == v1::IDENTITY_STATUS_UNSPECIFIED) {
      patient.set_identity_status(v1::IDENTITY_STATUS_PROVISIONAL);
    }
  }
  // Nobody has decided about him (hazard H-29).
  return regulated && somebody_new ? BackToRegulator(work) : absl::OkStatus();
}

// Who reads less than there is would write back less than there is.
absl::Status CheckSeesContact(CaseWork& work, const std::string& path) {
  if (path != "patients" && path != "origin" && path != "patient_place") return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const bool sees, work.SeesContact());
  return sees ? absl::OkStatus() : ContactProtected();
}

// A positive or unasked sign is lifted by a doctor with a reason, and under his role only. One that
// nobody has lifted stops what was ordered and is a regulator's (hazard H-06).
absl::Status UpdateSeverityForm(CaseWork& work, const v1::RegulationCase& proto) {
  const bool stood = SignStands(work.row().severity_form());
  *work.row().mutable_severity_form() = proto.severity_form();
  if (proto.severity_form().override_reason().empty()) {
    if (stood || !SignStands(proto.severity_form())) return absl::OkStatus();
    SAS_RETURN_IF_ERROR(work.SupersedeOrders("", kSeveritySign));
    const bool prepared = work.row().state() == v1::RegulationCase::STATE_PROGRAMMED;
    return prepared ? absl::OkStatus() : BackToRegulator(work);
  }
  if (!IsRegulator(work.call().actor.role)) return RegulatorRequired();
  work.row().mutable_severity_form()->set_override_by(
      std::string(base::RoleName(work.call().actor.role)));
  return absl::OkStatus();
}

// The codes of the dossier have changed: the reflex list proposes, and a vital motif on a low
// priority is loud at once, since software may not raise it (hazard H-02).
void ReactToCodes(CaseWork& work) {
  v1::RegulationCase& row = work.row();
  const bool on_list = care::IsReflexMotif(row.motif_code(), row.fait_code());
  v1::ReflexDeparture& reflex = *row.mutable_reflex_departure();
  reflex.set_state(
      static_cast<v1::ReflexDeparture::State>(Propose(ToValue(reflex.state()), on_list)));
  const bool low = RuleOf(ToValue(row.priority())).band >= RuleOf(Priority::kP2).band;
  if (low && care::IsVitalMotif(row.motif_code()) && row.has_wait_start_time()) {
    *row.mutable_wait_alarm_time() = ToTimestamp(work.now());
  }
}

absl::Status UpdateField(Desk& desk, CaseWork& work, const std::string& path,
                         const v1::RegulationCase& proto) {
  v1::RegulationCase& row = work.row();
  SAS_RETURN_IF_ERROR(CheckSeesContact(work, path));
  if (path == "patients") return UpdatePatients(desk, work, proto);
  if (path == "severity_form") return UpdateSeverityForm(work, proto);
  if (path == "motif_code") row.set_motif_code(proto.motif_code());
  if (path == "fait_code") row.set_fait_code(proto.fait_code());
  if (path == "lieu_code") row.set_lieu_code(proto.lieu_code());
  if (path == "risque_codes") *row.mutable_risque_codes() = proto.risque_codes();
  if (path == "patient_place") *row.mutable_patient_place() = proto.patient_place();
  if (path == "patient_place" || path == "place_outside_confirmed") {
    return ConfirmPlace(work.call().actor, row, proto.place_outside_confirmed());
  }
  if (path == "previous_attempts") *row.mutable_previous_attempts() = proto.previous_attempts();
  if (path == "mobility") *row.mutable_mobility() = proto.mobility();
  if (path == "origin") {
    SAS_RETURN_IF_ERROR(CheckDialledIsOurs(proto.origin().dialled_number(), row,
                                           "regulation_case.origin.dialled_number"));
    const sas::type::v1::Actor taken_by = row.origin().taken_by();
    const std::string id = row.origin().call_id();
    const std::string form = row.origin().paper_form_number();
    const std::string rang = row.origin().waiting_call();
    *row.mutable_origin() = proto.origin();
    *row.mutable_origin()->mutable_taken_by() = taken_by;
    row.mutable_origin()->set_call_id(id);
    row.mutable_origin()->set_waiting_call(rang);
    if (form == row.origin().paper_form_number()) return absl::OkStatus();
    SAS_RETURN_IF_ERROR(work.transaction().DropPaperForm({row.territory(), form, row.name()}));
    return KeepPaperForm(work, row.origin().paper_form_number());
  }
  return absl::OkStatus();
}

std::string PriorityCode(v1::Priority priority) {
  return std::string(RuleOf(ToValue(priority)).code);
}

absl::Status CheckPrioritize(const v1::PrioritizeRegulationCaseRequest& request) {
  if (request.priority() == v1::PRIORITY_UNSPECIFIED) {
    return base::InvalidField("priority", "PRIORITY_REQUIRED", "choose P0, P1, P2, P3 or NR");
  }
  return CheckOptionalReason(request.reason());
}

PriorityChange ChangeOf(const CaseWork& work, const v1::RegulationCase& row,
                        const v1::PrioritizeRegulationCaseRequest& request) {
  PriorityChange change;
  change.from = ToValue(row.priority());
  change.to = ToValue(request.priority());
  change.by_regulator = IsRegulator(work.call().actor.role);
  change.etag_given = !request.etag().empty();
  change.reason_given = !request.reason().empty();
  change.vital_motif = care::IsVitalMotif(row.motif_code());
  change.protocol_minimum = ProtocolMinimum(row);
  change.regulator_awaited = row.callback().decision_due() || row.regulator_awaited();
  change.vital_motif_confirmed = request.vital_motif_confirmed();
  change.callback_number_known = !CallBackNumber(row.origin()).empty();
  if (request.has_callback()) change.callback = WindowAsked(request.callback());
  change.now = work.now();
  return change;
}

void SetPromise(const ReturnRules& returns, CaseWork& work,
                const v1::PrioritizeRegulationCaseRequest& request) {
  if (request.priority() != v1::PRIORITY_P3) return work.EndPromise();
  *work.row().mutable_callback() =
      Promised(returns, v1::CallbackPromise::KIND_DEFERRED_REGULATION, request.callback());
}

absl::Status Prioritize(const Desk& desk, CaseWork& work,
                        const v1::PrioritizeRegulationCaseRequest& request) {
  v1::RegulationCase& row = work.row();
  const bool raise = IsRaise(ToValue(row.priority()), ToValue(request.priority()));
  SAS_RETURN_IF_ERROR(work.Advance(raise ? CaseAct::kReturn : CaseAct::kWork));
  SAS_RETURN_IF_ERROR(CheckPriorityChange(ChangeOf(work, row, request)));
  if (!raise) SAS_RETURN_IF_ERROR(CheckSeen(desk, work.call().actor, request.etag(), row));
  const bool chain_missing = row.filiere() == sas::type::v1::FILIERE_UNSPECIFIED &&
                             request.filiere() == sas::type::v1::FILIERE_UNSPECIFIED;
  if (chain_missing) {
    return base::InvalidField("filiere", "FILIERE_REQUIRED", "choose AMU or SNP the first time");
  }
  if (request.filiere() != sas::type::v1::FILIERE_UNSPECIFIED) row.set_filiere(request.filiere());
  const std::string change = PriorityCode(row.priority()) + ">" + PriorityCode(request.priority());
  // Raised or promised a call after it was completed: it waits for a regulator again, or nobody
  // would see it.
  if (request.priority() == v1::PRIORITY_P3) SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
  const bool answered = PutsOff(ToValue(request.priority())) && IsRegulator(work.call().actor.role);
  if (answered) row.clear_regulator_awaited();
  SetPromise(desk.returns, work, request);
  SAS_RETURN_IF_ERROR(work.SetPriority(request.priority()));
  if (!request.reason().empty())
    work.AddNote("Priorité " + change + " : " + request.reason(), false);
  return work.Save("case.prioritized", "priority=" + change);
}

}  // namespace

absl::StatusOr<v1::RegulationCase> UpdateRegulationCase(
    Desk& desk, const base::Call& call, const v1::UpdateRegulationCaseRequest& request) {
  const v1::RegulationCase& proto = request.regulation_case();
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, proto.name(), "regulation_case.name"));
  if (request.update_mask().paths().empty()) {
    return base::InvalidField("update_mask", "UPDATE_MASK_REQUIRED",
                              "name the fields to write; the others stay as they are");
  }
  for (const std::string& path : request.update_mask().paths()) {
    SAS_RETURN_IF_ERROR(CheckUpdatePath(path, proto, desk.Now()));
  }
  return OnCase(desk, call, request, proto.name(), [&](CaseWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(CheckEtag(request.etag(), work.row()));
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kWork));
    std::string fields;
    for (const std::string& path : request.update_mask().paths()) {
      SAS_RETURN_IF_ERROR(UpdateField(desk, work, path, proto));
      fields += (fields.empty() ? "fields=" : ",") + path;
    }
    ReactToCodes(work);
    return work.Save("case.updated", fields);
  });
}

absl::StatusOr<v1::RegulationCase> PrioritizeRegulationCase(
    Desk& desk, const base::Call& call, const v1::PrioritizeRegulationCaseRequest& request) {
  SAS_RETURN_IF_ERROR(CheckPrioritize(request));
  return OnCase(desk, call, request, request.name(),
                [&](CaseWork& work) { return Prioritize(desk, work, request); });
}

absl::StatusOr<v1::RegulationCase> AddCaseNote(Desk& desk, const base::Call& call,
                                               const v1::AddCaseNoteRequest& request) {
  SAS_RETURN_IF_ERROR(CheckNote(request.note()));
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kNote));
    if (work.row().notes_size() >= kNotesMax) return LimitReached("notes", kNotesMax);
    work.AddNote(request.note().text(), request.note().shared());
    return work.Save("case.updated", "fields=notes");
  });
}

}  // namespace sas::regulation::acts
