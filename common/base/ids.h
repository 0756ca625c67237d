#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace sas::base {

/// Source of chance, injected like time.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t Next() = 0;
};

/// Seeded from the system; thread-safe.
class SystemRandom final : public Random {
 public:
  std::uint64_t Next() override;
};

/// 26 characters, lower-case Crockford base 32, sortable by time (ULID): ids of resources.
std::string MakeId(const Clock& clock, Random& random);

/// 32 hex digits of chance: hold tokens, trace ids.
std::string MakeToken(Random& random);

/// Random UUID (version 4), lower case: request ids.
std::string MakeRequestId(Random& random);

/// A UUID in its 8-4-4-4-12 form, or a paper-form number such as R-2026-11-23-S07-014 (1 to 64
/// characters of letters, digits, '.', '_' and '-'): what a request_id may be.
bool IsRequestId(std::string_view text);

}  // namespace sas::base
