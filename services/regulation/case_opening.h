#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "sas/regulation/v1/regulation_case.pb.h"
#include "services/regulation/case_work.h"
#include "services/regulation/desk.h"

/// What every way of opening a dossier shares.
namespace sas::regulation {

/// "pharmacie" of ENTRY_POINT_PHARMACIE, as credentials say it.
std::string EntryPointName(sas::type::v1::EntryPoint entry_point);
/// The other way; unspecified for an unknown name.
sas::type::v1::EntryPoint EntryPointOf(std::string_view name);

/// May the caller open this dossier? Shape, territory, entry point, identities.
absl::Status CheckOpening(const base::Call& call, const v1::RegulationCase& proto,
                          const Moment& moment);

/// What the service writes on a new dossier that has its name: state, times, names of patients,
/// reflex proposal, number, and NR for an entry without regulation that nothing makes urgent.
absl::Status FillNewCase(Desk& desk, const base::Call& call, RegulationTransaction& transaction,
                         const Moment& moment, v1::RegulationCase& row);

/// The dossier of `proto` for a regulator to look at: named and filled, without priority, and not
/// saved yet.
absl::StatusOr<CaseWork> OpenCase(Desk& desk, RegulationTransaction& transaction,
                                  const base::Call& call, const Moment& moment,
                                  const std::string& parent, const v1::RegulationCase& proto);

/// Lets a new dossier wait, writes it, and ends the lost calls of its number.
absl::Status SaveOpened(CaseWork& work);

/// The dossier, which is kept, is this paper form; nothing for an empty number. ALREADY_EXISTS
/// `PAPER_FORM_EXISTS` naming the dossier that it is already (hazard H-44).
absl::Status KeepPaperForm(CaseWork& work, const std::string& number);

/// A place outside the dossier's territory is confirmed, or FAILED_PRECONDITION
/// `PLACE_OUTSIDE_TERRITORY` (hazard H-05). Who enters his own patient is not asked: he knows where
/// he is, and no entry is lost for it.
absl::Status ConfirmPlace(const base::Actor& actor, v1::RegulationCase& row, bool confirmed);
/// Forgets the confirmation of a place that lies inside.
void KeepConfirmation(v1::RegulationCase& row);

/// Counts it, and the line that it came by.
void CountOpened(Desk& desk, const v1::RegulationCase& row);

/// Whoever enters directly works on the dossiers that he has entered: PERMISSION_DENIED
/// `NOT_OWN_CASE`.
absl::Status CheckOwnCase(const base::Actor& actor, const v1::RegulationCase& row);

/// Whoever enters directly reads what he or his structure has entered: PERMISSION_DENIED
/// `NOT_OWN_CASE`.
absl::Status CheckReader(CaseWork& work);

}  // namespace sas::regulation
