#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/contract/regulation_model/room.h"

namespace sas::regulation::model {

/// The rules of the room once more, as plainly as they can be said and from the words of
/// services/regulation/README.md, not from its code: no ledger, no keys, no domain header. Times
/// are seconds since the history began.
class ReferenceRoom {
 public:
  /// Real names, to break ties as the queue does: told by the caller when a dossier was opened.
  void Name(int dossier, std::string name) {
    dossiers_.at(static_cast<std::size_t>(dossier)).name = std::move(name);
  }

  Answer Do(const Act& act);
  Seen Look() const;

  /// Acknowledged acts so far that were not repeats, with the lost calls that they have settled:
  /// what the audit must hold.
  int traces() const { return traces_; }

  /// Claims that went to another after their lease, and promises taken when due.
  int expiries() const { return expiries_; }

  int due_promises() const { return due_promises_; }

 private:
  enum class State { kOpen, kCompleted, kValidated };

  struct Dossier {
    std::string name;
    State state = State::kOpen;
    int level = kUnset;
    std::optional<std::int64_t> level_since;
    int chain = kNoChain;
    bool vital = false;
    bool decided = false;
    int calls_again = 0;
    std::int64_t opened = 0;
    std::optional<std::int64_t> waits_since;
    std::optional<std::pair<std::int64_t, std::int64_t>> promise;
    int owner = -1;
    std::int64_t lease_end = 0;
    std::int64_t version = 0;
  };

  struct LostCall {
    int number = 0;
    std::int64_t since = 0;
    bool done = false;
  };

  Answer Act1(const Act& act);
  Answer Open(const Act& act);
  std::string Prioritize(Dossier& dossier, const Act& act);
  std::string Claim(Dossier& dossier, int who);
  Answer ClaimNext(const Act& act);
  std::string Release(Dossier& dossier, int who);
  std::string Transfer(Dossier& dossier, const Act& act);
  std::string Decide(Dossier& dossier, const Act& act, int number);
  std::string CallAgain(Dossier& dossier, const Act& act);
  std::string Complete(Dossier& dossier, const Act& act);
  std::string Close(Dossier& dossier, const Act& act);
  Answer LoseCall(const Act& act);
  Answer ReturnCall(const Act& act);
  void SettleCalls(int number);

  bool HasOwner(const Dossier& dossier) const;
  bool IsDue(const Dossier& dossier) const;
  bool IsReady(const Dossier& dossier) const;
  int PlaceOf(const Dossier& dossier) const;
  bool Before(const Dossier& one, const Dossier& other) const;
  bool Waits(const Dossier& dossier) const;
  std::vector<int> Alarms(const Dossier& dossier) const;
  Line LineOf(const Dossier& dossier) const;
  std::int64_t AlarmTime(const Dossier& dossier) const;
  std::int64_t TargetTime(const Dossier& dossier) const;

  std::int64_t now_ = 0;
  std::vector<Dossier> dossiers_;
  std::vector<LostCall> lost_calls_;
  std::map<std::pair<int, int>, std::int64_t> screens_;  ///< (operator, dossier): claim version.
  std::vector<bool> away_ = std::vector<bool>(Operators().size());
  std::vector<Answer> acknowledged_;
  int traces_ = 0;
  int expiries_ = 0;
  int due_promises_ = 0;
};

}  // namespace sas::regulation::model
