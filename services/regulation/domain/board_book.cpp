#include "services/regulation/domain/board_book.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace sas::regulation {

void BoardBook::Note(const std::string& name, BoardShape before) {
  open_.try_emplace(name, std::move(before));  // The first of a step says what was told before.
}

void BoardBook::Hear(const std::string& territory, const BoardAlarms& before,
                     const BoardAlarms& now) {
  for (const BoardAlarm alarm : now.List()) {
    if (!before.Has(alarm)) ++raised_[{territory, alarm}];
  }
}

BoardBook::Raised BoardBook::TakeRaised() {
  return std::exchange(raised_, {});
}

void BoardBook::Put(BoardLine line, base::Instant now) {
  if (!MayShow(line)) return Drop(line.name);
  BoardCard card = CardOf(line, rules_, now);
  const auto known = entries_.find(line.name);
  if (known == entries_.end()) {
    Note(line.name, {});
    Hear(line.territory, {}, card.alarms);
    const std::string name = line.name;
    entries_.emplace(name, Entry{std::move(line), std::move(card)});
    return;
  }
  Entry& entry = known->second;
  if (line.version < entry.line.version) return;
  if (line == entry.line && card == entry.card) return;
  Note(line.name, ShapeOf(entry.line, entry.card));
  Hear(line.territory, entry.card.alarms, card.alarms);
  entry = {std::move(line), std::move(card)};
}

void BoardBook::Drop(const std::string& name) {
  const auto known = entries_.find(name);
  if (known == entries_.end()) return;
  Note(name, ShapeOf(known->second.line, known->second.card));
  entries_.erase(known);
}

void BoardBook::Look(base::Instant now) {
  for (auto& [name, entry] : entries_) {
    BoardCard card = CardOf(entry.line, rules_, now);
    if (card == entry.card) continue;
    Note(name, ShapeOf(entry.line, entry.card));
    Hear(entry.line.territory, entry.card.alarms, card.alarms);
    entry.card = std::move(card);
  }
}

void BoardBook::Clear() {
  entries_.clear();
  open_.clear();
  past_.clear();
  changes_ = 0;
  step_ += 2;  // One more than anybody was told: no step leads here.
}

bool BoardBook::Close() {
  if (open_.empty()) return false;
  Step step{++step_, {}};
  for (auto& [name, before] : open_) step.changes.push_back({name, std::move(before)});
  open_.clear();
  changes_ += step.changes.size();
  past_.push_back(std::move(step));
  while (changes_ > kChangesMax) {
    changes_ -= past_.front().changes.size();
    past_.pop_front();
  }
  return true;
}

std::optional<BoardBook::Delta> BoardBook::Since(std::uint64_t step,
                                                 const BoardScope& scope) const {
  if (step == step_) return Delta{};
  if (past_.empty() || past_.front().number > step + 1 || step > step_) return std::nullopt;
  std::map<std::string, const BoardShape*> before;  // Oldest first: what the watcher has.
  for (const Step& each : past_) {
    if (each.number <= step) continue;
    for (const Change& change : each.changes) before.try_emplace(change.name, &change.before);
  }
  Delta delta;
  for (const auto& [name, shape] : before) {
    const auto entry = entries_.find(name);
    if (entry != entries_.end() && Sees(scope, ShapeOf(entry->second.line, entry->second.card))) {
      delta.cards.push_back(&entry->second);
    } else if (Sees(scope, *shape)) {
      delta.removed.push_back(name);
    }
  }
  return delta;
}

BoardBook::Delta BoardBook::SinceInstant(base::Instant then,
                                         const std::vector<std::string>& touched,
                                         const BoardScope& scope) const {
  const std::set<std::string> acted(touched.begin(), touched.end());
  Delta delta;
  for (const std::string& name : acted) {
    const auto entry = entries_.find(name);
    if (entry != entries_.end() && Sees(scope, ShapeOf(entry->second.line, entry->second.card))) {
      delta.cards.push_back(&entry->second);
    } else {
      delta.removed.push_back(name);
    }
  }
  for (const auto& [name, entry] : entries_) {
    if (acted.count(name) > 0) continue;
    const BoardCard past = CardOf(entry.line, rules_, then);
    if (past == entry.card) continue;
    if (Sees(scope, ShapeOf(entry.line, entry.card))) {
      delta.cards.push_back(&entry);
    } else if (Sees(scope, ShapeOf(entry.line, past))) {
      delta.removed.push_back(name);
    }
  }
  return delta;
}

std::vector<const BoardBook::Entry*> BoardBook::Shown(const BoardScope& scope) const {
  std::vector<const Entry*> shown;
  for (const auto& [name, entry] : entries_) {
    if (Sees(scope, ShapeOf(entry.line, entry.card))) shown.push_back(&entry);
  }
  std::sort(shown.begin(), shown.end(),
            [](const Entry* a, const Entry* b) { return a->card.order_key < b->card.order_key; });
  return shown;
}

BoardTally BoardBook::Tally(const BoardScope& scope) const {
  BoardScope all = scope;
  all.cases = all.lost_calls = all.orders = true;
  all.offers = false;  // The ledger counts them where they are.
  all.filiere = Filiere::kUnspecified;
  BoardTally tally;
  for (const auto& [name, entry] : entries_) {
    if (!Sees(all, ShapeOf(entry.line, entry.card))) continue;
    switch (entry.card.column) {
      case BoardColumn::kToTake:
      case BoardColumn::kPromised:
        ++tally.waiting[entry.line.queue.priority];
        break;
      case BoardColumn::kInRegulation:
        ++tally.claimed;
        break;
      case BoardColumn::kLostCall:
        ++tally.lost_calls;
        break;
      case BoardColumn::kReview:
        break;  // In nobody's queue, so in no count.
      case BoardColumn::kRinging:
        ++tally.ringing;
        break;
      default:
        ++tally.open_orders;
        break;
    }
  }
  return tally;
}

BoardSum BoardBook::Sum(const BoardScope& scope) const {
  BoardSum sum;
  for (const auto& [name, entry] : entries_) {
    if (!Sees(scope, ShapeOf(entry.line, entry.card))) continue;
    ++sum.cards;
    sum.versions += entry.line.version;
  }
  return sum;
}

std::vector<Filiere> BoardBook::Unattended(const BoardScope& scope,
                                           const std::function<bool(Filiere)>& present) const {
  BoardScope all = scope;
  all.cases = true;
  all.offers = false;
  all.filiere = Filiere::kUnspecified;
  constexpr std::array kChains{Filiere::kAmu, Filiere::kSnp};
  std::vector<Filiere> unattended;
  for (const Filiere chain : kChains) {
    bool waits = false;
    bool worked = present(chain);
    for (const auto& [name, entry] : entries_) {
      if (!Sees(all, ShapeOf(entry.line, entry.card))) continue;
      // Before a chain is chosen a dossier concerns the emergency side.
      const Filiere of = entry.line.filiere == Filiere::kSnp ? Filiere::kSnp : Filiere::kAmu;
      if (of == chain && entry.card.column == BoardColumn::kToTake) waits = true;
      if (entry.card.claimed && OwnFiliere(entry.line.claim.role) == chain) worked = true;
    }
    if (waits && !worked) unattended.push_back(chain);
  }
  return unattended;
}

}  // namespace sas::regulation
