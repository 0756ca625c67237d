#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "sas/regulation/v1/protocol.pb.h"
#include "sas/regulation/v1/triage.pb.h"
#include "services/regulation/case_work.h"
#include "services/regulation/desk.h"

/// Answers as they are kept on a dossier, whoever asks: RecordTriage and the entries.
namespace sas::regulation {

/// Shape of what is known beside the answers, and of the answers; `field` names them.
absl::Status CheckTriageFacts(const v1::TriageFacts& facts, const std::string& field);
absl::Status CheckTriageAnswers(const google::protobuf::RepeatedPtrField<v1::TriageAnswer>& answers,
                                const std::string& field);
/// Shape of a record to keep, field `triage`. Only a regulator lifts a sign: PERMISSION_DENIED
/// `REGULATOR_REQUIRED`.
absl::Status CheckTriage(const base::Actor& actor, const v1::TriageRecord& asked);

/// The version by which answers are evaluated and not kept: rights, shape, then FindVersion at this
/// hour.
absl::StatusOr<v1::Protocol> VersionAsked(
    Desk& desk, const base::Call& call, const std::string& name, const v1::TriageFacts& facts,
    const google::protobuf::RepeatedPtrField<v1::TriageAnswer>& answers);

/// In force now, or once.
bool WasInForce(const v1::Protocol& protocol);

/// FAILED_PRECONDITION `PROTOCOL_WITHOUT_QUESTIONS` for a délégation.
absl::Status CheckAsks(const v1::Protocol& protocol);

/// The record of `asked` on the dossier, evaluated; not kept yet. FAILED_PRECONDITION
/// `PROTOCOL_NOT_IN_FORCE` of a draft, `PROTOCOL_FOR_OTHER_ENTRY`, and what CheckAsks refuses.
absl::StatusOr<v1::TriageRecord> NewTriage(Desk& desk, CaseWork& work,
                                           const v1::TriageRecord& asked);

/// The newest of each protocol and patient stays on the dossier; all of them are in the ledger.
absl::Status PutTriage(v1::RegulationCase& row, const v1::TriageRecord& record);

/// What follows from a record that was put: a positive sign stops orders, and an NR dossier waits
/// again when an ARM or a regulator has to look. The caller saves the dossier.
absl::Status ReactToTriage(CaseWork& work, const v1::TriageRecord& record);

/// `key=value` codes for the audit: never an answer.
std::string TriageDetail(const v1::TriageRecord& record);

}  // namespace sas::regulation
