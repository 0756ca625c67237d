#pragma once

#include <string>
#include <vector>

#include "tests/rpc/regulation/protocol_fixture.h"

namespace sas::regulation {

using TaskStub = v1::TaskService::Stub;

/// Tasks of the practice msp-challans, and the people who work them.
class TaskTest : public ProtocolTest {
 protected:
  static base::Actor Of(base::Role role, const std::string& subject,
                        const std::string& organization = "msp-challans",
                        const std::string& profession = "");

  /// Asked of the secretariat of msp-challans within an hour.
  v1::CareTask NewTask(v1::CareTask::Kind kind = v1::CareTask::KIND_CALL_BACK,
                       sas::type::v1::Role role = sas::type::v1::ROLE_SECRETARIAT) const;
  /// SUIVI_PLAIE of the demo's protocol of délégation, asked of a specialised nurse; it must be in
  /// force.
  v1::CareTask NewAct() const;
  absl::StatusOr<v1::CareTask> Create(const base::Actor& actor, const v1::CareTask& task);
  /// By the MRL.
  v1::CareTask Created(const v1::CareTask& task);
  absl::StatusOr<v1::CareTask> Task(const base::Actor& actor, const std::string& name);
  absl::StatusOr<v1::CareTask> Take(const base::Actor& actor, const std::string& name);
  absl::StatusOr<v1::CareTask> Delegate(const base::Actor& actor, const v1::CareTask& task,
                                        sas::type::v1::Role role, const std::string& person = "");
  absl::StatusOr<v1::CareTask> CloseTask(const base::Actor& actor, const v1::CareTask& task,
                                         const std::string& result = "Patient joint, rassuré");
  absl::StatusOr<v1::CareTask> Cancel(const base::Actor& actor, const v1::CareTask& task);
  v1::EscalateTaskRequest Escalation(const std::string& name) const;
  /// A dossier as a secretary opens it.
  v1::RegulationCase SecretaryCase(const std::string& motif = "M03.14") const;
  std::vector<std::string> Listed(const base::Actor& actor, v1::ListTasksRequest request = {});

  const base::Actor secretary_ = Of(base::Role::kSecretariat, "sec-1");
  const base::Actor nurse_ = Of(base::Role::kCoordinatingNurse, "idec-1", "msp-challans", "60");
  const base::Actor ipa_ = Of(base::Role::kSpecialisedNurse, "ipa-1", "msp-challans", "60");
  const base::Actor assistant_ = Of(base::Role::kMedicalAssistant, "am-1");
};

}  // namespace sas::regulation
