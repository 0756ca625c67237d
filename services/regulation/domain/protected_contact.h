#pragma once

#include "services/regulation/domain/case_life.h"
#include "services/regulation/domain/priority.h"

/// Who sees names, numbers and addresses of a dossier whose contact is protected (violence, a minor
/// who calls without his parents) without saying why (hazard H-35).
namespace sas::regulation {

/// What somebody has to do with the dossier.
struct ContactReader {
  bool has_dossier = false;    ///< His claim on it runs.
  bool has_order = false;      ///< His claim on one of its open orders runs.
  bool took_call = false;      ///< He picked up one of its calls, or entered it.
  bool in_regulation = false;  ///< ARM or regulator.
};

/// Whoever works on it does, until it is closed; ARM and regulators also while it is vital or while
/// nobody knows whether it is, so that nobody is asked for a reason then.
bool SeesContact(const ContactReader& reader, CaseState state, Priority priority);

}  // namespace sas::regulation
