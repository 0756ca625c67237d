#include "services/slots/partner_frame.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/rpc/auth.h"
#include "common/rpc/request_shape.h"
#include "services/slots/convert.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/partner_events.h"

namespace sas::slots {
namespace {

constexpr std::chrono::minutes kLengthMax{kSlotMinutesMax};

using base::ToInstant;

bool Readable(bool present, const google::protobuf::Timestamp& time) {
  constexpr std::int64_t kSecondsMax = 7'258'118'400;  // 2200-01-01.
  return present && time.seconds() >= 0 && time.seconds() < kSecondsMax && time.nanos() >= 0 &&
         time.nanos() <= 999'999'999;
}

absl::Status CheckWindow(const v1::AgendaSnapshot& snapshot) {
  const bool readable = Readable(snapshot.has_start_time(), snapshot.start_time()) &&
                        Readable(snapshot.has_end_time(), snapshot.end_time());
  const auto length =
      readable ? ToInstant(snapshot.end_time()) - ToInstant(snapshot.start_time()) : kLengthMax;
  if (readable && length > std::chrono::microseconds(0) && length <= kSnapshotMax) {
    return absl::OkStatus();
  }
  return base::InvalidField("frame.snapshot", "INVALID_WINDOW",
                            "give start_time and end_time, the end after the start and at most 60 "
                            "days after it");
}

bool EnumsKnown(const v1::PartnerSlot& slot) {
  const bool modes = std::all_of(slot.modes().begin(), slot.modes().end(), [](int mode) {
    return mode != 0 && type::v1::ConsultationMode_IsValid(mode);
  });
  const bool classes = std::all_of(slot.classes().begin(), slot.classes().end(), [](int each) {
    return each != 0 && type::v1::SlotClass_IsValid(each);
  });
  return modes && classes && v1::SlotAllocation_IsValid(slot.allocation());
}

}  // namespace

absl::Status CheckFrame(const base::Call& call, const v1::AgendaFrame& frame, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*/sites/*/agendas/*",
                                                       frame.agenda(), "frame.agenda"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  if (frame.sequence() < 1) {
    return base::InvalidField("frame.sequence", "INVALID_SEQUENCE", "counts from 1");
  }
  if (!Readable(frame.has_produced_time(), frame.produced_time())) {
    return base::InvalidField("frame.produced_time", "INVALID_TIME",
                              "say when the source knew this");
  }
  if (ToInstant(frame.produced_time()) > now + kSourceClockAhead) {
    return base::InvalidField("frame.produced_time", "PRODUCED_IN_FUTURE",
                              "more than 5 min ahead: check the clock and the zone of the source");
  }
  SAS_RETURN_IF_ERROR(CheckMaster(frame));
  switch (frame.body_case()) {
    case v1::AgendaFrame::kSnapshot:
      return CheckWindow(frame.snapshot());
    case v1::AgendaFrame::kDelta:
      if (frame.delta().removed_start_times_size() > static_cast<int>(kPartnerSlotsMax)) {
        return base::InvalidField("frame.delta.removed_start_times", "TOO_MANY_VALUES",
                                  "at most 2000: send a snapshot");
      }
      return absl::OkStatus();
    default:
      return base::InvalidField("frame", "FRAME_EMPTY", "has a snapshot or a delta");
  }
}

FrameWork::FrameWork(const base::Call& call, const v1::AgendaFrame& frame, base::Instant now,
                     const PartnerLimits& limits)
    : call_(call),
      frame_(frame),
      now_(now),
      limits_(limits),
      site_(SiteOfAgenda(frame.agenda())),
      agenda_id_(base::LastId(frame.agenda())),
      snapshot_(frame.has_snapshot()) {
  if (!snapshot_) return;
  window_ = {ToInstant(frame.snapshot().start_time()), ToInstant(frame.snapshot().end_time())};
}

const google::protobuf::RepeatedPtrField<v1::PartnerSlot>& FrameWork::slots() const {
  return snapshot_ ? frame_.snapshot().slots() : frame_.delta().changed();
}

absl::StatusOr<v1::AgendaAck> FrameWork::Run(SlotsTransaction& transaction) {
  SAS_RETURN_IF_ERROR(Authorize(transaction));
  const FeedPosition before = agenda_.position;
  verdict_ = JudgeFrame(before, frame_.sequence(), snapshot_);
  SlotsJudged judged;
  Quarantine quarantine = Quarantine::kNone;
  if (verdict_ == FrameVerdict::kApply) {
    SAS_RETURN_IF_ERROR(Load(transaction));
    judged = Judge();
    SAS_ASSIGN_OR_RETURN(quarantine, Distrust(transaction, judged));
    if (quarantine != Quarantine::kNone) verdict_ = FrameVerdict::kQuarantine;
  }
  agenda_.position = Advance(before, verdict_, frame_.sequence(), snapshot_);
  if (verdict_ == FrameVerdict::kApply && frame_.mass_change_confirmed()) {
    agenda_.position = Confirm(agenda_.position);
  }
  v1::AgendaAck ack;
  ack.set_agenda(frame_.agenda());
  ack.set_sequence(frame_.sequence());
  ack.set_applied_sequence(agenda_.position.applied);
  ack.set_resync_wanted(agenda_.position.resync != Resync::kNone);
  ack.set_refusal_reason(std::string(QuarantineReason(quarantine)));
  ack.set_refusal_message(std::string(QuarantineMessage(quarantine)));
  if (verdict_ == FrameVerdict::kApply) {
    DeclareMaster();
    SAS_RETURN_IF_ERROR(Apply(transaction, judged, ack));
    if (changes_ > 0) agenda_.changed = frame_.sequence();
    agenda_.vouched = VouchedAt(agenda_.vouched, ToInstant(frame_.produced_time()), now_);
  }
  if (verdict_ != FrameVerdict::kDuplicate) {
    SAS_RETURN_IF_ERROR(transaction.partners().PutAgenda(agenda_));
  }
  SAS_RETURN_IF_ERROR(Record(transaction, ack));
  return ack;
}

absl::Status FrameWork::Apply(SlotsTransaction& transaction, const SlotsJudged& judged,
                              v1::AgendaAck& ack) {
  int removed = 0;
  if (!snapshot_) {
    for (const auto& start : frame_.delta().removed_start_times()) {
      removed += static_cast<int>(standing_.count(ToInstant(start)));
      SAS_RETURN_IF_ERROR(Withdraw(transaction, ToInstant(start), /*said_gone=*/true));
    }
  }
  if (snapshot_) SAS_RETURN_IF_ERROR(WithdrawUnnamed(transaction, judged));
  for (const base::Instant start : judged.distrusted) {
    SAS_RETURN_IF_ERROR(Withdraw(transaction, start, /*said_gone=*/false));
  }
  int applied = 0;
  for (int i = 0; i < slots().size(); ++i) {
    if (!judged.accepted[static_cast<std::size_t>(i)]) continue;
    SAS_RETURN_IF_ERROR(Accept(transaction, slots()[i]));
    ++applied;
  }
  ack.set_applied_count(applied + removed);
  for (const SlotRefusal& refusal : judged.refused) {
    v1::RefusedSlot& out = *ack.add_refused();
    out.set_index(static_cast<int>(refusal.index));
    const std::string& id = slots()[static_cast<int>(refusal.index)].external_id();
    if (rpc::CountCharacters(id) <= kExternalIdCharactersMax) out.set_external_id(id);
    out.set_reason(refusal.reason);
    out.set_message(refusal.message);
  }
  return absl::OkStatus();
}

