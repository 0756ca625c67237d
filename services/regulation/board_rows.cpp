#include "services/regulation/board_rows.h"

#include <algorithm>

#include "common/care/nomenclature.h"
#include "services/regulation/case_skills.h"
#include "services/regulation/convert.h"

namespace sas::regulation {
namespace {

template <typename A, typename B>
constexpr bool Same(A a, B b) {
  return static_cast<int>(a) == static_cast<int>(b);
}

static_assert(Same(BoardColumn::kToTake, v1::BoardCard::COLUMN_TO_TAKE) &&
              Same(BoardColumn::kLostCall, v1::BoardCard::COLUMN_LOST_CALL) &&
              Same(BoardColumn::kOrderBooked, v1::BoardCard::COLUMN_ORDER_BOOKED) &&
              Same(BoardColumn::kReview, v1::BoardCard::COLUMN_REVIEW) &&
              Same(BoardColumn::kRinging, v1::BoardCard::COLUMN_RINGING));
static_assert(v1::BoardCard::Column_ARRAYSIZE == 10);
static_assert(Same(BoardAlarm::kPriorityUnset, v1::BoardCard::ALARM_PRIORITY_UNSET) &&
              Same(BoardAlarm::kCallbackDue, v1::BoardCard::ALARM_CALLBACK_DUE) &&
              Same(BoardAlarm::kOrderOverdue, v1::BoardCard::ALARM_ORDER_OVERDUE) &&
              Same(BoardAlarm::kLostCallLate, v1::BoardCard::ALARM_LOST_CALL_LATE) &&
              Same(BoardAlarm::kReturnUndecided, v1::BoardCard::ALARM_RETURN_UNDECIDED));
static_assert(Same(BoardAlarm::kOfferUnanswered, v1::BoardCard::ALARM_OFFER_UNANSWERED) &&
              Same(BoardAlarm::kRaised, v1::BoardCard::ALARM_RAISED) &&
              Same(BoardAlarm::kNothingSent, v1::BoardCard::ALARM_NOTHING_SENT) &&
              Same(BoardAlarm::kOrderUnclaimed, v1::BoardCard::ALARM_ORDER_UNCLAIMED) &&
              Same(BoardAlarm::kOrderIdle, v1::BoardCard::ALARM_ORDER_IDLE) &&
              Same(BoardAlarm::kVitalMotifLow, v1::BoardCard::ALARM_VITAL_MOTIF_LOW) &&
              Same(BoardAlarm::kOrderCalledAgain, v1::BoardCard::ALARM_ORDER_CALLED_AGAIN) &&
              Same(BoardAlarm::kCallbackFailed, v1::BoardCard::ALARM_CALLBACK_FAILED) &&
              Same(BoardAlarm::kPlaceConflict, v1::BoardCard::ALARM_PLACE_CONFLICT) &&
              Same(BoardAlarm::kRingingLate, v1::BoardCard::ALARM_RINGING_LATE) &&
              Same(BoardAlarm::kCommunityAccepted, v1::BoardCard::ALARM_COMMUNITY_ACCEPTED) &&
              Same(BoardAlarm::kCommunityDeclined, v1::BoardCard::ALARM_COMMUNITY_DECLINED));
static_assert(v1::BoardCard::Alarm_ARRAYSIZE == 25);

void FillCase(const BoardLine& line, v1::BoardCard& card) {
  card.set_case_number(line.case_number);
  card.set_priority(static_cast<v1::Priority>(line.queue.priority));
  card.set_filiere(static_cast<sas::type::v1::Filiere>(line.filiere));
  card.set_reflex_departure(static_cast<v1::ReflexDeparture::State>(line.reflex));
  *card.mutable_since_time() = ToTimestamp(line.queue.wait_start);
  if (line.limits.target != base::Instant{}) {
    const bool promised = line.queue.callback_end != base::Instant{};
    *card.mutable_due_time() = ToTimestamp(promised ? line.queue.callback_end : line.limits.target);
  }
}

// What was sent last, by a reflex departure that stands or by a decision.
base::Instant SentOf(const v1::RegulationCase& row) {
  const v1::ReflexDeparture& reflex = row.reflex_departure();
  const bool gone = reflex.state() == v1::ReflexDeparture::STATE_LAUNCHED ||
                    reflex.state() == v1::ReflexDeparture::STATE_ACKNOWLEDGED;
  return std::max(gone ? ToInstant(reflex.launch_time()) : base::Instant{},
                  ToInstant(row.mission_time()));
}

// Orders from before acts had an hour: their owner's last act, or their making.
base::Instant ActedOf(const v1::CareOrder& order) {
  if (order.has_act_time()) return ToInstant(order.act_time());
  return ToInstant(order.claim().has_claim_time() ? order.claim().claim_time()
                                                  : order.create_time());
}

// Zero while it is awaited, and when it was taken back.
base::Instant AnsweredOf(const v1::CommunityRequest& request) {
  const auto state = request.state();
  const bool answered = state == v1::CommunityRequest::STATE_ACCEPTED ||
                        state == v1::CommunityRequest::STATE_DECLINED ||
                        state == v1::CommunityRequest::STATE_EXPIRED;
  return answered && request.has_answer_time() ? ToInstant(request.answer_time()) : base::Instant{};
}

void FillClaim(const ClaimValue& claim, v1::BoardCard& card) {
  card.set_owner(claim.owner);
  card.set_owner_role(static_cast<sas::type::v1::Role>(claim.role));
  *card.mutable_claim_expire_time() = ToTimestamp(claim.expire);
}

}  // namespace

BoardLine ToLine(const v1::RegulationCase& row) {
  const CaseIndex index = IndexOf(row);
  BoardLine line;
  line.name = row.name();
  line.kind = BoardKind::kCase;
  line.version = index.version;
  line.territory = row.territory();
  line.offered_to = row.handover().to_territory();
  line.offer_alarm = ToInstant(row.handover().alarm_time());
  line.case_number = row.case_number();
  line.motif_code = row.motif_code();
  // A dossier that is not active is in nobody's hands, whatever its row still says.
  if (index.state == CaseState::kActive) line.claim = ToValue(row.claim());
  line.calls = 1 + row.further_calls_size();
  line.waits = index.waits;
  line.queue = index.queue;
  line.queue.name.clear();
  line.filiere = index.filiere;
  line.reflex = ToValue(row.reflex_departure().state());
  line.limits = {ToInstant(row.wait_target_time()), ToInstant(row.wait_alarm_time())};
  line.priority_since =
      row.has_priority_time() ? ToInstant(row.priority_time()) : line.queue.wait_start;
  line.sent = SentOf(row);
  line.means_out = row.bilan_awaited();
  line.active = index.state == CaseState::kActive;
  line.vital_motif = care::IsVitalMotif(row.motif_code());
  line.decided = row.care_level() != v1::CARE_LEVEL_UNSPECIFIED;
  line.callback_failed = row.callback().decision_due();
  line.place_conflict = row.place_conflict_meters() > 0;
  line.needed_skills = NeededSkillsOf(row);
  line.late_entry = !row.origin().paper_form_number().empty();
  return line;
}

BoardLine ToLine(const v1::CareOrder& order) {
  BoardLine line;
  line.name = order.name();
  line.kind = BoardKind::kOrder;
  line.version = order.version();
  line.territory = order.territory();
  line.motif_code = order.motif_code();
  line.claim = ToValue(order.claim());
  line.order_state = ToValue(order.state());
  line.origin = ToInstant(order.origin_time());
  line.due = ToInstant(order.due_time());
  if (order.has_callback_time()) line.promised = ToInstant(order.callback_time());
  line.acted = ActedOf(order);
  if (order.has_repeat_call_time()) line.called_again = ToInstant(order.repeat_call_time());
  line.calls = 1 + order.repeat_call_count();
  line.answered = AnsweredOf(order.community_request());
  line.accepted = order.community_request().state() == v1::CommunityRequest::STATE_ACCEPTED;
  line.local = order.entry().local();
  return line;
}

BoardLine ToLine(const v1::LostCall& lost_call) {
  BoardLine line;
  line.name = lost_call.name();
  line.kind = BoardKind::kLostCall;
  // Entries from before etags are of the version of their calls, which grew with each change.
  line.version = std::max<std::int64_t>(VersionOf(lost_call.etag()), lost_call.call_count());
  line.territory = lost_call.territory();
  line.calls = lost_call.call_count();
  line.arrival = ToInstant(lost_call.arrival_time());
  line.return_undecided = lost_call.decision_due();
  line.claim = ToValue(lost_call.claim());
  return line;
}

BoardLine ToLine(const WaitingRow& row) {
  BoardLine line;
  line.name = row.call.name();
  line.kind = BoardKind::kWaitingCall;
  line.version = VersionOf(row.call.etag());
  line.territory = row.call.territory();
  line.calls = row.call.call_count();
  line.arrival = ToInstant(row.call.arrival_time());
  line.again = row.again;
  return line;
}

v1::BoardCard ToProto(const BoardBook::Entry& entry) {
  const BoardLine& line = entry.line;
  v1::BoardCard card;
  card.set_name(line.name);
  card.set_column(static_cast<v1::BoardCard::Column>(entry.card.column));
  card.set_order_key(entry.card.order_key);
  for (const BoardAlarm alarm : entry.card.alarms.List()) {
    card.add_alarms(static_cast<v1::BoardCard::Alarm>(alarm));
  }
  card.set_territory(line.territory);
  card.set_offered_to(line.offered_to);
  card.set_motif_code(line.motif_code);
  card.set_call_count(line.calls);
  card.mutable_needed_skills()->Assign(line.needed_skills.begin(), line.needed_skills.end());
  card.set_version(line.version);
  if (entry.card.claimed) FillClaim(line.claim, card);
  switch (line.kind) {
    case BoardKind::kCase:
      FillCase(line, card);
      break;
    case BoardKind::kOrder:
      card.set_order_state(static_cast<v1::CareOrder::State>(line.order_state));
      *card.mutable_since_time() = ToTimestamp(line.origin);
      *card.mutable_due_time() = ToTimestamp(line.due);
      if (line.called_again != base::Instant{}) {
        *card.mutable_repeat_call_time() = ToTimestamp(line.called_again);
      }
      break;
    case BoardKind::kLostCall:
    case BoardKind::kWaitingCall:
      *card.mutable_since_time() = ToTimestamp(line.arrival);
      break;
  }
  return card;
}

BoardTally ToTally(const RoomCount& room) {
  BoardTally tally;
  for (const WaitCount& line : room.lines) {
    if (line.waiting > 0) tally.waiting[line.priority] = line.waiting;
  }
  tally.claimed = room.claimed;
  tally.lost_calls = room.lost_calls;
  tally.ringing = room.ringing;
  tally.open_orders = room.open_orders;
  return tally;
}

}  // namespace sas::regulation
