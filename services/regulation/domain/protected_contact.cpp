#include "services/regulation/domain/protected_contact.h"

namespace sas::regulation {

bool SeesContact(const ContactReader& reader, CaseState state, Priority priority) {
  if (reader.has_dossier || reader.has_order) return true;
  const bool open = state == CaseState::kProgrammed || state == CaseState::kActive ||
                    state == CaseState::kCompleted;
  if (!open) return false;
  const bool vital =
      priority == Priority::kP0 || priority == Priority::kP1 || priority == Priority::kUnspecified;
  return reader.took_call || (reader.in_regulation && vital);
}

}  // namespace sas::regulation
