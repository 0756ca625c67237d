#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sql/statement.h"
#include "services/slots/partner_ledger.h"

namespace sas::slots {

/// The tables of migrations 0004 to 0080 over one session. Private to the store.
class SqlPartnerLedger final : public PartnerLedger {
 public:
  explicit SqlPartnerLedger(sql::Session& session) : session_(session) {}

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
  /// Names in the order of their bytes: PostgreSQL would sort by language.
  std::string Bytewise(std::string_view column) const;

  sql::Session& session_;
};

}  // namespace sas::slots
