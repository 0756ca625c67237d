#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/slots/v1/partner.pb.h"
#include "sas/slots/v1/partner_feed_service.pb.h"
#include "services/slots/domain/feed_source.h"
#include "services/slots/domain/partner_sequence.h"

namespace sas::slots {

/// An agenda that lives with a platform.
struct FedAgenda {
  std::string name;     ///< regions/{region}/sites/{site}/agendas/{agenda}
  std::string partner;  ///< Subject of the platform that published it first.
  FeedPosition position;
  base::Instant vouched{};   ///< When its source last vouched for it, by the source's own time.
  MasterSaid said{};         ///< Whose word counts about its bookings.
  std::int64_t changed = 0;  ///< Sequence of the last frame that changed a slot; 0: unknown.
};

/// A slot of such an agenda.
struct FedSlot {
  v1::PartnerSlot slot;      ///< As the source told it last.
  std::string practitioner;  ///< Resource name.
  int known = 0;            ///< Of our appointments, those that `slot.free_seats` no longer counts.
  base::Instant refused{};  ///< When the source refused it (phantom); zero: never.
  TakenWord word = TakenWord::kNone;
};

struct FedSlotOf {
  std::string agenda;
  FedSlot fed;
};

/// An agenda as a list shows it.
struct FedAgendaRow {
  FedAgenda agenda;
  int slots = 0;     ///< To come, with a free seat at the source.
  int phantoms = 0;  ///< Since the time that was asked for.
  int barred = 0;    ///< Of `slots`; by whoever knows the site (CountBarred).
};

/// When a slot is, and who receives.
struct FedTime {
  base::Instant start;
  base::Instant end;
  std::string practitioner;  ///< Resource name.
};

/// A platform as a list shows it.
struct PartnerRow {
  std::string partner;  ///< Subject.
  int agendas = 0;      ///< Of the region, that it has published.
  std::optional<v1::Partner> record;
};

/// The tables of partner feeds, inside one transaction of the store. Not thread-safe.
class PartnerLedger {
 public:
  virtual ~PartnerLedger() = default;

  virtual absl::StatusOr<std::optional<FedAgenda>> GetAgenda(std::string_view name) = 0;
  virtual absl::Status PutAgenda(const FedAgenda& agenda) = 0;
  /// Agendas of a region after `after` by name, at most `limit`; of one partner unless empty.
  virtual absl::StatusOr<std::vector<FedAgendaRow>> ListAgendas(std::string_view region,
                                                                std::string_view partner,
                                                                std::string_view after, int limit,
                                                                base::Instant now,
                                                                base::Instant phantoms_since) = 0;

  /// Agendas of a region that the partner has published.
  virtual absl::StatusOr<int> CountAgendas(std::string_view region, std::string_view partner) = 0;

  /// What was agreed with a platform, by the record's name.
  virtual absl::StatusOr<std::optional<v1::Partner>> GetPartner(std::string_view name) = 0;
  /// Creates or replaces by name, `regions/r/partners/p`.
  virtual absl::Status PutPartner(const v1::Partner& partner) = 0;
  /// Platforms of a region with a record or an agenda, by subject after `after`, at most `limit`.
  virtual absl::StatusOr<std::vector<PartnerRow>> ListPartners(std::string_view region,
                                                               std::string_view after,
                                                               int limit) = 0;

  /// Slots of one agenda that start in [from, to), by start.
  virtual absl::StatusOr<std::vector<FedSlot>> ListSlots(std::string_view agenda,
                                                         base::Instant from, base::Instant to) = 0;
  /// Those that FedAgendaRow.slots counts, by start: without reading what their source told.
  virtual absl::StatusOr<std::vector<FedTime>> ListTimes(std::string_view agenda,
                                                         base::Instant now) = 0;
  /// Slots of all agendas of a site (or, by `regions/r`, of a region) from `from` on, by agenda and
  /// start.
  virtual absl::StatusOr<std::vector<FedSlotOf>> ListSlotsOf(std::string_view parent,
                                                             base::Instant from) = 0;
  /// Sites where slots from `from` on name the practitioner, by name.
  virtual absl::StatusOr<std::vector<std::string>> ListSitesOf(std::string_view practitioner,
                                                               base::Instant from) = 0;
  /// Creates or replaces by agenda and start.
  virtual absl::Status PutSlot(std::string_view agenda, const FedSlot& slot) = 0;
  virtual absl::Status DeleteSlot(std::string_view agenda, base::Instant start) = 0;
  /// Forgets slots that started before `before`, at most `limit`; gives their number.
  virtual absl::StatusOr<int> PurgeSlots(base::Instant before, int limit) = 0;

  /// The source refused the slot that starts then.
  virtual absl::Status AddPhantom(std::string_view agenda, base::Instant start, base::Instant at,
                                  std::string_view source_code) = 0;
  /// Refusals of a partner in a region since then.
  virtual absl::StatusOr<std::int64_t> CountPhantoms(std::string_view region,
                                                     std::string_view partner,
                                                     base::Instant since) = 0;

  /// Resource names of practitioners of a region by their RPPS; unknown ones are absent.
  virtual absl::StatusOr<std::map<std::string, std::string>> FindPractitioners(
      std::string_view region, const std::vector<std::string>& rpps) = 0;
};

/// `regions/r/sites/s` of an agenda's name.
std::string_view SiteOfAgenda(std::string_view agenda);
/// The other way.
std::string AgendaName(std::string_view site, std::string_view agenda_id);

}  // namespace sas::slots
