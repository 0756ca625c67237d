#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/partner_feed_service.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "services/slots/domain/partner_limits.h"
#include "services/slots/domain/partner_quarantine.h"
#include "services/slots/domain/partner_slots.h"
#include "services/slots/domain/plan_frame.h"
#include "services/slots/store.h"

namespace sas::slots {

/// What can be said of a frame without the ledger. INVALID_ARGUMENT `INVALID_RESOURCE_NAME`,
/// `INVALID_SEQUENCE`, `INVALID_TIME`, `PRODUCED_IN_FUTURE`, `FRAME_EMPTY`, `INVALID_WINDOW`,
/// `TOO_MANY_VALUES`; PERMISSION_DENIED `REGION_FORBIDDEN`.
absl::Status CheckFrame(const base::Call& call, const v1::AgendaFrame& frame, base::Instant now);

/// The part of CheckFrame about the agenda's master. INVALID_ARGUMENT `UNKNOWN_ENUM_VALUE`,
/// `INVALID_BOOKING_URL`.
absl::Status CheckMaster(const v1::AgendaFrame& frame);

/// One frame on its way into the ledger: each slot of it is judged by itself, and the refusal of
/// one does not touch the others. Lives inside one transaction.
class FrameWork {
 public:
  /// `frame` passed CheckFrame and outlives the work. `limits` are those of the platform.
  FrameWork(const base::Call& call, const v1::AgendaFrame& frame, base::Instant now,
            const PartnerLimits& limits = {});

  /// The answer. A frame that is refused as a whole is a status: NOT_FOUND `SITE_NOT_FOUND`,
  /// PERMISSION_DENIED `SITE_OF_OTHER_PARTNER`, `AGENDA_OF_OTHER_PARTNER`, FAILED_PRECONDITION
  /// `AGENDA_OF_PLAN`, `TOO_MANY_AGENDAS`. Duplicate and gap are answers.
  absl::StatusOr<v1::AgendaAck> Run(SlotsTransaction& transaction);

  /// After Run: the agenda as it is now, and what was done with the frame.
  const FedAgenda& agenda() const { return agenda_; }

  FrameVerdict verdict() const { return verdict_; }

 private:
  struct Range {
    base::Instant from;
    base::Instant to;
  };

  absl::Status Authorize(SlotsTransaction& transaction);
  /// Do plans (those that are not over before `from`) or openings of ours use the agenda's id?
  /// Their slots would hide the platform's of the same start (hazard H-22).
  absl::StatusOr<bool> MadeHere(SlotsTransaction& transaction,
                                const std::optional<care::Date>& from) const;
  void DeclareMaster();
  /// Is the frame, of which `judged` are the slots, to be believed before a person has looked?
  absl::StatusOr<Quarantine> Distrust(SlotsTransaction& transaction, const SlotsJudged& judged);
  absl::Status Apply(SlotsTransaction& transaction, const SlotsJudged& judged, v1::AgendaAck& ack);
  /// Times of which the frame says something.
  Range Concerned() const;
  /// What the ledger has of them: the agenda's slots, our appointments on them, and whoever holds
  /// them.
  absl::Status Load(SlotsTransaction& transaction);
  absl::Status LoadPractitioners(SlotsTransaction& transaction);
  SlotsJudged Judge() const;
  /// By our own plans, the site and the licence of whoever holds it; its times are readable.
  SlotBar Bar(const v1::PartnerSlot& slot) const;
  absl::Status Accept(SlotsTransaction& transaction, const v1::PartnerSlot& slot);
  /// The source no longer offers what starts then.
  absl::Status Withdraw(SlotsTransaction& transaction, base::Instant start, bool said_gone);
  absl::Status WithdrawUnnamed(SlotsTransaction& transaction, const SlotsJudged& judged);
  absl::Status Put(SlotsTransaction& transaction, FedSlot next);
  absl::Status Record(SlotsTransaction& transaction, const v1::AgendaAck& ack);
  int Taken(base::Instant start) const;

  const google::protobuf::RepeatedPtrField<v1::PartnerSlot>& slots() const;

  const base::Call& call_;
  const v1::AgendaFrame& frame_;
  const base::Instant now_;
  const PartnerLimits limits_;
  const std::string site_;
  const std::string agenda_id_;
  const bool snapshot_;
  SnapshotWindow window_{};  ///< Of a snapshot.
  FedAgenda agenda_;
  PlanFrame frame_of_site_;         ///< After Authorize, as the next.
  std::optional<care::Zone> zone_;  ///< Of the site.
  FrameVerdict verdict_ = FrameVerdict::kApply;
  std::map<base::Instant, FedSlot> standing_;
  std::map<base::Instant, int> taken_;
  std::map<std::string, std::string> practitioners_;  ///< Names by RPPS.
  std::map<std::string, care::Date> licence_ends_;    ///< By RPPS; only those that end here.
  bool ours_too_ = false;  ///< After Load, of a frame with slots: see MadeHere.
  int changes_ = 0;        ///< Rows written or removed.
};

}  // namespace sas::slots
