#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"

/// A dossier whose contact is protected, as messages (rule: domain/protected_contact.h).
namespace sas::regulation {

/// Has one of its patients a protected contact? Then all of the dossier is sealed: those of one
/// event live together.
bool IsProtected(const v1::RegulationCase& row);

/// Does `reader` see names, numbers and addresses without a reason? `orders` are those of the
/// dossier, as far as they were read.
bool SeesContact(const v1::RegulationCase& row, const std::vector<v1::CareOrder>& orders,
                 const base::Actor& reader, base::Instant now);

/// Leaves out who the patients are and where they can be reached or found, and says so.
void Seal(v1::RegulationCase& row);

/// Is this path of a FieldChange one of what Seal leaves out?
bool IsSealed(std::string_view path);

/// FAILED_PRECONDITION `CONTACT_PROTECTED` for who would overwrite what he does not see.
absl::Status ContactProtected();

}  // namespace sas::regulation
