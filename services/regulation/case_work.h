#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/regulation/domain/care_order.h"
#include "services/regulation/domain/case_life.h"
#include "services/regulation/store.h"

namespace sas::regulation {

inline constexpr int kDecisionsMax = 200;  ///< Of a dossier.
inline constexpr int kOrdersMax = 50;      ///< Of a dossier.

/// One dossier inside one transaction: read, changed by an act, written back with its audit record
/// and its event. Holds the effects that several acts share.
class CaseWork {
 public:
  /// Reads it. PERMISSION_DENIED `TERRITORY_FORBIDDEN` for a dossier of another territory, unless a
  /// convention lets the caller help there; the audit record then names it.
  static absl::StatusOr<CaseWork> Open(RegulationTransaction& transaction, const base::Call& call,
                                       base::Instant now, const std::string& name);
  /// To look at it: also for whom it is offered to.
  static absl::StatusOr<CaseWork> OpenToRead(RegulationTransaction& transaction,
                                             const base::Call& call, base::Instant now,
                                             const std::string& name);
  /// To answer an offer: the caller works for the territory that is asked. FAILED_PRECONDITION
  /// `NO_OPEN_OFFER`.
  static absl::StatusOr<CaseWork> OpenOffered(RegulationTransaction& transaction,
                                              const base::Call& call, base::Instant now,
                                              const std::string& name);
  /// A new one; `row` has a name and no version yet.
  static CaseWork New(RegulationTransaction& transaction, const base::Call& call, base::Instant now,
                      v1::RegulationCase row);

  v1::RegulationCase& row() { return row_; }

  RegulationTransaction& transaction() { return transaction_; }

  const base::Call& call() const { return call_; }

  base::Instant now() const { return now_; }

  /// Moves the life cycle.
  absl::Status Advance(CaseAct act);

  /// Waits for a regulator from now on; a wait that runs keeps its age. Not while NR.
  void Wait();
  void EndWait();
  /// Comes back to a regulator, who must answer: until then nobody else puts it off or closes it.
  /// What was put off (P3, NR) is looked at now, and its promise is over.
  void ComeBack();
  /// Recomputes target and alarm after a change of priority or promise. Loud at once while the
  /// answers to a protocol demand more than the priority that was set before them: software may not
  /// raise it (hazard H-02).
  void SetWaitLimits();

  /// Nobody is to be called any more. When the calls have reached nobody, only a regulator's act
  /// ends that (hazard H-13).
  void EndPromise();

  /// A raise and a promise (P3) wait for a regulator; a raise to P0 or P1 supersedes every open
  /// order (hazard H-14), and shortens the claim of whoever has the dossier (hazards H-03, H-11).
  absl::Status SetPriority(v1::Priority priority);

  /// Takes it in the caller's hands, or renews his claim.
  absl::Status TakeClaim();

  /// The open offer ends so; it is kept among the past ones. Nothing without one.
  absl::Status EndOffer(v1::TerritoryHandover::State state);

  /// A line of the thread in the caller's name. What an act writes has room beyond kNotesMax, where
  /// people stop, for kActNotesMax lines; no act fails for want of it, and once that is full the
  /// act stands in the audit record and the history alone.
  void AddNote(const std::string& text, bool shared);

  /// Name of the patient that `asked` means: may be left empty while there is one.
  absl::StatusOr<std::string> PatientOf(const std::string& asked, const std::string& field) const;
  const v1::Patient* FindPatient(const std::string& name) const;

  absl::StatusOr<const std::vector<v1::Decision>*> Decisions();
  absl::StatusOr<const std::vector<v1::CareOrder>*> Orders();
  /// Forgets what was read of orders and decisions, after changes to them.
  void Reload();

  /// Stops the open orders of a patient (of all when empty); those with a future appointment are
  /// flagged for a person.
  absl::Status SupersedeOrders(const std::string& patient, std::string_view reason);
  /// The same of those that execute `decision`.
  absl::Status SupersedeOrdersOf(const std::string& decision, std::string_view reason);
  /// Ends the patient's orders that came back: the regulator has decided.
  absl::Status CloseReturnedOrders(const std::string& patient);

  absl::StatusOr<CaseFacts> Facts();

  /// A reason was given to see a protected contact.
  void Disclose() { disclosed_ = true; }

  /// Does the caller see who the patients are and where they can be reached (hazard H-35)?
  absl::StatusOr<bool> SeesContact();

  /// Writes the next version with its trace and its line of history. An act of the owner renews his
  /// claim.
  absl::Status Save(const std::string& event, const std::string& detail);

  /// What the caller sees of it, with what is missing.
  absl::StatusOr<v1::RegulationCase> View();

 private:
  CaseWork(RegulationTransaction& transaction, const base::Call& call, base::Instant now,
           v1::RegulationCase row)
      : transaction_(transaction), call_(call), now_(now), row_(std::move(row)) {}

  static CaseWork ToWrite(RegulationTransaction& transaction, const base::Call& call,
                          base::Instant now, v1::RegulationCase row);
  bool AnswersDemandMore() const;
  absl::Status KeepOffer();
  absl::Status KeepHistory(const std::string& detail);
  template <typename IsMeant>
  absl::Status SupersedeIf(const IsMeant& is_meant, std::string_view reason);
  absl::Status EndOrder(v1::CareOrder order, OrderAct act, std::string_view reason);

  RegulationTransaction& transaction_;
  const base::Call& call_;
  const base::Instant now_;
  v1::RegulationCase row_;
  v1::RegulationCase saved_;  ///< As the ledger has it; empty for who only looks.
  bool disclosed_ = false;
  std::string convention_;  ///< By which the caller helps; empty in his own territory.
  std::optional<std::vector<v1::Decision>> decisions_;
  std::optional<std::vector<v1::CareOrder>> orders_;
};

/// The patient was told of an appointment that is to come.
bool IsBookedAhead(const v1::CareOrder& order, base::Instant now);

/// Writes the next version of an order with its trace.
absl::Status SaveOrder(RegulationTransaction& transaction, v1::CareOrder& order, base::Instant now,
                       const std::string& event, const std::string& act, const std::string& detail);

}  // namespace sas::regulation
