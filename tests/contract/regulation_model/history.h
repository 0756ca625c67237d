#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// Histories of a regulation room as data: made at random from a seed, printed, and shrunk to what
/// still shows a fault. An act keeps its meaning when others before it are left out.
namespace sas::regulation::model {

enum class ActKind {
  kOpen,        ///< `a` 1: the motif may be vital; `b`: which number calls.
  kPrioritize,  ///< `a`: the level; `b`: the chain, 0 for none; `c`: bits of Given.
  kClaim,       ///< By name.
  kClaimNext,   ///< `a`: the chain, 0 for his own.
  kRelease,     ///<
  kTransfer,    ///< `a`: the chain.
  kDecide,      ///< Under the version on his screen; `a` 1: the latest; 2: an older.
  kCallAgain,   ///< The caller calls again; `b`: from which number.
  kNote,        ///< A line of the thread.
  kComplete,    ///< `c`: bits of Given.
  kClose,       ///< `c`: bits of Given.
  kLoseCall,    ///< Somebody hung up; `b`: which number.
  kReturnCall,  ///< Somebody calls back; `which` of the lost calls.
  kRepeat,      ///< The same request again; `which` of those that were acknowledged.
  kLeave,       ///< His console is gone: until he is back he does nothing.
  kComeBack,    ///<
  kTimePasses,  ///< `a` seconds.
  kCount,
};

/// What comes with an act.
enum Given : int {
  kEtag = 1,
  kStaleEtag = 2,  ///< Counts only with kEtag.
  kReason = 4,
  kConfirmed = 8,    ///< The second act for a vital motif.
  kWindow = 16,      ///< Of a promised callback, with the consent.
  kLateWindow = 32,  ///< It starts in half an hour, not now.
  kNoConsent = 64,
};

inline constexpr int kWindowSeconds = 1800;

struct Act {
  ActKind kind = ActKind::kTimePasses;
  int who = 0;    ///< Index into Operators().
  int which = 0;  ///< A dossier (a lost call, a request), modulo how many there are.
  int a = 0;
  int b = 0;
  int c = 0;
};

using History = std::vector<Act>;

enum class Post { kArm, kRegulatorAmu, kRegulatorMg, kSupervisor };

struct Operator {
  const char* name;
  Post post;
};

const std::vector<Operator>& Operators();

/// Levels as the history numbers them; equal to the values of sas.regulation.v1.Priority.
enum Level : int { kUnset = 0, kP0 = 1, kP1 = 2, kP2 = 3, kP3 = 4, kNr = 5 };

/// Chains likewise.
enum Chain : int { kNoChain = 0, kAmu = 1, kSnp = 2 };

/// The same history for the same seed, on every machine.
History RandomHistory(std::uint64_t seed);

/// One act in each line.
std::string Print(const History& history);

/// A part of `history` that fails as well and of which no act can be left out.
History Shrink(History history, const std::function<bool(const History&)>& fails);

}  // namespace sas::regulation::model
