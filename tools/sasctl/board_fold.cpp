#include "tools/sasctl/board_fold.h"

#include <algorithm>

namespace sasctl {
namespace {

namespace v1 = sas::regulation::v1;
using sas::base::Role;
using Card = v1::BoardCard;

constexpr int kDisagreementsMax = 2;  // In a row: then lines were lost.

}  // namespace

v1::WatchBoardRequest BoardFold::Request() const {
  v1::WatchBoardRequest request = request_;
  request.set_resume_token(token_);
  return request;
}

bool BoardFold::Apply(const Message& message) {
  if (message.sequence() != sequence_ + 1) return GiveUp();
  sequence_ = message.sequence();
  token_ = message.resume_token();
  server_time_ = message.server_time();
  ledger_sequence_ = message.ledger_sequence();
  if (message.has_snapshot()) {
    cards_.clear();
    disagreements_ = 0;
    doubtful_ = false;
    for (const Card& card : message.snapshot().cards()) cards_[card.name()] = card;
  }
  for (const Card& card : message.changes().cards()) cards_[card.name()] = card;
  for (const std::string& name : message.changes().removed()) cards_.erase(name);
  if (!message.has_counts()) return true;
  counts_ = message.counts();
  if (Lost()) return GiveUp();
  // Of another state of the ledger, or of none that is known: nothing to compare.
  const bool comparable =
      counts_.ledger_sequence() != 0 && counts_.ledger_sequence() == ledger_sequence_;
  if (!comparable) return true;
  disagreements_ = Disagrees() ? disagreements_ + 1 : 0;
  return disagreements_ < kDisagreementsMax || GiveUp();
}

bool BoardFold::GiveUp() {
  cards_.clear();
  token_.clear();
  disagreements_ = 0;
  doubtful_ = true;
  return false;
}

bool BoardFold::Lost() const {
  if (!counts_.has_sum()) return false;  // An older server.
  std::int64_t versions = 0;
  for (const auto& [name, card] : cards_) versions += card.version();
  return counts_.sum().card_count() != static_cast<int>(cards_.size()) ||
         counts_.sum().version_sum() != versions;
}

bool BoardFold::Disagrees() const {
  std::map<int, int> shown;  // By column; what waits and what is promised wait alike.
  for (const auto& [name, card] : cards_) {
    // Another territory's that it offers to this one: it counts over there (hazard H-12).
    if (!request_.territory().empty() && card.territory() != request_.territory()) continue;
    // In no count; of a newer server, in none that is known here.
    if (card.column() == Card::COLUMN_REVIEW || !Card::Column_IsValid(card.column())) continue;
    if (card.column() == Card::COLUMN_RINGING) {
      ++shown[Card::COLUMN_RINGING];
      continue;
    }
    const bool promised = card.column() == Card::COLUMN_PROMISED;
    ++shown[promised ? Card::COLUMN_TO_TAKE
                     : std::min<int>(card.column(), Card::COLUMN_ORDER_TO_DO)];
  }
  const v1::Board& board = counts_.board();
  int waiting = 0;
  for (const v1::BoardLine& line : board.lines()) waiting += line.waiting_count();
  const bool rooms = role_ == Role::kArm || role_ == Role::kRegulatorAmu ||
                     role_ == Role::kRegulatorMg || role_ == Role::kSupervisor;
  const bool all_chains = request_.filiere() == sas::type::v1::FILIERE_UNSPECIFIED;
  const bool cases = !rooms || !all_chains ||
                     (shown[Card::COLUMN_TO_TAKE] == waiting &&
                      shown[Card::COLUMN_IN_REGULATION] == board.claimed_count());
  const bool lost_calls = !rooms || (shown[Card::COLUMN_LOST_CALL] == board.lost_call_count() &&
                                     shown[Card::COLUMN_RINGING] == board.ringing_count());
  const bool has_orders = rooms || role_ == Role::kOsnp;
  const bool orders = !has_orders || shown[Card::COLUMN_ORDER_TO_DO] == board.open_order_count();
  return !cases || !lost_calls || !orders;
}

}  // namespace sasctl
