#include "services/regulation/triage_gate.h"

#include <algorithm>
#include <set>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/domain/protocol_evaluator.h"
#include "services/regulation/protocol_library.h"
#include "services/regulation/shape.h"

namespace sas::regulation {
namespace {

constexpr int kTerritoryProtocolsMax = 1000;

void Append(std::string& list, const std::string& code) {
  if (!list.empty()) list += ',';
  list += code;
}

absl::Status SignStops(const std::string& positive, const std::string& proposal) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SEVERITY_SIGN",
                    "a severity sign is positive: decide for the 15 or the emergency department, "
                    "or lift the sign with a reason",
                    {{"positive", positive}, {"propose", proposal}});
}

absl::Status PassForm(const sas::type::v1::SeverityForm& form) {
  if (!SignStands(form)) return absl::OkStatus();
  std::string positive;
  for (const sas::type::v1::SeveritySign& sign : form.signs()) {
    if (sign.answer() == sas::type::v1::SIGN_ANSWER_YES) Append(positive, sign.code());
  }
  return SignStops(positive, std::string(kPropose15));
}

absl::Status PassRecord(const v1::TriageRecord& record) {
  if (record.has_override_by()) return absl::OkStatus();
  const v1::TriageResult& result = record.result();
  if (result.booking_blocked()) {
    std::string positive;
    for (const std::string& sign : result.positive_signs()) Append(positive, sign);
    return SignStops(positive, result.proposal());
  }
  if (result.missing().empty()) return absl::OkStatus();
  std::string missing;
  for (const std::string& question : result.missing()) Append(missing, question);
  return base::Fail(absl::StatusCode::kFailedPrecondition, "TRIAGE_INCOMPLETE",
                    "mandatory questions of the protocol were not asked: ask them, or let a "
                    "regulator go on with a reason",
                    {{"protocol", record.protocol()}, {"missing", missing}});
}

// What a regulator must see is not booked past him, as an entry of the same answers is not.
absl::Status PassMinimum(const v1::TriageRecord& record) {
  if (!DemandsUrgency(record)) return absl::OkStatus();
  const Priority minimum = ToValue(record.result().minimum_priority());
  return base::Fail(
      absl::StatusCode::kFailedPrecondition, "PROTOCOL_DEMANDS_REGULATOR",
      "the answers to the protocol demand a regulator: call the 15 with the patient, "
      "or enter him so that a regulator looks",
      {{"protocol", record.protocol()}, {"minimum", std::string(RuleOf(minimum).code)}});
}

// Names of the protocols that are in force in the dossier's territory and wanted.
template <typename Wanted>
absl::StatusOr<std::set<std::string>> InForceHere(CaseWork& work, Wanted wanted) {
  ProtocolQuery query;
  query.region = std::string(base::RegionOf(work.row().name()));
  query.territories = {work.row().territory()};
  query.limit = kTerritoryProtocolsMax;
  SAS_ASSIGN_OR_RETURN(const auto rows, work.transaction().protocols().ListProtocols(query));
  std::set<std::string> found;
  for (const v1::Protocol& row : rows) {
    const VersionTimes times = TimesOf(row);
    if (wanted(row) && times.is_signed && times.effect <= work.now()) {
      found.insert(ProtocolOfVersion(row.name()));
    }
  }
  return found;
}

// That it is complete is another question.
absl::Status PassQuestionnaire(const v1::RegulationCase& row, const std::string& patient,
                               const std::set<std::string>& wanted) {
  if (wanted.empty()) return absl::OkStatus();
  const auto& triages = row.triages();
  const bool answered =
      std::any_of(triages.begin(), triages.end(), [&](const v1::TriageRecord& record) {
        return record.patient() == patient &&
               wanted.count(ProtocolOfVersion(record.protocol())) > 0;
      });
  if (answered) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "ENTRY_QUESTIONNAIRE_REQUIRED",
                    "motif, severity and what was tried before are asked before a site of "
                    "unscheduled care: answer its entry questionnaire",
                    {{"protocol", *wanted.begin()}});
}

}  // namespace

Priority ProtocolMinimum(const v1::RegulationCase& row) {
  Priority minimum = Priority::kUnspecified;
  for (const v1::TriageRecord& record : row.triages()) {
    minimum = MoreUrgent(minimum, ToValue(record.result().minimum_priority()));
  }
  return minimum;
}

bool SignStands(const sas::type::v1::SeverityForm& form) {
  return HasPositiveSign(form) && form.override_by().empty();
}

bool SignStands(const v1::TriageRecord& record) {
  return record.result().booking_blocked() && !record.has_override_by();
}

bool DemandsUrgency(const v1::TriageRecord& record) {
  const Priority minimum = ToValue(record.result().minimum_priority());
  return (minimum == Priority::kP0 || minimum == Priority::kP1) && !record.has_override_by();
}

bool DemandsRegulator(const v1::RegulationCase& row) {
  const auto stands = [](const v1::TriageRecord& record) { return SignStands(record); };
  if (SignStands(row.severity_form())) return true;
  if (std::any_of(row.triages().begin(), row.triages().end(), stands)) return true;
  const Priority minimum = ProtocolMinimum(row);
  return row.priority() == v1::PRIORITY_UNSPECIFIED && minimum != Priority::kUnspecified &&
         RuleOf(minimum).band <= RuleOf(Priority::kP2).band;
}

absl::Status PassTriage(const v1::RegulationCase& row, const std::string& patient) {
  SAS_RETURN_IF_ERROR(PassForm(row.severity_form()));
  for (const v1::TriageRecord& record : row.triages()) {
    if (record.patient() == patient) SAS_RETURN_IF_ERROR(PassRecord(record));
  }
  return absl::OkStatus();
}

absl::Status PassEntryQuestionnaire(CaseWork& work, const v1::CareOrder& order) {
  if (order.access_reason() == sas::type::v1::ACCESS_REASON_UNSPECIFIED) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const auto wanted, InForceHere(work, [](const v1::Protocol& protocol) {
                         return protocol.kind() == v1::Protocol::KIND_CSNP_ENTRY;
                       }));
  return PassQuestionnaire(work.row(), order.patient(), wanted);
}

absl::Status PassDirectBooking(CaseWork& work, const v1::DirectBooking& booking) {
  SAS_RETURN_IF_ERROR(PassTriage(work.row(), booking.patient()));
  for (const v1::TriageRecord& record : work.row().triages()) {
    if (record.patient() == booking.patient()) SAS_RETURN_IF_ERROR(PassMinimum(record));
  }
  const bool csnp = booking.access_reason() != sas::type::v1::ACCESS_REASON_UNSPECIFIED;
  SAS_ASSIGN_OR_RETURN(const auto wanted, InForceHere(work, [&](const v1::Protocol& protocol) {
                         const auto& points = protocol.entry_points();
                         const bool named = std::find(points.begin(), points.end(),
                                                      booking.entry_point()) != points.end();
                         return (protocol.kind() == v1::Protocol::KIND_SHORT_FORM && named) ||
                                (protocol.kind() == v1::Protocol::KIND_CSNP_ENTRY && csnp &&
                                 (points.empty() || named));
                       }));
  return PassQuestionnaire(work.row(), booking.patient(), wanted);
}

}  // namespace sas::regulation
