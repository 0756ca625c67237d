#pragma once

#include <string>

#include "absl/status/status.h"
#include "sas/regulation/v1/case_reference_service.pb.h"
#include "services/regulation/case_work.h"
#include "services/regulation/domain/values.h"

/// What the answers on a dossier demand of acts on it.
namespace sas::regulation {

/// Most urgent minimum of the answers on the dossier, of any patient; unspecified without any.
Priority ProtocolMinimum(const v1::RegulationCase& row);

/// A sign of the form, or of the answers, is positive and nobody has lifted it.
bool SignStands(const sas::type::v1::SeverityForm& form);
bool SignStands(const v1::TriageRecord& record);

/// The answers demand P0 or P1, and no regulator has lifted that.
bool DemandsUrgency(const v1::TriageRecord& record);

/// What was answered is a regulator's to end: a sign stands, or a protocol demands P2 or more and
/// nobody has set a priority.
bool DemandsRegulator(const v1::RegulationCase& row);

/// May a consultation be ordered for `patient`? A positive severity sign of the dossier's form or
/// of its triages stops it unless a regulator has lifted it with a reason: FAILED_PRECONDITION
/// `SEVERITY_SIGN`, with the signs and the proposal (15 or URGENCES). A mandatory question without
/// an answer: `TRIAGE_INCOMPLETE`.
absl::Status PassTriage(const v1::RegulationCase& row, const std::string& patient);

/// An order to a site of unscheduled care (`access_reason`) needs a complete entry questionnaire
/// about the patient once one is in force in the territory: FAILED_PRECONDITION
/// `ENTRY_QUESTIONNAIRE_REQUIRED` (seed 002).
absl::Status PassEntryQuestionnaire(CaseWork& work, const v1::CareOrder& order);

/// May the patient be booked without an order? What PassTriage asks, FAILED_PRECONDITION
/// `PROTOCOL_DEMANDS_REGULATOR` when a protocol demands P0 or P1 and no regulator has lifted that,
/// and `ENTRY_QUESTIONNAIRE_REQUIRED` while the short form of the entry point, or, with a reason of
/// access, the entry questionnaire of a CSNP is in force in the territory and neither was answered.
absl::Status PassDirectBooking(CaseWork& work, const v1::DirectBooking& booking);

}  // namespace sas::regulation
