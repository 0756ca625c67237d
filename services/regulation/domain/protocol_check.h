#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "common/care/identifiers.h"
#include "services/regulation/domain/protocol.h"

namespace sas::regulation {

/// One fault of a protocol. `field` is the path as in the file, `questions[2].ask_when[0]`: the
/// reader of files turns it into a line.
struct ProtocolFault {
  std::string field;
  std::string reason;  ///< UPPER_SNAKE, listed in the README of the service.
  std::string message;
};

inline constexpr int kQuestionsMax = 60;
inline constexpr int kRulesMax = 100;
inline constexpr int kMotifsOfProtocolMax = 30;
inline constexpr int kChoicesMax = 20;
inline constexpr int kConditionsMax = 10;
inline constexpr int kProtocolFaultsMax = 100;  ///< Reported at once; later ones wait for a repair.
inline constexpr std::size_t kQuestionTextMax = 200;
inline constexpr std::size_t kExplanationMax = 300;
inline constexpr std::size_t kProtocolTitleMax = 120;
inline constexpr std::chrono::hours kReviewMax{24 * 1096};  ///< Three years after its effect.

/// Of a text in UTF-8.
std::size_t CharactersOf(std::string_view text);

/// Everything that is wrong with a version, in the order of the file; empty when it may be loaded.
/// The hard bounds of hazard H-49 are here: severity signs exist, come to P0 or P1 and propose 15
/// or URGENCES; a vital motif never comes to less than P2; author and signatory are two people;
/// effect and review have dates; no cycle, no unreachable question, no unknown code. A checklist
/// gives no priority but that of a regulator's wait; a délégation asks nothing and names its acts.
std::vector<ProtocolFault> CheckProtocol(const Protocol& protocol, care::TestIdentities test);

/// What only a look at the version in force shows: a severity sign that is taken away must be named
/// in `removed_signs`, so that it is a decision and not a slip.
std::vector<ProtocolFault> CheckRemovedSigns(const Protocol& next, const Protocol& in_force);

}  // namespace sas::regulation
