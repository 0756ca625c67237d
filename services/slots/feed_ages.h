#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "services/slots/domain/feed_source.h"
#include "services/slots/region_ledger.h"

namespace sas::slots {

/// Who vouches for each agenda that lives elsewhere, and when he did last: one FeedSource for each
/// agenda in this process, whatever view or frame speaks of it. Thread-safe.
class FeedAges {
 public:
  /// The agenda's source, made if need be, after its word of `vouched`.
  std::shared_ptr<const FeedSource> Heard(std::string_view agenda, const std::string& partner,
                                          base::Instant vouched);

  /// Lets every slot of partners that was read from the ledger share its agenda's source.
  void Attach(RegionLedger& ledger);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<FeedSource>, std::less<>> sources_;
};

}  // namespace sas::slots
