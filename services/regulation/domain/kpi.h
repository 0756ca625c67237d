#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/regulation/domain/dialled_number.h"
#include "services/regulation/domain/kpi_mark.h"

namespace sas::regulation {

/// What a figure means: printed with it, so that nobody reads another denominator into it (H-51).
struct KpiDefinition {
  std::string_view id;  ///< As in domain.md §2.2.
  std::string_view title;
  std::string_view definition;  ///< Numerator and denominator in words.
  std::string_view source;      ///< Which acts it is made of.
  std::string_view unit;        ///< "ratio", "seconds", "per hour", "count".
};

/// Codes of an order's mark when it is booked: its channel, where regulation knows it (K16).
inline constexpr std::string_view kChannelCommunity = "PDM";  ///< A community took the patient.
inline constexpr std::string_view kChannelSos = "SOS";        ///< A visiting doctor was ordered.
inline constexpr std::string_view kChannelOverbooking =
    "OVERBOOKING";  ///< A seat beyond the slot's.
inline constexpr std::string_view kChannelRemote = "TELECONSULTATION";  ///< Nothing else was asked.

/// Grows when a definition changes: two figures of different versions are not compared.
inline constexpr int kKpiVersion = 4;

/// K01–K18, K31, K32, K37 in this order.
std::span<const KpiDefinition> KpiDefinitions();

/// One number; its parts stand beside it. For a mean the numerator is the sum and the denominator
/// the number of values.
struct KpiFigure {
  std::string label;  ///< "P1", "R3", "p90"…; empty for the figure itself.
  double numerator = 0;
  double denominator = 0;
  std::optional<double> value;  ///< Nothing when there is nothing to divide by.
  bool masked = false;
};

struct Kpi {
  const KpiDefinition* definition = nullptr;
  std::vector<KpiFigure> figures;  ///< The main one first, unless it is unknown here.
  std::string_view unknown;        ///< Why regulation cannot know it; empty when it can.
};

/// Folds the marks of a period, in their order, into the figures. Cohorts are of the period: calls
/// and dossiers that came in it, orders made in it, promises that fell due in it; what became of
/// them counts up to its end. Memory grows with the dossiers of the period.
class KpiFold {
 public:
  using DateOf = std::function<care::Date(base::Instant)>;

  /// `lines` names the numbers that figures tell apart.
  KpiFold(base::Instant start, base::Instant end, DateOf date_of, Lines lines = {})
      : start_(start), end_(end), date_of_(std::move(date_of)), lines_(std::move(lines)) {}

  void Add(const KpiMark& mark);

  std::vector<Kpi> Figures() const;

  std::size_t marks() const { return marks_; }

 private:
  struct Dossier {
    base::Instant arrival{};
    base::Instant pickup{};
    Priority priority = Priority::kUnspecified;
    std::string entry;
    bool raised = false;
    base::Instant taken{};  ///< By a regulator, first.
    Priority taken_priority = Priority::kUnspecified;
    base::Instant decided{};  ///< First.
    bool by_generalist = false;
  };

  struct Order {
    base::Instant created{};
    base::Instant origin{};
    std::string entry;  ///< Entry point of an entry, LOCAL; empty: a regulator's.
    OrderState state = OrderState::kUnspecified;
    bool third_party = false;
    std::string channel;  ///< Code of the latest booking.
    base::Instant booked{};
    base::Instant start{};
    std::int64_t refused = 0;
    base::Instant ended{};
  };

  struct Talk {
    double seconds = 0;  ///< tf − t2.
    std::string role;    ///< Who answered.
    Priority priority = Priority::kUnspecified;
    Filiere filiere = Filiere::kUnspecified;
  };

  struct Promise {
    base::Instant start{};
    base::Instant end{};
    bool kept = false;
  };

  friend struct KpiFigures;

  void AddCall(const KpiMark& mark);
  void AddPromise(const KpiMark& mark);
  void KeepPromises(const KpiMark& mark);
  void AddPriority(const KpiMark& mark);
  void AddTaken(const KpiMark& mark);
  void AddDecision(const KpiMark& mark);
  void AddOrder(const KpiMark& mark);
  void Worked(const KpiMark& mark);

  const base::Instant start_;
  const base::Instant end_;
  const DateOf date_of_;
  const Lines lines_;
  std::size_t marks_ = 0;
  std::vector<double> waits_;  ///< t2 − ti of answered calls, seconds.
  std::vector<Talk> talks_;
  std::size_t lost_ = 0;
  std::size_t lost_after_15s_ = 0;
  std::map<std::string, Dossier> dossiers_;
  std::map<std::string, Order> orders_;
  std::map<std::string, std::vector<Promise>> promises_;  ///< By dossier.
  std::map<CareLevel, int> levels_;
  std::map<std::string, int> codes_;
  std::map<std::string, int> dialled_;  ///< Calls by the label of their line.
  std::set<std::pair<std::string, std::int64_t>> arm_hours_;
  std::set<std::pair<std::string, std::int64_t>> regulator_hours_;
};

/// For readers outside the CRRA: figures of 1 to 4 people are hidden (domain.md §2.2, k ≥ 5).
void MaskSmall(std::vector<Kpi>& kpis);

}  // namespace sas::regulation
