#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "services/slots/domain/index/relaxed.h"

namespace sas::slots {

/// The rules of a site in the parts of Judge; each byte is the same for all needs of one class.
struct Verdict {
  static constexpr std::uint8_t kUnknown = 0xff;  ///< Not judged yet.
  static constexpr std::uint8_t kExclusion = 0x1f;

  // Of a site's entry, beside the exclusion of JudgeEntry.
  static constexpr std::uint8_t kAccessReason = 0x20;  ///< Its papers refuse the reason of access.
  // Of a site's care, beside the exclusion of JudgeCare.
  static constexpr std::uint8_t kNamesMotif = 0x20;  ///< The protocol names the motif.
  // Of a series' care: the exclusion of JudgeSeries, or 0.

  // Of a series' audience: one of these, or 0 when every slot of it may be had…
  static constexpr std::uint8_t kWithdrawn = 1;
  static constexpr std::uint8_t kUnstaffed = 2;
  static constexpr std::uint8_t kOtherMode = 3;
  static constexpr std::uint8_t kOtherAudience = 4;  ///< Class or allocation.
  static constexpr std::uint8_t kReason = 0x07;
  // … and beside that:
  static constexpr std::uint8_t kAfterRelease = 0x08;  ///< Once the slot's release has come.
  static constexpr std::uint8_t kGivenBack = 0x10;     ///< Until it is given back.
  static constexpr std::uint8_t kOtherSource = 0x20;   ///< Lives elsewhere: who vouches is asked.
  static constexpr std::uint8_t kAsksWho = 0x40;       ///< Not for everybody: Scan::StateOfAsker.
};

/// Verdicts of one class of needs for the sites and the series of a region, by the numbers that
/// their tiles have. Filled when they are first asked for; any thread may.
struct VerdictTable {
  VerdictTable(std::size_t sites_max, std::size_t series_max)
      : sites(sites_max, Relaxed<std::uint8_t>(Verdict::kUnknown)),
        series(series_max, Relaxed<std::uint8_t>(Verdict::kUnknown)) {}

  std::vector<Relaxed<std::uint8_t>> sites;
  std::vector<Relaxed<std::uint8_t>> series;
};

}  // namespace sas::slots
