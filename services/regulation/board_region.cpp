#include "services/regulation/board_region.h"

#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/regulation/board_rows.h"
#include "services/regulation/convert.h"
#include "services/regulation/roles.h"
#include "services/regulation/room_watch.h"

namespace sas::regulation {
namespace {

using std::chrono::seconds;

constexpr seconds kReadBudget{5};
constexpr int kPagesOfRound = 16;        // Then watchers are told, and the rest comes next.
constexpr int kDisagreementsMax = 2;     // In a row, on an unmoved ledger: the board is wrong.
constexpr std::size_t kCountsMax = 256;  // Sets of territories whose counts are kept.

std::string CountKey(const BoardScope& scope) {
  std::string key;
  for (const std::string& territory : scope.territories) key += territory + ",";
  return key;
}

}  // namespace

BoardRegion::BoardRegion(const rpc::Runtime& runtime, RegulationStore& store, std::string id,
                         const AlarmRules& rules, BoardMetrics& metrics, const RoomWatch* room)
    : runtime_(runtime),
      source_(store),
      id_(std::move(id)),
      metrics_(metrics),
      room_(room),
      book_(rules),
      good_at_(runtime.clock.Steady()) {}

base::Call BoardRegion::NewCall() const {
  return base::InternalCall(kBoardReader, runtime_.clock, kReadBudget);
}

bool BoardRegion::Silent() const {
  const bool good = health_.ok() && counted_;
  return !good && runtime_.clock.Steady() - good_at_ > kSilenceMax;
}

absl::Status BoardRegion::Refresh(const std::function<bool(Filiere)>& present) {
  present_ = present;
  made_.clear();
  oldest_ = {};
  now_ = runtime_.clock.Now();
  const base::Call call = NewCall();
  health_ = cursor_.empty() || reload_ ? Load(call) : Follow(call);
  if (absl::IsOutOfRange(health_)) health_ = Load(call);  // The ledger's past was trimmed.
  const auto steady = runtime_.clock.Steady();
  if (health_.ok()) {
    if (counted_) good_at_ = steady;
    const bool look = steady - looked_at_ >= kLook || looked_at_ == std::chrono::nanoseconds{};
    LookAt(look ? now_ : looked_);
  }
  return health_;
}

void BoardRegion::LookAt(base::Instant now) {
  if (now != looked_) {
    looked_at_ = runtime_.clock.Steady();
    looked_ = now;
    book_.Look(now);
  }
  CountAlarms();
  if (book_.Close()) made_.clear();
}

// What people hear, so that too many alarms are noticed (hazard H-53).
void BoardRegion::CountAlarms() {
  for (const auto& [key, count] : book_.TakeRaised()) {
    const std::string alarm =
        v1::BoardCard::Alarm_Name(static_cast<v1::BoardCard::Alarm>(key.second));
    metrics_.Raised(key.first, alarm.substr(std::string_view("ALARM_").size()), count);
  }
}

absl::Status BoardRegion::Load(const base::Call& call) {
  reload_ = false;
  cursor_.clear();
  SAS_ASSIGN_OR_RETURN(cursor_, source_.Load(call, id_, now_, book_));
  counts_.clear();
  book_.TakeRaised();  // They had begun before anybody looked.
  behind_ = true;      // What came while we read.
  return absl::OkStatus();
}

absl::Status BoardRegion::Follow(const base::Call& call) {
  behind_ = false;
  for (int page = 0; page < kPagesOfRound; ++page) {
    SAS_ASSIGN_OR_RETURN(const BoardSource::Progress progress,
                         source_.Follow(call, id_, cursor_, now_, book_));
    cursor_ = progress.cursor;
    if (oldest_ == base::Instant{}) oldest_ = progress.oldest;
    behind_ = progress.more;
    if (!behind_) break;
  }
  return absl::OkStatus();
}

BoardRegion::Message BoardRegion::Keep(const std::string& key, const Response& body) {
  const bool heartbeat = body.step_case() == Response::STEP_NOT_SET;
  const auto kept =
      made_.try_emplace(key, Message{ToBody(body), body.resume_token(), heartbeat}).first;
  return kept->second;
}

absl::StatusOr<const BoardRegion::Count*> BoardRegion::CountOf(const BoardView& view) {
  if (counts_.size() > kCountsMax) counts_.clear();
  Count& count = counts_[CountKey(view.scope)];
  const auto steady = runtime_.clock.Steady();
  if (count.at == std::chrono::nanoseconds{} || steady - count.at >= kCount) {
    auto counted = source_.Count(NewCall(), id_, view.scope.territories, runtime_.clock.Now());
    counted_ = counted.ok();
    if (!counted_) return counted.status();
    count.counted = *std::move(counted);
    count.at = steady;
    // A claim that ended meanwhile is counted as ended: the lines must show it so.
    LookAt(count.counted.at);
    count.step = book_.step();
    Compare(view, count);
  }
  return &count;
}

bool BoardRegion::Comparable(const Count& count) const {
  return count.counted.cursor == cursor_ && count.step == book_.step();
}

// The board proves itself against the ledger: a line that was lost on the way would otherwise be
// missing for ever, and nobody would see that it is (hazard H-42).
void BoardRegion::Compare(const BoardView& view, Count& count) {
  if (!Comparable(count)) return;
  if (ToTally(count.counted.room) == book_.Tally(view.scope)) {
    count.disagreements = 0;
    return;
  }
  if (++count.disagreements < kDisagreementsMax) return;
  count.disagreements = 0;
  reload_ = true;
  metrics_.Disagreed();
  observe::Log(observe::Level::kError, "board_disagrees",
               {{"region", std::string_view(id_)}, {"cursor", std::string_view(cursor_)}});
}

absl::StatusOr<BoardRegion::Response> BoardRegion::NewBody(const BoardView& view, bool counts) {
  const Count* count = nullptr;
  if (counts) {
    SAS_ASSIGN_OR_RETURN(count, CountOf(view));
  }
  Response body;
  body.set_resume_token(FormatToken({view.hash, looked_, cursor_}));
  body.set_ledger_sequence(SequenceOf(cursor_));
  *body.mutable_server_time() = ToTimestamp(now_);
  if (count != nullptr) AddCounts(view, *count, body);
  return body;
}

void BoardRegion::AddCounts(const BoardView& view, const Count& count, Response& body) const {
  *body.mutable_counts() = ToCounts(count.counted, view.scope, Comparable(count));
  const BoardSum sum = book_.Sum(view.scope);
  body.mutable_counts()->mutable_sum()->set_card_count(sum.cards);
  body.mutable_counts()->mutable_sum()->set_version_sum(sum.versions);
  for (const Filiere chain : book_.Unattended(view.scope, present_)) {
    body.mutable_counts()->add_unattended_filieres(static_cast<sas::type::v1::Filiere>(chain));
  }
  if (room_ == nullptr) return;
  for (v1::RoomNotice& notice : room_->Notices(id_, view.scope.territories)) {
    *body.mutable_counts()->add_notices() = std::move(notice);
  }
}

absl::StatusOr<BoardRegion::Message> BoardRegion::Snapshot(const BoardView& view) {
  const std::string key = view.key + "#s";
  if (const auto made = made_.find(key); made != made_.end()) return made->second;
  SAS_ASSIGN_OR_RETURN(Response body, NewBody(view, true));
  FillSnapshot(book_, view.scope, body);
  return Keep(key, body);
}

absl::StatusOr<std::optional<BoardRegion::Message>> BoardRegion::Changes(const BoardView& view,
                                                                         std::uint64_t from,
                                                                         bool counts) {
  const std::string key = view.key + (counts ? "#c" : "#") + std::to_string(from);
  if (const auto made = made_.find(key); made != made_.end()) return std::optional(made->second);
  SAS_ASSIGN_OR_RETURN(Response body, NewBody(view, counts));
  const auto delta = book_.Since(from, view.scope);
  if (!delta) return std::optional<Message>();
  if (!delta->empty()) {
    FillChanges(*delta, body);
  } else if (!counts) {
    return std::optional(made_.try_emplace(key, Message{}).first->second);
  }
  return std::optional(Keep(key, body));
}

absl::StatusOr<std::optional<BoardRegion::Message>> BoardRegion::Resume(const BoardView& view,
                                                                        const std::string& token,
                                                                        Response::Resume& outcome) {
  const auto parsed = ParseToken(token);
  outcome = JudgeToken(parsed, view.hash, cursor_);
  if (outcome != Response::RESUME_RESUMED) return std::optional<Message>();
  const std::string key = view.key + "#r" + token;
  if (const auto made = made_.find(key); made != made_.end()) return std::optional(made->second);
  auto touched = source_.Touched(NewCall(), id_, parsed->cursor, view.scope);
  if (!touched.ok() && !absl::IsOutOfRange(touched.status())) return touched.status();
  if (!touched.ok() || !*touched) {
    outcome = Response::RESUME_TOO_OLD;
    return std::optional<Message>();
  }
  SAS_ASSIGN_OR_RETURN(Response body, NewBody(view, true));
  FillChanges(book_.SinceInstant(parsed->time, **touched, view.scope), body);
  return std::optional(Keep(key, body));
}

}  // namespace sas::regulation
