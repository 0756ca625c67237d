#pragma once

#include "common/sql/database.h"
#include "services/regulation/neighbour_ledger.h"
#include "services/regulation/roster_ledger.h"

namespace sas::regulation {

/// RosterLedger on SQLite and PostgreSQL, inside a transaction of the store.
class SqlRosterLedger final : public RosterLedger {
 public:
  SqlRosterLedger(sql::Session& session, sql::Access access) : session_(session), access_(access) {}

  absl::StatusOr<v1::Shift> GetShift(const std::string& name) override;
  absl::Status PutShift(const v1::Shift& shift) override;
  absl::StatusOr<std::vector<v1::Shift>> ListShifts(const ShiftQuery& query) override;
  absl::Status LockPerson(const std::string& region, const std::string& subject) override;
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
  sql::Session& session_;
  const sql::Access access_;
};

/// NeighbourLedger, the same.
class SqlNeighbourLedger final : public NeighbourLedger {
 public:
  SqlNeighbourLedger(sql::Session& session, sql::Access access)
      : session_(session), access_(access) {}

  absl::Status PutOffer(const OpenOffer& offer) override;
  absl::Status DropOffer(const std::string& case_name) override;
  absl::StatusOr<std::vector<OpenOffer>> ListOffers(const OfferQuery& query) override;
  absl::StatusOr<v1::NeighbourConvention> GetConvention(const std::string& name) override;
  absl::Status PutConvention(const v1::NeighbourConvention& convention) override;
  absl::StatusOr<std::vector<v1::NeighbourConvention>> ListConventions(
      const ConventionQuery& query) override;

 private:
  sql::Session& session_;
  const sql::Access access_;
};

}  // namespace sas::regulation
