#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/ledger/journal.h"
#include "sas/slots/v1/barrier.pb.h"
#include "sas/slots/v1/practitioner.pb.h"
#include "sas/slots/v1/session_plan.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "sas/type/v1/place.pb.h"
#include "services/slots/agenda_ledger.h"
#include "services/slots/import_ledger.h"
#include "services/slots/partner_ledger.h"
#include "services/slots/seat_values.h"
#include "services/slots/store_rows.h"

namespace sas::slots {

/// The ledger inside one transaction: what a territory offers, and which of its seats are taken.
/// Names are full resource names; absent rows are an empty optional, not an error. Not thread-safe.
class SlotsTransaction {
 public:
  virtual ~SlotsTransaction() = default;
  virtual ledger::Journal& journal() = 0;
  /// Plans one by one, openings and closures.
  virtual AgendaLedger& agendas() = 0;
  /// Files that are imported piece by piece.
  virtual ImportLedger& imports() = 0;
  /// Agendas that live with booking platforms.
  virtual PartnerLedger& partners() = 0;

  // Regions.

  virtual absl::StatusOr<std::vector<std::string>> ListRegions() = 0;
  virtual absl::StatusOr<RegionState> GetRegion(std::string_view region) = 0;
  /// ABORTED `EPOCH_SUPERSEDED` unless it is greater than the present one.
  virtual absl::Status SetEpoch(std::string_view region, std::int64_t epoch) = 0;
  /// One more; makes the region known. Every import takes it first, so that two never interleave.
  /// Unless TouchSite follows in the same transaction, it stands for a change of everything.
  virtual absl::StatusOr<std::int64_t> NextDirectory(std::string_view region) = 0;
  /// Whatever makes `site`'s rules or slots has changed (its full name; empty: all of the region):
  /// logs it under the transaction's version of the directory, which it takes if need be. Every
  /// writer of sites, plans, exceptions and partner slots calls it.
  virtual absl::Status TouchSite(std::string_view region, std::string_view site) = 0;
  /// What TouchSite logged after version `after`.
  virtual absl::StatusOr<SiteChanges> ListSiteChanges(std::string_view region,
                                                      std::int64_t after) = 0;

  // Directory. Put creates or replaces by name.

  virtual absl::Status PutCommune(std::string_view region, const type::v1::Commune& commune) = 0;
  virtual absl::StatusOr<std::optional<type::v1::Commune>> GetCommune(
      std::string_view region, std::string_view insee_code) = 0;
  /// By INSEE code.
  virtual absl::StatusOr<std::vector<type::v1::Commune>> ListCommunes(std::string_view region,
                                                                      const Page& page) = 0;
  /// Most populous first, then by INSEE code.
  virtual absl::StatusOr<std::vector<type::v1::Commune>> FindCommunes(std::string_view region,
                                                                      const CommuneQuery& query,
                                                                      int limit) = 0;

  virtual absl::Status PutStructure(const v1::Structure& structure) = 0;
  virtual absl::StatusOr<std::optional<v1::Structure>> GetStructure(std::string_view name) = 0;
  virtual absl::StatusOr<std::vector<v1::Structure>> ListStructures(std::string_view region,
                                                                    const Page& page) = 0;

  virtual absl::Status PutBarrier(const v1::Barrier& barrier) = 0;
  virtual absl::StatusOr<std::vector<v1::Barrier>> ListBarriers(std::string_view region,
                                                                const Page& page) = 0;

  virtual absl::Status PutPractitioner(const v1::Practitioner& practitioner) = 0;
  virtual absl::StatusOr<std::optional<v1::Practitioner>> GetPractitioner(
      std::string_view name) = 0;
  virtual absl::StatusOr<std::vector<v1::Practitioner>> ListPractitioners(std::string_view region,
                                                                          const Page& page) = 0;

  virtual absl::Status PutSite(const v1::Site& site) = 0;
  virtual absl::StatusOr<std::optional<v1::Site>> GetSite(std::string_view name) = 0;
  /// `territory` empty means all.
  virtual absl::StatusOr<std::vector<v1::Site>> ListSites(std::string_view region,
                                                          std::string_view territory,
                                                          const Page& page) = 0;

  virtual absl::Status PutSessionPlan(const v1::SessionPlan& plan) = 0;
  /// `parent` is a region or a site.
  virtual absl::StatusOr<std::vector<v1::SessionPlan>> ListSessionPlans(std::string_view parent,
                                                                        const Page& page) = 0;

  // Seats that appointments have. A slot's name gives its region, site and start.

  /// One more for the region of `slot`: the sequence of the next PutSeat or FreeSeat. Also what
  /// makes two writers of one region wait for each other.
  virtual absl::StatusOr<std::int64_t> NextSeatSequence(std::string_view slot) = 0;
  /// `fact.appointment` has the seat from now, whoever had it before: booking's ledger has the last
  /// word. False when it had it already. INVALID_ARGUMENT `INVALID_RESOURCE_NAME` for no slot.
  virtual absl::StatusOr<bool> PutSeat(const SeatFact& fact) = 0;
  /// Frees the seat if `appointment` has it; true when it did.
  virtual absl::StatusOr<bool> FreeSeat(std::string_view slot, int seat,
                                        std::string_view appointment) = 0;
  /// Taken seats of slots that start in [from, to), by start, slot and seat.
  virtual absl::StatusOr<std::vector<SeatFact>> ListSeats(std::string_view region,
                                                          base::Instant from, base::Instant to) = 0;
  /// The same of one site.
  virtual absl::StatusOr<std::vector<SeatFact>> ListSiteSeats(std::string_view site,
                                                              base::Instant from,
                                                              base::Instant to) = 0;
  /// Taken seats of one slot, by seat.
  virtual absl::StatusOr<std::vector<SeatFact>> ListSlotSeats(std::string_view slot) = 0;
  /// Taken seats for each site, of slots that start in [from, to); sites without any are absent.
  virtual absl::StatusOr<std::map<std::string, int>> CountSeatsBySite(std::string_view region,
                                                                      base::Instant from,
                                                                      base::Instant to) = 0;
  /// Forgets seats of slots that started before `before`, at most `limit`; gives their number.
  virtual absl::StatusOr<int> PurgeSeats(base::Instant before, int limit) = 0;
};

/// ABORTED `EPOCH_SUPERSEDED`: another replica was faster.
absl::Status EpochSuperseded(std::string_view region, std::int64_t epoch);

/// The ledger of sas-slots. Thread-safe. Work may run twice and has no effects outside (see
/// sql::Database); a status other than OK undoes what it did.
class SlotsStore {
 public:
  virtual ~SlotsStore() = default;
  virtual absl::Status Write(const base::Call& call,
                             const std::function<absl::Status(SlotsTransaction&)>& work) = 0;
  /// Writing inside is refused.
  virtual absl::Status Read(const base::Call& call,
                            const std::function<absl::Status(SlotsTransaction&)>& work) = 0;
  /// Can the ledger answer now?
  virtual absl::Status Ping(const base::Call& call) = 0;
  virtual ledger::Feed& feed() = 0;
};

}  // namespace sas::slots
