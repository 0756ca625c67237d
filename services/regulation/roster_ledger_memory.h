#pragma once

#include <map>
#include <memory>
#include <string>

#include "services/regulation/neighbour_ledger.h"
#include "services/regulation/roster_ledger.h"

namespace sas::regulation {

/// Rows of the store in memory, shared between copies and never changed in place.
struct MemoryRosterRows {
  template <typename Message>
  using Table = std::map<std::string, std::shared_ptr<const Message>>;

  Table<v1::Shift> shifts;
  Table<v1::Surge> surges;
  Table<v1::Coordinator> coordinators;
  Table<v1::NeighbourConvention> conventions;
  std::map<std::string, OpenOffer> offers;  ///< By dossier.
};

class MemoryRosterLedger final : public RosterLedger {
 public:
  explicit MemoryRosterLedger(MemoryRosterRows& rows) : rows_(rows) {}

  absl::StatusOr<v1::Shift> GetShift(const std::string& name) override;
  absl::Status PutShift(const v1::Shift& shift) override;
  absl::StatusOr<std::vector<v1::Shift>> ListShifts(const ShiftQuery& query) override;

  absl::Status LockPerson(const std::string&, const std::string&) override {
    return absl::OkStatus();  // One transaction at a time.
  }

  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ListRosters() override;
  absl::StatusOr<std::optional<v1::Surge>> FindSurge(const std::string& name) override;
  absl::Status PutSurge(const v1::Surge& surge) override;
  absl::StatusOr<std::vector<v1::Surge>> ListSurges(const std::string& region) override;
  absl::StatusOr<v1::Coordinator> GetCoordinator(const std::string& name) override;
  absl::Status PutCoordinator(const v1::Coordinator& coordinator) override;
  absl::Status DropCoordinator(const std::string& name) override;
  absl::StatusOr<std::vector<v1::Coordinator>> ListCoordinators(
      const CoordinatorQuery& query) override;

 private:
  MemoryRosterRows& rows_;
};

class MemoryNeighbourLedger final : public NeighbourLedger {
 public:
  explicit MemoryNeighbourLedger(MemoryRosterRows& rows) : rows_(rows) {}

  absl::Status PutOffer(const OpenOffer& offer) override;
  absl::Status DropOffer(const std::string& case_name) override;
  absl::StatusOr<std::vector<OpenOffer>> ListOffers(const OfferQuery& query) override;
  absl::StatusOr<v1::NeighbourConvention> GetConvention(const std::string& name) override;
  absl::Status PutConvention(const v1::NeighbourConvention& convention) override;
  absl::StatusOr<std::vector<v1::NeighbourConvention>> ListConventions(
      const ConventionQuery& query) override;

 private:
  MemoryRosterRows& rows_;
};

}  // namespace sas::regulation
