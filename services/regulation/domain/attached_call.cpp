#include "services/regulation/domain/attached_call.h"

#include <algorithm>
#include <array>

namespace sas::regulation {
namespace {

constexpr std::array<std::string_view, 5> kNoActs{"AttachCall", "DetachCall", "ClaimRegulationCase",
                                                  "ClaimNextRegulationCase",
                                                  "ReleaseRegulationCase"};

}  // namespace

bool HasActed(const std::vector<KeptChange>& changes, std::int64_t from, std::int64_t to) {
  const auto leaves_it =
      std::count_if(changes.begin(), changes.end(), [&](const KeptChange& change) {
        return change.version > from && change.version <= to &&
               std::find(kNoActs.begin(), kNoActs.end(), change.act) != kNoActs.end();
      });
  return leaves_it < to - from;
}

DetachEffect EffectOf(const std::vector<KeptChange>& changes, const AttachedCall& call,
                      std::int64_t next_version, std::int64_t version) {
  const std::int64_t until = next_version == 0 ? version : next_version;
  if (HasActed(changes, call.version, until)) return DetachEffect::kKeep;
  return next_version == 0 ? DetachEffect::kRestore : DetachEffect::kPassOn;
}

Priority OwnPriority(Priority first) {
  return first == Priority::kP0 || first == Priority::kP1 ? first : Priority::kUnspecified;
}

}  // namespace sas::regulation
