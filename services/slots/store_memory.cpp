#include "services/slots/store_memory.h"

#include <algorithm>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/store_memory_rows.h"

namespace sas::slots {
namespace {

using Rows = MemorySlotsStore::Rows;

absl::Status ReadOnly() {
  return base::Fail(absl::StatusCode::kInternal, "LEDGER_ERROR", "a reading transaction writes");
}

std::string CommuneKey(std::string_view region, std::string_view code) {
  return std::string(region) + "/" + std::string(code);
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

class MemoryTransaction final : public SlotsTransaction {
 public:
  MemoryTransaction(Rows& rows, ledger::Journal& journal, bool writes)
      : rows_(rows),
        journal_(journal),
        writes_(writes),
        agendas_(rows.agendas, writes),
        imports_(rows.imports, rows.sites, writes),
        partners_(rows.partners, rows.practitioners, writes) {}

  ledger::Journal& journal() override { return journal_; }

  AgendaLedger& agendas() override { return agendas_; }

  ImportLedger& imports() override { return imports_; }

  PartnerLedger& partners() override { return partners_; }

  absl::StatusOr<std::vector<std::string>> ListRegions() override {
    std::vector<std::string> names;
    for (const auto& [name, state] : rows_.regions) names.push_back(name);
    return names;
  }

  absl::StatusOr<RegionState> GetRegion(std::string_view region) override {
    const auto found = rows_.regions.find(region);
    return found == rows_.regions.end() ? RegionState{} : found->second;
  }

  absl::Status SetEpoch(std::string_view region, std::int64_t epoch) override {
    if (!writes_) return ReadOnly();
    RegionState& state = rows_.regions[std::string(region)];
    if (epoch <= state.epoch) return EpochSuperseded(region, epoch);
    state.epoch = epoch;
    return absl::OkStatus();
  }

  absl::StatusOr<std::int64_t> NextDirectory(std::string_view region) override {
    if (!writes_) return ReadOnly();
    const std::int64_t version = ++rows_.regions[std::string(region)].directory;
    versions_[std::string(region)] = version;
    return version;
  }

  absl::Status TouchSite(std::string_view region, std::string_view site) override {
    if (versions_.count(region) == 0) SAS_RETURN_IF_ERROR(NextDirectory(region).status());
    rows_.site_log.Add(region, versions_.find(region)->second, site);
    return absl::OkStatus();
  }

  absl::StatusOr<SiteChanges> ListSiteChanges(std::string_view region,
                                              std::int64_t after) override {
    SAS_ASSIGN_OR_RETURN(const RegionState state, GetRegion(region));
    return rows_.site_log.Since(region, after, state.directory);
  }

  absl::Status PutCommune(std::string_view region, const type::v1::Commune& commune) override {
    return Put(rows_.communes, CommuneKey(region, commune.insee_code()), commune);
  }

  absl::StatusOr<std::optional<type::v1::Commune>> GetCommune(
      std::string_view region, std::string_view insee_code) override {
    return Get(rows_.communes, CommuneKey(region, insee_code));
  }

  absl::StatusOr<std::vector<type::v1::Commune>> ListCommunes(std::string_view region,
                                                              const Page& page) override {
    Page keyed{page.after.empty() ? "" : CommuneKey(region, page.after), page.limit};
    return List(rows_.communes, std::string(region) + "/", keyed);
  }

  absl::StatusOr<std::vector<type::v1::Commune>> FindCommunes(std::string_view region,
                                                              const CommuneQuery& query,
                                                              int limit) override {
    std::vector<type::v1::Commune> found;
    const std::string prefix = std::string(region) + "/";
    for (auto row = rows_.communes.lower_bound(prefix);
         row != rows_.communes.end() && StartsWith(row->first, prefix); ++row) {
      if (Fits(*row->second, query)) found.push_back(*row->second);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.population() > b.population(); });
    if (found.size() > static_cast<std::size_t>(limit)) {
      found.resize(static_cast<std::size_t>(limit));
    }
    return found;
  }

  absl::Status PutStructure(const v1::Structure& structure) override {
    return Put(rows_.structures, structure.name(), structure);
  }

  absl::StatusOr<std::optional<v1::Structure>> GetStructure(std::string_view name) override {
    return Get(rows_.structures, name);
  }

  absl::StatusOr<std::vector<v1::Structure>> ListStructures(std::string_view region,
                                                            const Page& page) override {
    return List(rows_.structures, Prefix(region), page);
  }

  absl::Status PutBarrier(const v1::Barrier& barrier) override {
    return Put(rows_.barriers, barrier.name(), barrier);
  }

  absl::StatusOr<std::vector<v1::Barrier>> ListBarriers(std::string_view region,
                                                        const Page& page) override {
    return List(rows_.barriers, Prefix(region), page);
  }

  absl::Status PutPractitioner(const v1::Practitioner& practitioner) override {
    return Put(rows_.practitioners, practitioner.name(), practitioner);
  }

  absl::StatusOr<std::optional<v1::Practitioner>> GetPractitioner(std::string_view name) override {
    return Get(rows_.practitioners, name);
  }

  absl::StatusOr<std::vector<v1::Practitioner>> ListPractitioners(std::string_view region,
                                                                  const Page& page) override {
    return List(rows_.practitioners, Prefix(region), page);
  }

  absl::Status PutSite(const v1::Site& site) override {
    return Put(rows_.sites, site.name(), site);
  }

  absl::StatusOr<std::optional<v1::Site>> GetSite(std::string_view name) override {
    return Get(rows_.sites, name);
  }

  absl::StatusOr<std::vector<v1::Site>> ListSites(std::string_view region,
                                                  std::string_view territory,
                                                  const Page& page) override {
    return List(rows_.sites, Prefix(region), page, [territory](const v1::Site& site) {
      const auto& served = site.territories();
      return territory.empty() ||
             std::find(served.begin(), served.end(), territory) != served.end();
    });
  }

  absl::Status PutSessionPlan(const v1::SessionPlan& plan) override {
    return Put(rows_.agendas.plans, plan.name(), plan);
  }

  absl::StatusOr<std::vector<v1::SessionPlan>> ListSessionPlans(std::string_view parent,
                                                                const Page& page) override {
    return List(rows_.agendas.plans, std::string(parent) + "/", page);
  }

  absl::StatusOr<std::int64_t> NextSeatSequence(std::string_view slot) override {
    if (!writes_) return ReadOnly();
    SAS_ASSIGN_OR_RETURN(const auto identity, ParseSlotName(slot, "slot"));
    return ++rows_.regions[identity.region].seat_sequence;
  }

  absl::StatusOr<bool> PutSeat(const SeatFact& fact) override {
    if (!writes_) return ReadOnly();
    SAS_RETURN_IF_ERROR(ParseSlotName(fact.slot, "slot").status());
    const auto [row, added] = rows_.seats.try_emplace({fact.slot, fact.seat}, fact);
    const bool changed = added || row->second.appointment != fact.appointment;
    if (changed) {
      row->second = fact;
      row->second.taken = true;
    }
    return changed;
  }

  absl::StatusOr<bool> FreeSeat(std::string_view slot, int seat,
                                std::string_view appointment) override {
    if (!writes_) return ReadOnly();
    const auto row = rows_.seats.find({std::string(slot), seat});
    if (row == rows_.seats.end() || row->second.appointment != appointment) return false;
    rows_.seats.erase(row);
    return true;
  }

  absl::StatusOr<std::vector<SeatFact>> ListSeats(std::string_view region, base::Instant from,
                                                  base::Instant to) override {
    return SeatsWhere(region, from, to, [](const SlotIdentity& /*each*/) { return true; });
  }

  absl::StatusOr<std::vector<SeatFact>> ListSiteSeats(std::string_view site, base::Instant from,
                                                      base::Instant to) override {
    return SeatsWhere(base::RegionOf(site), from, to,
                      [site](const SlotIdentity& each) { return each.site == site; });
  }

  absl::StatusOr<std::vector<SeatFact>> ListSlotSeats(std::string_view slot) override {
    std::vector<SeatFact> facts;
    for (auto row = rows_.seats.lower_bound({std::string(slot), 0});
         row != rows_.seats.end() && row->first.first == slot; ++row) {
      facts.push_back(row->second);
    }
    return facts;
  }

  absl::StatusOr<std::map<std::string, int>> CountSeatsBySite(std::string_view region,
                                                              base::Instant from,
                                                              base::Instant to) override {
    std::map<std::string, int> counts;
    SAS_RETURN_IF_ERROR(EachSeat(region, from, to, [&](const auto& identity, const auto& /*fact*/) {
      ++counts[identity.site];
    }));
    return counts;
  }

  absl::StatusOr<int> PurgeSeats(base::Instant before, int limit) override {
    if (!writes_) return ReadOnly();
    int purged = 0;
    for (auto row = rows_.seats.begin(); row != rows_.seats.end() && purged < limit;) {
      SAS_ASSIGN_OR_RETURN(const auto identity, ParseSlotName(row->first.first, "slot"));
      const bool old = identity.start < before;
      row = old ? rows_.seats.erase(row) : std::next(row);
      purged += old ? 1 : 0;
    }
    return purged;
  }

 private:
  static std::string Prefix(std::string_view region) {
    return base::JoinName({{"regions", region}}) + "/";
  }

  template <typename Message>
  absl::Status Put(Rows::Table<Message>& table, const std::string& key, const Message& message) {
    if (!writes_) return ReadOnly();
    table[key] = std::make_shared<const Message>(message);
    return absl::OkStatus();
  }

  template <typename Message>
  static absl::StatusOr<std::optional<Message>> Get(const Rows::Table<Message>& table,
                                                    std::string_view key) {
    const auto found = table.find(key);
    return found == table.end() ? std::optional<Message>() : *found->second;
  }

  template <typename Message, typename Filter = bool (*)(const Message&)>
  static absl::StatusOr<std::vector<Message>> List(
      const Rows::Table<Message>& table, const std::string& prefix, const Page& page,
      Filter filter = [](const Message&) { return true; }) {
    std::vector<Message> rows;
    for (auto row = page.after.empty() ? table.lower_bound(prefix) : table.upper_bound(page.after);
         row != table.end() && StartsWith(row->first, prefix) &&
         rows.size() < static_cast<std::size_t>(page.limit);
         ++row) {
      if (filter(*row->second)) rows.push_back(*row->second);
    }
    return rows;
  }

  template <typename Each>
  absl::Status EachSeat(std::string_view region, base::Instant from, base::Instant to, Each each) {
    for (const auto& [key, fact] : rows_.seats) {
      SAS_ASSIGN_OR_RETURN(const auto identity, ParseSlotName(fact.slot, "slot"));
      if (identity.region == region && identity.start >= from && identity.start < to) {
        each(identity, fact);
      }
    }
    return absl::OkStatus();
  }

  /// By start, slot and seat.
  template <typename Filter>
  absl::StatusOr<std::vector<SeatFact>> SeatsWhere(std::string_view region, base::Instant from,
                                                   base::Instant to, Filter filter) {
    std::vector<std::pair<base::Instant, SeatFact>> rows;
    SAS_RETURN_IF_ERROR(EachSeat(region, from, to, [&](const auto& identity, const auto& fact) {
      if (filter(identity)) rows.emplace_back(identity.start, fact);
    }));
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<SeatFact> facts;
    facts.reserve(rows.size());
    for (auto& [start, fact] : rows) facts.push_back(std::move(fact));
    return facts;
  }

  Rows& rows_;
  ledger::Journal& journal_;
  const bool writes_;
  MemoryAgendaLedger agendas_;
  MemoryImportLedger imports_;
  MemoryPartnerLedger partners_;
  std::map<std::string, std::int64_t, std::less<>> versions_;  ///< Taken here, by region.
};

}  // namespace

MemorySlotsStore::MemorySlotsStore(const base::Clock& clock)
    : clock_(clock), rows_(std::make_unique<Rows>()) {}

MemorySlotsStore::~MemorySlotsStore() = default;

absl::Status MemorySlotsStore::Write(const base::Call& call,
                                     const std::function<absl::Status(SlotsTransaction&)>& work) {
  const std::lock_guard lock(mutex_);
  auto draft = std::make_unique<Rows>(*rows_);
  const std::unique_ptr<ledger::Journal> journal = ledger_.Begin(call, clock_);
  MemoryTransaction transaction(*draft, *journal, true);
  SAS_RETURN_IF_ERROR(work(transaction));
  rows_ = std::move(draft);
  ledger_.Commit(*journal);
  return absl::OkStatus();
}

absl::Status MemorySlotsStore::Read(const base::Call& call,
                                    const std::function<absl::Status(SlotsTransaction&)>& work) {
  const std::lock_guard lock(mutex_);
  const std::unique_ptr<ledger::Journal> journal = ledger_.Begin(call, clock_);
  MemoryTransaction transaction(*rows_, *journal, false);
  return work(transaction);
}

absl::Status MemorySlotsStore::Ping(const base::Call& /*call*/) {
  return absl::OkStatus();
}

}  // namespace sas::slots
