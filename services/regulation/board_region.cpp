#include "services/regulation/board_region.h"

#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/regulation/board_rows.h"
#include "services/regulation/convert.h"
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
  return base::InternalCall("board", runtime_.clock, kReadBudget);
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
    if (steady - looked_at_ >= kLook || looked_at_ == std::chrono::nanoseconds{}) {
      looked_at_ = steady;
      looked_ = now_;
      book_.Look(now_);
    }
    CountAlarms();
    book_.Close();
  }
  return health_;
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

std::string BoardRegion::TokenOf(const BoardView& view) const {
  return FormatToken({view.hash, looked_, cursor_});
}

BoardRegion::Response BoardRegion::NewBody(const BoardView& view) const {
  Response body;
  body.set_resume_token(TokenOf(view));
  body.set_ledger_sequence(SequenceOf(cursor_));
  *body.mutable_server_time() = ToTimestamp(now_);
  return body;
}

BoardRegion::Message BoardRegion::Keep(const std::string& key, const Response& body) {
  const auto kept = made_.try_emplace(key, Message{ToBody(body), body.resume_token()}).first;
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
    Compare(view, count);
  }
  return &count;
}

// The board proves itself against the ledger: a line that was lost on the way would otherwise be
// missing for ever, and nobody would see that it is (hazard H-42).
void BoardRegion::Compare(const BoardView& view, Count& count) {
  const bool comparable = count.counted.exact && count.counted.cursor == cursor_ && !behind_;
  if (!comparable) return;
  book_.Look(count.counted.at);
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

absl::Status BoardRegion::AddCounts(const BoardView& view, Response& body) {
  SAS_ASSIGN_OR_RETURN(const Count* count, CountOf(view));
  *body.mutable_counts() = ToCounts(count->counted);
  for (const Filiere chain : book_.Unattended(view.scope, present_)) {
    body.mutable_counts()->add_unattended_filieres(static_cast<sas::type::v1::Filiere>(chain));
  }
  if (room_ == nullptr) return absl::OkStatus();
  for (v1::RoomNotice& notice : room_->Notices(id_, view.scope.territories)) {
    *body.mutable_counts()->add_notices() = std::move(notice);
  }
  return absl::OkStatus();
}

absl::StatusOr<BoardRegion::Message> BoardRegion::Snapshot(const BoardView& view) {
  const std::string key = view.key + "#s";
  if (const auto made = made_.find(key); made != made_.end()) return made->second;
  Response body = NewBody(view);
  SAS_RETURN_IF_ERROR(AddCounts(view, body));
  FillSnapshot(book_, view.scope, body);
  return Keep(key, body);
}

absl::StatusOr<BoardRegion::Message> BoardRegion::Heartbeat(const BoardView& view) {
  const std::string key = view.key + "#h";
  if (const auto made = made_.find(key); made != made_.end()) return made->second;
  Response body = NewBody(view);
  SAS_RETURN_IF_ERROR(AddCounts(view, body));
  return Keep(key, body);
}

absl::StatusOr<std::optional<BoardRegion::Message>> BoardRegion::Changes(const BoardView& view,
                                                                         std::uint64_t from,
                                                                         bool counts) {
  const std::string key = view.key + (counts ? "#c" : "#") + std::to_string(from);
  if (const auto made = made_.find(key); made != made_.end()) return std::optional(made->second);
  const auto delta = book_.Since(from, view.scope);
  if (!delta) return std::optional<Message>();
  if (delta->empty()) return std::optional(made_.try_emplace(key, Message{}).first->second);
  Response body = NewBody(view);
  if (counts) SAS_RETURN_IF_ERROR(AddCounts(view, body));
  FillChanges(*delta, body);
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
  auto touched = source_.Touched(NewCall(), id_, parsed->cursor, cursor_, view.scope);
  if (!touched.ok() && !absl::IsOutOfRange(touched.status())) return touched.status();
  if (!touched.ok() || !*touched) {
    outcome = Response::RESUME_TOO_OLD;
    return std::optional<Message>();
  }
  Response body = NewBody(view);
  SAS_RETURN_IF_ERROR(AddCounts(view, body));
  FillChanges(book_.SinceInstant(parsed->time, **touched, view.scope), body);
  return std::optional(Keep(key, body));
}

}  // namespace sas::regulation
