#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/ledger/journal_sql.h"
#include "common/sql/statement.h"
#include "services/slots/import_ledger_sql.h"
#include "services/slots/partner_ledger_sql.h"
#include "services/slots/store.h"
#include "services/slots/store_sql_query.h"
#include "services/slots/store_sql_rows.h"
#include "services/slots/template_ledger_sql.h"

namespace sas::slots {

/// The transaction over one session. Private to the store.
class SqlTransaction final : public SlotsTransaction, private AgendaLedger, private SqlRows {
 public:
  SqlTransaction(sql::Session& session, sql::Access access, const base::Call& call,
                 const base::Clock& clock)
      : SqlRows(session),
        journal_(session, access, call, clock),
        imports_(session),
        partners_(session),
        templates_(session) {}

  ledger::Journal& journal() override { return journal_; }

  AgendaLedger& agendas() override { return *this; }

  ImportLedger& imports() override { return imports_; }

  PartnerLedger& partners() override { return partners_; }

  bool published() const { return journal_.published(); }

  absl::StatusOr<std::vector<std::string>> ListRegions() override;
  absl::StatusOr<RegionState> GetRegion(std::string_view region) override;
  absl::Status SetEpoch(std::string_view region, std::int64_t epoch) override;
  absl::StatusOr<std::int64_t> NextDirectory(std::string_view region) override;
  absl::Status TouchSite(std::string_view region, std::string_view site) override;
  absl::StatusOr<SiteChanges> ListSiteChanges(std::string_view region, std::int64_t after) override;
  absl::Status PutCommune(std::string_view region, const type::v1::Commune& commune) override;
  absl::StatusOr<std::optional<type::v1::Commune>> GetCommune(std::string_view region,
                                                              std::string_view code) override;
  absl::StatusOr<std::vector<type::v1::Commune>> ListCommunes(std::string_view region,
                                                              const Page& page) override;
  absl::StatusOr<std::vector<type::v1::Commune>> FindCommunes(std::string_view region,
                                                              const CommuneQuery& query,
                                                              int limit) override;
  absl::Status PutStructure(const v1::Structure& structure) override;
  absl::StatusOr<std::optional<v1::Structure>> GetStructure(std::string_view name) override;
  absl::StatusOr<std::vector<v1::Structure>> ListStructures(std::string_view region,
                                                            const Page& page) override;
  absl::Status PutBarrier(const v1::Barrier& barrier) override;
  absl::StatusOr<std::vector<v1::Barrier>> ListBarriers(std::string_view region,
                                                        const Page& page) override;
  absl::Status PutPractitioner(const v1::Practitioner& practitioner) override;
  absl::StatusOr<std::optional<v1::Practitioner>> GetPractitioner(std::string_view name) override;
  absl::StatusOr<std::vector<v1::Practitioner>> ListPractitioners(std::string_view region,
                                                                  const Page& page) override;
  absl::Status PutSite(const v1::Site& site) override;
  absl::StatusOr<std::optional<v1::Site>> GetSite(std::string_view name) override;
  absl::StatusOr<std::vector<v1::Site>> ListSites(std::string_view region,
                                                  std::string_view territory,
                                                  const Page& page) override;
  absl::Status PutSessionPlan(const v1::SessionPlan& plan) override;
  absl::StatusOr<std::vector<v1::SessionPlan>> ListSessionPlans(std::string_view parent,
                                                                const Page& page) override;

  absl::StatusOr<std::int64_t> NextSeatSequence(std::string_view slot) override;
  absl::StatusOr<bool> PutSeat(const SeatFact& fact) override;
  absl::StatusOr<bool> FreeSeat(std::string_view slot, int seat,
                                std::string_view appointment) override;
  absl::StatusOr<std::vector<SeatFact>> ListSeats(std::string_view region, base::Instant from,
                                                  base::Instant to) override;
  absl::StatusOr<std::vector<SeatFact>> ListSiteSeats(std::string_view site, base::Instant from,
                                                      base::Instant to) override;
  absl::StatusOr<std::vector<SeatFact>> ListSlotSeats(std::string_view slot) override;
  absl::StatusOr<std::map<std::string, int>> CountSeatsBySite(std::string_view region,
                                                              base::Instant from,
                                                              base::Instant to) override;
  absl::StatusOr<int> PurgeSeats(base::Instant before, int limit) override;

 private:
  absl::StatusOr<std::optional<v1::SessionPlan>> GetPlan(std::string_view name) override;
  absl::StatusOr<std::vector<v1::SessionPlan>> ListPlansOf(std::string_view practitioner) override;
  absl::Status DeletePlan(std::string_view name) override;
  absl::Status PutException(const v1::AgendaException& exception) override;
  absl::StatusOr<std::optional<v1::AgendaException>> GetException(std::string_view name) override;
  absl::Status DeleteException(std::string_view name) override;
  absl::StatusOr<std::vector<v1::AgendaException>> ListExceptions(std::string_view parent,
                                                                  base::Instant ending_after,
                                                                  const Page& page) override;
  absl::StatusOr<std::vector<v1::AgendaException>> ListOpeningsOf(
      std::string_view practitioner, base::Instant ending_after) override;
  absl::StatusOr<int> PurgeExceptions(base::Instant before, int limit) override;

  TemplateLedger& templates() override { return templates_; }

  /// One more in a counter of the region.
  absl::StatusOr<std::int64_t> Next(std::string_view region, const char* counter);
  /// Taken seats where `column` is `value`, by start, slot and seat.
  absl::StatusOr<std::vector<SeatFact>> SeatsOf(const char* column, std::string_view value,
                                                base::Instant from, base::Instant to);
  /// Rows of `table` that are the practitioner's.
  SqlQuery Naming(const char* table, std::string_view practitioner) const;
  /// Whose a row of such a table is, where the ledger does not derive it (migration 0090).
  absl::Status NotePractitioner(const char* table, const std::string& name,
                                const std::string& practitioner);

  ledger::SqlJournal journal_;
  SqlImportLedger imports_;
  SqlPartnerLedger partners_;
  SqlTemplateLedger templates_;
  std::map<std::string, std::int64_t, std::less<>> versions_;  ///< Taken here, by region.
  std::map<std::string, long long> logged_;                    ///< Those of which the region knows.
};

}  // namespace sas::slots
