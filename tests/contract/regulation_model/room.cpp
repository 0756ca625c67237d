#include "tests/contract/regulation_model/room.h"

namespace sas::regulation::model {
namespace {

constexpr const char* kLevels[] = {"-", "P0", "P1", "P2", "P3", "NR"};

std::string Print(const Line& line) {
  std::string text = std::to_string(line.dossier) + "(" + kLevels[line.level] + " calls " +
                     std::to_string(line.calls);
  if (line.owner >= 0) {
    text += std::string(" ") + Operators().at(static_cast<std::size_t>(line.owner)).name + " v" +
            std::to_string(line.version);
  }
  for (const int alarm : line.alarms) text += " !" + std::to_string(alarm);
  return text + ")";
}

}  // namespace

std::string Print(const Answer& answer) {
  return (answer.reason.empty() ? "done" : answer.reason) + " on " + std::to_string(answer.which) +
         " v" + std::to_string(answer.version);
}

std::string Print(const Seen& seen) {
  std::string text = "waiting:";
  for (const Line& line : seen.waiting) text += " " + Print(line);
  text += "\n    taken:";
  for (const Line& line : seen.taken) text += " " + Print(line);
  text += "\n    at rest:";
  for (const int dossier : seen.at_rest) text += " " + std::to_string(dossier);
  text += "\n    ended:";
  for (const int dossier : seen.ended) text += " " + std::to_string(dossier);
  text += "\n    wall:";
  for (const auto& [level, counts] : seen.wall) {
    text += std::string(" ") + kLevels[level] + " " + std::to_string(counts.first) + " late " +
            std::to_string(counts.second);
  }
  return text + " taken " + std::to_string(seen.wall_taken) + " lost calls " +
         std::to_string(seen.lost_calls) + "\n";
}

}  // namespace sas::regulation::model