FrameWork::Range FrameWork::Concerned() const {
  if (snapshot_) return {window_.start - kLengthMax, window_.end + kLengthMax};
  Range range{base::Instant::max(), base::Instant::min()};
  const auto widen = [&](base::Instant start) {
    range.from = std::min(range.from, start - kLengthMax);
    range.to = std::max(range.to, start + kLengthMax);
  };
  for (const auto& slot : slots()) widen(ToInstant(slot.start_time()));
  for (const auto& start : frame_.delta().removed_start_times()) widen(ToInstant(start));
  range.from = std::max(range.from, now_ - kLengthMax);
  range.to = std::min(range.to, now_ + kPartnerAhead + kLengthMax);
  return range;
}

absl::Status FrameWork::Load(SlotsTransaction& transaction) {
  const Range range = Concerned();
  if (range.from >= range.to) return absl::OkStatus();  // A sign of life.
  SAS_ASSIGN_OR_RETURN(auto rows,
                       transaction.partners().ListSlots(frame_.agenda(), range.from, range.to));
  for (FedSlot& row : rows) {
    const base::Instant start = ToInstant(row.slot.start_time());
    standing_.emplace(start, std::move(row));
  }
  SAS_ASSIGN_OR_RETURN(const auto seats, transaction.ListSiteSeats(site_, range.from, range.to));
  for (const SeatFact& seat : seats) {
    SAS_ASSIGN_OR_RETURN(const SlotIdentity slot, ParseSlotName(seat.slot, "slot"));
    if (slot.agenda == agenda_id_) ++taken_[slot.start];
  }
  if (!slots().empty()) {
    SAS_ASSIGN_OR_RETURN(ours_too_, MadeHere(transaction, zone_->DateOf(now_)));
  }
  return LoadPractitioners(transaction);
}

absl::Status FrameWork::LoadPractitioners(SlotsTransaction& transaction) {
  std::set<std::string> numbers;
  for (const auto& slot : slots()) numbers.insert(slot.practitioner_rpps());
  for (const auto& [start, fed] : standing_) numbers.insert(fed.slot.practitioner_rpps());
  SAS_ASSIGN_OR_RETURN(practitioners_,
                       transaction.partners().FindPractitioners(base::RegionOf(site_),
                                                                {numbers.begin(), numbers.end()}));
  for (const auto& [number, name] : practitioners_) {
    SAS_ASSIGN_OR_RETURN(const auto person, transaction.GetPractitioner(name));
    const auto end = person ? LicenceEnd(*person, site_) : std::nullopt;
    if (end) licence_ends_.emplace(number, *end);
  }
  return absl::OkStatus();
}

