#include "services/regulation/console_presence.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/regulation/convert.h"

namespace sas::regulation {
namespace {

constexpr int kAbsentMax = 100;              // Looked at in one turn, the longest absence first.
constexpr std::size_t kWrittenMax = 200;     // In one transaction: others wait behind it.
constexpr std::chrono::hours kEndedKept{1};  // Of somebody who is present otherwise.
constexpr char kDisconnected[] = "disconnected";
constexpr char kNote[] = "Rendu : poste coupé";

bool TakesWork(base::Role role) {
  return role == base::Role::kArm || role == base::Role::kOsnp || base::IsRegulator(role);
}

// When he last acted on what he has in hand; a hand-over to him counts as his act.
absl::StatusOr<base::Instant> LastAct(RegulationTransaction& transaction,
                                      const std::string& subject, const Held& held,
                                      base::Instant now) {
  base::Instant last{};
  const auto look = [&](const v1::Claim& proto) {
    const ClaimValue claim = ToValue(proto);
    if (IsOwner(claim, subject, now)) last = std::max(last, claim.acted);
  };
  for (const std::string& name : held.cases) {
    SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, transaction.GetCase(name));
    look(row.claim());
  }
  for (const std::string& name : held.orders) {
    SAS_ASSIGN_OR_RETURN(const v1::CareOrder order, transaction.GetOrder(name));
    look(order.claim());
  }
  for (const std::string& name : held.lost_calls) {
    SAS_ASSIGN_OR_RETURN(const v1::LostCall lost, transaction.GetLostCall(name));
    look(lost.claim());
  }
  return last;
}

}  // namespace

ConsolePresence::ConsolePresence(RegulationStore& store, const base::Clock& clock,
                                 base::Random& random, RegulationMetrics& metrics,
                                 std::chrono::seconds grace)
    : store_(store),
      clock_(clock),
      metrics_(metrics),
      grace_(grace),
      replica_(base::MakeId(clock, random)),
      kept_since_(clock.Steady()),
      kept_at_(kept_since_) {}

std::uint64_t ConsolePresence::Enter(const std::string& region, const base::Actor& actor) {
  if (grace_.count() == 0 || !TakesWork(actor.role)) return 0;
  BoardStream stream;
  stream.replica = replica_;
  stream.region = region;
  stream.subject = actor.subject;
  stream.seen = clock_.Now();
  const std::lock_guard lock(mutex_);
  stream.id = replica_ + "-" + std::to_string(++last_);
  Note(last_, stream);
  open_[last_] = std::move(stream);
  return last_;
}

void ConsolePresence::Leave(std::uint64_t stream) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(stream);
  if (found == open_.end()) return;
  found->second.open = false;
  found->second.seen = clock_.Now();
  Note(stream, found->second);
  open_.erase(found);
}

// What is left out while the ledger is away heals: an open stream is put again when it is renewed,
// and one that has ended goes stale.
void ConsolePresence::Note(std::uint64_t number, const BoardStream& stream) {
  if (changed_.size() >= kPendingMax) changed_.erase(changed_.begin());
  changed_[number] = stream;
}

absl::Status ConsolePresence::Turn(const base::Call& call) {
  if (grace_.count() == 0) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(Keep(call));
  SAS_RETURN_IF_ERROR(Renew(call));
  return Settled() ? Judge(call) : absl::OkStatus();
}

absl::Status ConsolePresence::Keep(const base::Call& call) {
  while (true) {
    Streams some;
    {
      const std::lock_guard lock(mutex_);
      const auto most = static_cast<std::ptrdiff_t>(std::min(changed_.size(), kWrittenMax));
      some.insert(changed_.begin(), std::next(changed_.begin(), most));
    }
    if (some.empty()) return absl::OkStatus();
    SAS_RETURN_IF_ERROR(store_.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
      for (const auto& [number, stream] : some) {
        SAS_RETURN_IF_ERROR(transaction.presence().PutStream(stream));
      }
      return absl::OkStatus();
    }));
    const std::lock_guard lock(mutex_);
    for (const auto& [number, stream] : some) {
      const auto pending = changed_.find(number);
      // It may have ended while it was written as open.
      if (pending != changed_.end() && pending->second.open == stream.open) changed_.erase(pending);
    }
  }
}

