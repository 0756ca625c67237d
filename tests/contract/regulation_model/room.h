#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/contract/regulation_model/history.h"

/// What people learn of a room: the answer to an act, and the lists on their screens. The real room
/// and the reference tell it in the same words, so that they can be compared.
namespace sas::regulation::model {

/// Dossiers, lost calls and requests by their number in the history, from 0.
struct Answer {
  std::string reason;        ///< Of a refusal; empty when it was done, "-" when nobody asked.
  int which = -1;            ///< The dossier or lost call that it was about.
  std::int64_t version = 0;  ///< Of the claim on that dossier.
  bool operator==(const Answer&) const = default;
};

struct Line {
  int dossier = -1;
  int level = kUnset;
  int chain = kNoChain;
  int calls = 0;
  int owner = -1;            ///< Index into Operators(); -1 for nobody.
  std::int64_t version = 0;  ///< Of the claim; 0 where nobody has it.
  std::vector<int> alarms;   ///< As BoardCard.Alarm, ascending.
  bool operator==(const Line&) const = default;
};

struct Seen {
  std::vector<Line> waiting;  ///< In the order in which they are taken.
  std::vector<Line> taken;    ///< By dossier.
  std::vector<int> at_rest;   ///< Open, and nobody waits for anything. By number.
  std::vector<int> ended;
  std::map<int, std::pair<int, int>> wall;  ///< By level: how many wait, how many past the alarm.
  int wall_taken = 0;
  int lost_calls = 0;
  bool operator==(const Seen&) const = default;
};

std::string Print(const Answer& answer);
std::string Print(const Seen& seen);

}  // namespace sas::regulation::model
