#include "services/slots/source_relay.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/slots/seat_failures.h"

namespace sas::slots {
namespace {

// The first letter of what comes back: an answer, or why there is none.
constexpr char kAnswered = 'A';
constexpr char kRefused = 'R';
constexpr std::chrono::milliseconds kReplyBudget{500};

std::string CauseOf(const absl::Status& status) {
  for (const auto& [key, value] : base::DetailOf(status).metadata) {
    if (key == "cause") return value;
  }
  return "NO_ANSWER";
}

std::string Body(const absl::StatusOr<v1::SourceAnswer>& answer) {
  if (!answer.ok()) return kRefused + CauseOf(answer.status());
  return kAnswered + answer->SerializeAsString();
}

}  // namespace

SourceRelay::SourceRelay(std::chrono::milliseconds answer_max, SourceDesk& desk, SourcePost& post,
                         PartnerMetrics& metrics, const base::Clock& clock, base::Random& random)
    : answer_max_(answer_max),
      desk_(desk),
      post_(post),
      metrics_(metrics),
      clock_(clock),
      random_(random),
      replica_(base::MakeToken(random)),
      askers_({"source_relay", kAskersMax, kAskersMax}) {}

SourceRelay::~SourceRelay() {
  Stop();
}

void SourceRelay::Start() {
  Worker::Options options;
  options.name = "source_lines";
  options.interval = kAnnounce;
  announcer_ = std::make_unique<Worker>(options, clock_,
                                        [this](const base::Call& call) { return Announce(call); });
  options.name = "source_questions";
  options.pause_on_failure = kTake;
  taker_ = std::make_unique<Worker>(options, clock_,
                                    [this](const base::Call& call) { return TakeAll(call); });
  desk_.OnLines([this] {
    announcer_->Wake();
    taker_->Wake();
  });
  announcer_->Wake();  // Streams that came before.
  taker_->Wake();
}

void SourceRelay::Stop() {
  if (announcer_ == nullptr) return;
  desk_.OnLines(nullptr);
  taker_->Stop();
  announcer_->Stop();
  askers_.Drain();
  const base::Call call = base::InternalCall("source_lines", clock_, kReplyBudget);
  for (const std::string& partner : announced_) {
    if (!post_.Leave(call, partner, replica_).ok()) break;  // It is believed a little longer.
  }
  announced_.clear();
}

bool SourceRelay::Enter(const std::string& partner) {
  const std::lock_guard lock(mutex_);
  int& waiting = waiting_[partner];
  if (waiting >= kWaitingMax) return false;
  ++waiting;
  return true;
}

void SourceRelay::Leave(const std::string& partner) {
  const std::lock_guard lock(mutex_);
  if (--waiting_[partner] == 0) waiting_.erase(partner);
}

absl::StatusOr<v1::SourceAnswer> SourceRelay::Ask(const base::Call& call,
                                                  const std::string& partner,
                                                  v1::SourceQuestion question) {
  if (desk_.Connected(partner)) return desk_.Ask(call, partner, std::move(question));
  if (!Enter(partner)) {
    metrics_.Relayed(partner, "not_asked");
    return SourceUnreachable(partner, "TOO_MANY_QUESTIONS");
  }
  auto answer = AskElsewhere(call, partner, question);
  Leave(partner);
  return answer;
}

absl::StatusOr<v1::SourceAnswer> SourceRelay::AskElsewhere(const base::Call& call,
                                                           const std::string& partner,
                                                           const v1::SourceQuestion& question) {
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::min<std::chrono::nanoseconds>(answer_max_, call.Left(clock_)));
  SourcePost::Letter letter;
  letter.partner = partner;
  letter.reply = base::MakeToken(random_);
  letter.until = clock_.Now() + wait;
  letter.trace_id = call.trace_id;
  letter.body = question.SerializeAsString();
  SAS_ASSIGN_OR_RETURN(const auto put, post_.Put(call, letter, clock_.Now()));
  if (put == SourcePost::Verdict::kNoStream) return desk_.Ask(call, partner, question);  // Says so.
  if (put == SourcePost::Verdict::kFull) {
    metrics_.Relayed(partner, "not_asked");
    return SourceUnreachable(partner, "TOO_MANY_QUESTIONS");
  }
  const auto said = post_.AwaitAnswer(call, letter, wait);
  v1::SourceAnswer answer;
  if (!said.ok() || !*said || (*said)->empty()) {
    metrics_.Relayed(partner, "silent");
    return SourceUnreachable(partner, "NO_ANSWER");
  }
  if ((**said)[0] == kRefused) {
    metrics_.Relayed(partner, "refused");
    return SourceUnreachable(partner, (*said)->substr(1));
  }
  if (!answer.ParseFromArray((*said)->data() + 1, static_cast<int>((*said)->size()) - 1)) {
    metrics_.Relayed(partner, "silent");
    return SourceUnreachable(partner, "NO_ANSWER");
  }
  metrics_.Relayed(partner, "answered");
  return answer;
}

absl::Status SourceRelay::Announce(const base::Call& call) {
  const std::vector<std::string> partners = desk_.Partners();
  const std::set<std::string> here(partners.begin(), partners.end());
  absl::Status first;
  for (const std::string& partner : here) {
    first.Update(post_.Announce(call, partner, replica_, clock_.Now() + kBelieved));
  }
  for (const std::string& partner : announced_) {
    if (here.count(partner) == 0) first.Update(post_.Leave(call, partner, replica_));
  }
  announced_ = here;
  return first;
}

absl::Status SourceRelay::TakeAll(const base::Call& turn) {
  while (!turn.cancelled()) {
    const std::vector<std::string> partners = desk_.Partners();
    if (partners.empty()) return absl::OkStatus();
    const base::Call call = base::InternalCall("source_questions", clock_, kTake + kReplyBudget);
    SAS_ASSIGN_OR_RETURN(const auto letter, post_.Take(call, partners, kTake));
    if (!letter) continue;
    if (!askers_.TrySubmit([this, taken = *letter] { AskFor(taken); })) {
      Reply(*letter, Body(SourceUnreachable(letter->partner, "TOO_MANY_QUESTIONS")));
    }
  }
  return absl::OkStatus();
}

void SourceRelay::AskFor(const SourcePost::Letter& letter) {
  const auto left = letter.until - clock_.Now() - kWayBack;
  v1::SourceQuestion question;
  if (left.count() <= 0 || !question.ParseFromString(letter.body)) {
    metrics_.Relayed(letter.partner, "late");
    return;
  }
  base::Call call = base::InternalCall("source_questions", clock_, left);
  call.trace_id = letter.trace_id;
  Reply(letter, Body(desk_.Ask(call, letter.partner, std::move(question))));
}

void SourceRelay::Reply(const SourcePost::Letter& letter, const std::string& body) {
  const base::Call call = base::InternalCall("source_questions", clock_, kReplyBudget);
  const absl::Status told = post_.Answer(call, letter, body);
  if (told.ok()) return;
  const std::string reason = base::ReasonOf(told);
  observe::Log(observe::Level::kWarn, "source_answer_lost",
               {{"partner", std::string_view(letter.partner)},
                {"reason", std::string_view(reason)},
                {"trace_id", std::string_view(letter.trace_id)}});
}

}  // namespace sas::slots