absl::Status ConsolePresence::Renew(const base::Call& call) {
  const std::chrono::nanoseconds steady = clock_.Steady();
  if (renewed_at_.count() != 0 && steady - renewed_at_ < kRenew) return absl::OkStatus();
  const base::Instant now = clock_.Now();
  int renewed = 0;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(renewed, transaction.presence().RenewStreams(replica_, now));
    return transaction.presence().DropEnded(now - kEndedKept);
  }));
  renewed_at_ = steady;
  const std::lock_guard lock(mutex_);
  const auto unwritten = std::count_if(changed_.begin(), changed_.end(),
                                       [](const auto& each) { return each.second.open; });
  if (renewed >= static_cast<std::ptrdiff_t>(open_.size()) - unwritten) return absl::OkStatus();
  for (auto& [number, stream] : open_) {  // Others took them for stale and dropped them.
    stream.seen = now;
    Note(number, stream);
  }
  return absl::OkStatus();
}

bool ConsolePresence::Settled() {
  const std::chrono::nanoseconds steady = clock_.Steady();
  // Others were away as long as we were, and renew their streams now.
  if (steady - kept_at_ > kRenew) kept_since_ = steady;
  kept_at_ = steady;
  return steady - kept_since_ >= grace_ + kStreamStale;
}

absl::Status ConsolePresence::Judge(const base::Call& call) {
  const base::Instant now = clock_.Now();
  std::vector<Absence> absent;
  std::map<std::string, std::map<std::string, Held>> held;  // By region and subject.
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(absent, transaction.presence().ListAbsent(now - grace_, kAbsentMax));
    held.clear();
    for (const Absence& each : absent) {
      if (held.count(each.region) > 0) continue;
      SAS_ASSIGN_OR_RETURN(held[each.region], HeldIn(transaction, each.region, now));
    }
    return absl::OkStatus();
  }));
  absl::Status status;
  for (const Absence& each : absent) {  // One that fails keeps nobody else waiting.
    status.Update(Release(call, each, held[each.region][each.subject]));
  }
  return status;
}

absl::Status ConsolePresence::Release(const base::Call& call, const Absence& absence,
                                      const Held& held) {
  Held released;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
    released = {};
    const base::Instant now = clock_.Now();
    PresenceLedger& presence = transaction.presence();
    SAS_ASSIGN_OR_RETURN(const auto end, presence.FindEnd(absence.region, absence.subject));
    SAS_ASSIGN_OR_RETURN(const base::Instant acted,
                         LastAct(transaction, absence.subject, held, now));
    // He has come back or acts elsewhere, or another replica was first.
    if (!end || std::max(*end, acted) + grace_ > now) return absl::OkStatus();
    SAS_ASSIGN_OR_RETURN(
        released, ReleaseHeld(transaction, call, now, absence.subject, held, kDisconnected, kNote));
    return presence.DropStreams(absence.region, absence.subject, *end);
  }));
  if (released.size() == 0) return absl::OkStatus();
  metrics_.Disconnected(static_cast<int>(released.size()));
  observe::Log(observe::Level::kWarn, "console_disconnected",
               {{"region", std::string_view(absence.region)},
                {"subject", std::string_view(absence.subject)},
                {"cases", static_cast<std::int64_t>(released.cases.size())},
                {"orders", static_cast<std::int64_t>(released.orders.size())},
                {"lost_calls", static_cast<std::int64_t>(released.lost_calls.size())}});
  return absl::OkStatus();
}

}  // namespace sas::regulation