SlotBar FrameWork::Bar(const v1::PartnerSlot& slot) const {
  if (ours_too_) return SlotBar::kAgendaOfPlan;
  PlanFrame frame = frame_of_site_;
  const auto licence = licence_ends_.find(slot.practitioner_rpps());
  if (licence != licence_ends_.end()) frame.licence_end = licence->second;
  return BarOf(frame, *zone_, ToInstant(slot.start_time()), ToInstant(slot.end_time()));
}

SlotsJudged FrameWork::Judge() const {
  std::vector<SourceSlot> judged;
  judged.reserve(static_cast<std::size_t>(slots().size()));
  std::set<base::Instant> replaced;  // Starts that the frame settles anew.
  for (const auto& slot : slots()) {
    SourceSlot source;
    source.times_readable = Readable(slot.has_start_time(), slot.start_time()) &&
                            Readable(slot.has_end_time(), slot.end_time());
    source.start = ToInstant(slot.start_time());
    source.end = ToInstant(slot.end_time());
    source.practitioner_known = practitioners_.count(slot.practitioner_rpps()) != 0;
    source.enums_known = EnumsKnown(slot);
    if (source.times_readable) source.bar = Bar(slot);
    source.id_characters = rpc::CountCharacters(slot.external_id());
    source.mode_count = static_cast<std::size_t>(slot.modes_size());
    source.class_count = static_cast<std::size_t>(slot.classes_size());
    source.free_seats = slot.free_seats();
    if (judged.size() < limits_.slots_max) replaced.insert(source.start);
    judged.push_back(source);
  }
  std::set<base::Instant> beyond;  // Named after the limit: left as they are.
  for (std::size_t i = limits_.slots_max; i < judged.size(); ++i) beyond.insert(judged[i].start);
  std::vector<Stretch> stays;
  for (const auto& [start, fed] : standing_) {
    if (replaced.count(start) != 0) continue;
    const bool in_window = snapshot_ && start >= window_.start && start < window_.end;
    const bool kept = !in_window || start <= now_ || beyond.count(start) != 0 || Taken(start) > 0;
    if (kept) stays.push_back({start, ToInstant(fed.slot.end_time())});
  }
  return JudgeSlots(judged, snapshot_ ? &window_ : nullptr, stays, now_, limits_.slots_max);
}

int FrameWork::Taken(base::Instant start) const {
  const auto found = taken_.find(start);
  return found == taken_.end() ? 0 : found->second;
}

absl::Status FrameWork::Accept(SlotsTransaction& transaction, const v1::PartnerSlot& slot) {
  const base::Instant start = ToInstant(slot.start_time());
  FedSlot next;
  next.slot = slot;
  next.practitioner = practitioners_.at(slot.practitioner_rpps());
  next.word = HearNamed(slot.free_seats());
  const auto before = standing_.find(start);
  SeatsAtSource seats;
  if (before != standing_.end()) {
    seats = {before->second.slot.free_seats(), before->second.known};
    // What the source said before it refused the slot is not believed against the refusal.
    if (ToInstant(frame_.produced_time()) <= before->second.refused) {
      next.refused = before->second.refused;
      next.slot.set_free_seats(0);
    }
  }
  next.known = HearSource(seats, next.slot.free_seats(), Taken(start)).known;
  return Put(transaction, std::move(next));
}

absl::Status FrameWork::Put(SlotsTransaction& transaction, FedSlot next) {
  FedSlot& before = standing_[ToInstant(next.slot.start_time())];
  const bool same = before.slot.SerializeAsString() == next.slot.SerializeAsString() &&
                    before.practitioner == next.practitioner && before.known == next.known &&
                    before.refused == next.refused && before.word == next.word;
  if (same) return absl::OkStatus();
  ++changes_;
  before = std::move(next);
  return transaction.partners().PutSlot(frame_.agenda(), before);
}

// A sign of life that changes nothing leaves the row of the agenda and no more: thousands of
// agendas send one each few seconds.
absl::Status FrameWork::Record(SlotsTransaction& transaction, const v1::AgendaAck& ack) {
  if (changes_ > 0) {
    SAS_RETURN_IF_ERROR(transaction.TouchSite(base::RegionOf(site_), site_));
  }
  const bool quiet = changes_ == 0 && ack.refused().empty() && verdict_ != FrameVerdict::kGap &&
                     verdict_ != FrameVerdict::kQuarantine;
  if (quiet) return absl::OkStatus();
  return RecordFrame(transaction.journal(), agenda_, ack, changes_);
}

}  // namespace sas::slots
