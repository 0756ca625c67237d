#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/observe/metrics.h"
#include "services/slots/domain/partner_limits.h"

namespace sas::slots {

/// What is counted of partner feeds. A platform's subject is a label, because there are few: the
/// first kPartnersMax have their own, the others count as "other". Thread-safe.
class PartnerMetrics {
 public:
  static constexpr std::size_t kPartnersMax = 50;

  PartnerMetrics(observe::Metrics& metrics, const base::Clock& clock)
      : metrics_(metrics), clock_(clock) {}

  /// Outcome of a frame: applied, duplicate, gap, refused, rate, breaker, failed.
  void Frame(const std::string& partner, std::string_view outcome);
  void SlotsRefused(const std::string& partner, int count);
  void Phantom(const std::string& partner);
  void BreakerStands(const std::string& partner, Breaker::State state);
  /// The agenda of the partner that was vouched for longest ago, of those with slots to come.
  void Oldest(const std::string& partner, base::Instant vouched);
  /// Refused by the source of all that were to be booked there, of the last days.
  void PhantomShare(const std::string& partner, double share);

  /// What is in force for a partner with which something was agreed in the region.
  void Limits(const std::string& partner, const std::string& region, const PartnerLimits& limits);

  /// Seats of ours that the partner still offers (PartnerCompare).
  void UnknownSeats(const std::string& partner, int count);

  /// Streams that the partner has open here: over the last one it is asked.
  void Streams(const std::string& partner, int count);
  /// A question of a kind (check, confirm, cancel) and what came of it: yes, no, later; not_asked,
  /// silent, cut; of kind none: unasked, an answer to no question.
  void Asked(const std::string& partner, std::string_view kind, std::string_view outcome);
  /// A question whose stream ends at another replica: answered, refused (there), silent, not_asked
  /// (too many wait); late: taken here when nobody waited any more.
  void Relayed(const std::string& partner, std::string_view outcome);
  /// From a question to its answer.
  void Answered(const std::string& partner, double seconds);

 private:
  std::string Label(const std::string& partner);

  observe::Metrics& metrics_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::set<std::string> partners_;
  std::map<std::string, std::shared_ptr<std::atomic<std::int64_t>>> vouched_us_;  ///< By label.
};

}  // namespace sas::slots
