#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/neighbour_service.pb.h"

namespace sas::regulation {

/// An offer that nobody has answered. What it is about stands on the dossier.
struct OpenOffer {
  std::string case_name;
  std::string from;
  std::string to;
  base::Instant alarm{};
};

struct OfferQuery {
  std::string region;                    ///< Empty: all.
  std::vector<std::string> territories;  ///< Either side among them; empty: all.
  base::Instant after_alarm{};           ///< With `after`: the last one of the page before.
  std::string after;                     ///< Its dossier; empty: from the first.
  int limit = 0;
};

struct ConventionQuery {
  std::string region;
  std::string host;   ///< Empty: all.
  std::string after;  ///< Name of the last one of the page before.
  int limit = 0;
};

/// Offers and conventions; part of a RegulationTransaction and of its rules.
class NeighbourLedger {
 public:
  virtual ~NeighbourLedger() = default;

  /// Replaces the one of this dossier.
  virtual absl::Status PutOffer(const OpenOffer& offer) = 0;
  virtual absl::Status DropOffer(const std::string& case_name) = 0;
  /// Soonest alarm first, then by dossier.
  virtual absl::StatusOr<std::vector<OpenOffer>> ListOffers(const OfferQuery& query) = 0;

  /// NOT_FOUND `CONVENTION_NOT_FOUND`.
  virtual absl::StatusOr<v1::NeighbourConvention> GetConvention(const std::string& name) = 0;
  /// ABORTED `CONCURRENT_CHANGE` unless the etag is the successor of the stored one.
  virtual absl::Status PutConvention(const v1::NeighbourConvention& convention) = 0;
  /// By name.
  virtual absl::StatusOr<std::vector<v1::NeighbourConvention>> ListConventions(
      const ConventionQuery& query) = 0;
};

absl::Status ConventionNotFound(const std::string& name);

}  // namespace sas::regulation
