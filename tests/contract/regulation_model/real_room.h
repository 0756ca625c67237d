#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/testing/fake_clock.h"
#include "common/testing/fake_random.h"
#include "services/regulation/acts.h"
#include "services/regulation/store_memory.h"
#include "tests/contract/regulation_model/room.h"

namespace sas::regulation::model {

/// The service's own acts on the store in memory and on a clock that moves when told, asked in the
/// words of a history.
class RealRoom {
 public:
  RealRoom();

  Answer Do(const Act& act);
  /// What the lists, the cards of the board and the wall say now. "UNREADABLE" in the answer of a
  /// later act when one of them refuses.
  Seen Look();
  /// What is wrong between the views of the lists (waiting, claimed, callbacks, open, ended) and
  /// `seen`; empty when all agree.
  std::string CompareViews(const Seen& seen);

  const std::string& NameOf(int dossier) const {
    return dossiers_.at(static_cast<std::size_t>(dossier));
  }

  int traces() const { return static_cast<int>(store_.ledger().audit().size()); }

 private:
  struct Repeat {
    Answer answer;
    std::string bytes;
    std::function<std::string()> again;  ///< The bytes of the answer, or the reason.
  };

  template <typename Response, typename Request>
  using ActOf = absl::StatusOr<Response> (*)(Desk&, const base::Call&, const Request&);

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(ActOf<Response, Request> act, const char* method, int who,
                               Request request);
  template <typename Request>
  Answer OnCase(ActOf<v1::RegulationCase, Request> act, const char* method, const Act& asked,
                Request request);
  Answer Told(const absl::StatusOr<v1::RegulationCase>& row, int which);
  Answer DoNow(const Act& act);
  Answer Open(const Act& act);
  Answer Prioritize(const Act& act);
  Answer ClaimNext(const Act& act);
  Answer Transfer(const Act& act);
  Answer Decide(const Act& act);
  Answer CallAgain(const Act& act);
  Answer LoseCall(const Act& act);
  Answer ReturnCall(const Act& act);
  Answer DoAgain(const Act& act);

  v1::RegulationCase Get(int dossier);
  std::vector<v1::RegulationCase> List(v1::CaseListView view);
  int NumberOf(const std::string& name) const;
  int WhichOf(const Act& act) const;
  std::string EtagFor(const Act& act, int dossier);
  base::Call CallOf(const char* method, int who) const;

  testing::FakeClock clock_;
  testing::FakeRandom random_;
  MemoryRegulationStore store_{clock_};
  Desk desk_;
  std::vector<std::string> dossiers_;
  std::vector<std::string> lost_calls_;
  std::map<std::pair<int, int>, std::int64_t> screens_;  ///< (operator, dossier): claim version.
  std::vector<bool> away_ = std::vector<bool>(Operators().size());
  std::vector<Repeat> acknowledged_;
  std::string last_bytes_;                   ///< Of the last answer.
  std::function<std::string()> last_again_;  ///< Asks the same once more.
  int requests_ = 0;
};

}  // namespace sas::regulation::model
