#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sas/slots/v1/practitioner.pb.h"
#include "services/slots/partner_ledger.h"

namespace sas::slots {

/// What the store in memory keeps of partner feeds. Rows are shared between copies and never
/// changed in place.
struct PartnerRows {
  using SlotKey = std::pair<std::string, base::Instant>;  ///< Agenda and start.

  struct Phantom {
    std::string agenda, partner, source_code;
    base::Instant start, at;
  };

  std::map<std::string, FedAgenda, std::less<>> agendas;
  std::map<std::string, std::shared_ptr<const v1::Partner>, std::less<>> records;  ///< By name.
  std::map<SlotKey, std::shared_ptr<const FedSlot>> slots;
  std::vector<Phantom> phantoms;
};

/// The same contract over maps. Private to the store.
class MemoryPartnerLedger final : public PartnerLedger {
 public:
  using Practitioners = std::map<std::string, std::shared_ptr<const v1::Practitioner>, std::less<>>;

  MemoryPartnerLedger(PartnerRows& rows, const Practitioners& practitioners, bool writes)
      : rows_(rows), practitioners_(practitioners), writes_(writes) {}

  absl::StatusOr<std::optional<FedAgenda>> GetAgenda(std::string_view name) override;
  absl::Status PutAgenda(const FedAgenda& agenda) override;
  absl::StatusOr<std::vector<FedAgendaRow>> ListAgendas(std::string_view region,
                                                        std::string_view partner,
                                                        std::string_view after, int limit,
                                                        base::Instant now,
                                                        base::Instant phantoms_since) override;
  absl::StatusOr<int> CountAgendas(std::string_view region, std::string_view partner) override;
  absl::StatusOr<std::optional<v1::Partner>> GetPartner(std::string_view name) override;
  absl::Status PutPartner(const v1::Partner& partner) override;
  absl::StatusOr<std::vector<PartnerRow>> ListPartners(std::string_view region,
                                                       std::string_view after, int limit) override;
  absl::StatusOr<std::vector<FedSlot>> ListSlots(std::string_view agenda, base::Instant from,
                                                 base::Instant to) override;
  absl::StatusOr<std::vector<FedTime>> ListTimes(std::string_view agenda,
                                                 base::Instant now) override;
  absl::StatusOr<std::vector<FedSlotOf>> ListSlotsOf(std::string_view parent,
                                                     base::Instant from) override;
  absl::StatusOr<std::vector<std::string>> ListSitesOf(std::string_view practitioner,
                                                       base::Instant from) override;
  absl::Status PutSlot(std::string_view agenda, const FedSlot& slot) override;
  absl::Status DeleteSlot(std::string_view agenda, base::Instant start) override;
  absl::StatusOr<int> PurgeSlots(base::Instant before, int limit) override;
  absl::Status AddPhantom(std::string_view agenda, base::Instant start, base::Instant at,
                          std::string_view source_code) override;
  absl::StatusOr<std::int64_t> CountPhantoms(std::string_view region, std::string_view partner,
                                             base::Instant since) override;
  absl::StatusOr<std::map<std::string, std::string>> FindPractitioners(
      std::string_view region, const std::vector<std::string>& rpps) override;

 private:
  absl::Status MayWrite() const;

  PartnerRows& rows_;
  const Practitioners& practitioners_;
  const bool writes_;
};

}  // namespace sas::slots
