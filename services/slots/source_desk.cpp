#include "services/slots/source_desk.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "services/slots/seat_failures.h"

namespace sas::slots {
namespace {

const char* KindWord(v1::SourceQuestion::Kind kind) {
  switch (kind) {
    case v1::SourceQuestion::KIND_CHECK:
      return "check";
    case v1::SourceQuestion::KIND_CONFIRM:
      return "confirm";
    case v1::SourceQuestion::KIND_CANCEL:
      return "cancel";
    default:
      return "none";
  }
}

const char* VerdictWord(v1::SourceAnswer::Verdict verdict) {
  if (verdict == v1::SourceAnswer::VERDICT_YES) return "yes";
  return verdict == v1::SourceAnswer::VERDICT_NO ? "no" : "later";
}

}  // namespace

std::uint64_t SourceDesk::Connect(const std::string& partner, Push push) {
  auto line = std::make_shared<Line>();
  line->push = std::move(push);
  const std::lock_guard lock(mutex_);
  Partner& known = partners_[partner];
  known.lines.emplace(++last_line_, std::move(line));
  metrics_.Streams(partner, static_cast<int>(known.lines.size()));
  TellLines();
  return last_line_;
}

void SourceDesk::Disconnect(const std::string& partner, std::uint64_t line) {
  std::shared_ptr<Line> gone;
  {
    const std::lock_guard lock(mutex_);
    Partner& known = partners_[partner];
    const auto found = known.lines.find(line);
    if (found == known.lines.end()) return;
    gone = std::move(found->second);
    known.lines.erase(found);
    metrics_.Streams(partner, static_cast<int>(known.lines.size()));
    for (const auto& [question, waiting] : waiting_) {
      if (waiting->line != line) continue;
      waiting->gone = true;
      waiting->wake.notify_one();
    }
    TellLines();
  }
  const std::lock_guard lock(gone->pushing);  // After whoever writes to it now.
  gone->push = nullptr;
}

void SourceDesk::TellLines() const {
  if (lines_changed_ != nullptr) lines_changed_();
}

bool SourceDesk::Connected(const std::string& partner) const {
  const std::lock_guard lock(mutex_);
  const auto found = partners_.find(partner);
  return found != partners_.end() && !found->second.lines.empty();
}

std::vector<std::string> SourceDesk::Partners() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> connected;
  for (const auto& [name, partner] : partners_) {
    if (!partner.lines.empty()) connected.push_back(name);
  }
  return connected;
}

void SourceDesk::OnLines(std::function<void()> listener) {
  const std::lock_guard lock(mutex_);
  lines_changed_ = std::move(listener);
}

const char* SourceDesk::WhyNot(Partner& partner) {
  if (partner.lines.empty()) return "NO_STREAM";
  if (partner.unanswered >= kQuestionsMax) return "TOO_MANY_QUESTIONS";
  const auto pause = AskBreaker(partner.breaker, limits_.breaker, clock_.Steady());
  return pause.count() > 0 ? "BREAKER_OPEN" : nullptr;
}

// Without the desk's lock: the stream may read an answer in the same breath.
bool SourceDesk::Send(Line& line, const v1::SourceQuestion& question) {
  const std::lock_guard lock(line.pushing);
  return line.push != nullptr && line.push(question);
}

absl::StatusOr<v1::SourceAnswer> SourceDesk::Ask(const base::Call& call, const std::string& partner,
                                                 v1::SourceQuestion question) {
  const auto wait = std::min<std::chrono::nanoseconds>(limits_.answer_max, call.Left(clock_));
  question.mutable_answer_within()->set_nanos(static_cast<int>((wait.count()) % 1'000'000'000));
  question.mutable_answer_within()->set_seconds(wait.count() / 1'000'000'000);
  Waiting own;
  std::shared_ptr<Line> line;
  std::unique_lock lock(mutex_);
  Partner& known = partners_[partner];
  if (const char* cause = WhyNot(known); cause != nullptr) {
    metrics_.Asked(partner, KindWord(question.kind()), "not_asked");
    return SourceUnreachable(partner, cause);
  }
  own.partner = partner;
  own.line = known.lines.rbegin()->first;
  line = known.lines.rbegin()->second;
  question.set_question("q" + std::to_string(++last_question_));
  waiting_[question.question()] = &own;
  ++known.unanswered;
  lock.unlock();
  const auto asked = clock_.Steady();
  const bool sent = Send(*line, question);
  lock.lock();
  if (sent) own.wake.wait_for(lock, wait, [&own] { return own.answered || own.gone; });
  waiting_.erase(question.question());
  --known.unanswered;
  // A stream that broke says nothing of the platform's will to answer.
  if (own.answered || (sent && !own.gone)) {
    TellBreaker(known.breaker, limits_.breaker, own.answered, clock_.Steady());
  } else {
    known.breaker.probing = false;
  }
  lock.unlock();
  if (!own.answered) {
    metrics_.Asked(partner, KindWord(question.kind()), sent && !own.gone ? "silent" : "cut");
    return SourceUnreachable(partner, sent && !own.gone ? "NO_ANSWER" : "NO_STREAM");
  }
  metrics_.Asked(partner, KindWord(question.kind()), VerdictWord(own.answer.verdict()));
  metrics_.Answered(partner, std::chrono::duration<double>(clock_.Steady() - asked).count());
  return std::move(own.answer);
}

void SourceDesk::Answer(const std::string& partner, const v1::SourceAnswer& answer) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(answer.question());
  // Of another platform: it has guessed a number.
  const bool asked = found != waiting_.end() && found->second->partner == partner;
  if (!asked || answer.verdict() == v1::SourceAnswer::VERDICT_UNSPECIFIED) {
    metrics_.Asked(partner, "none", "unasked");
    return;
  }
  found->second->answer = answer;
  found->second->answered = true;
  found->second->wake.notify_one();
}

}  // namespace sas::slots
