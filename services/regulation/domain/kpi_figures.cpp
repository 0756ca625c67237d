#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "services/regulation/domain/kpi.h"
#include "services/regulation/domain/priority.h"

namespace sas::regulation {
namespace {

constexpr std::string_view kCallEnd =
    "the end of a call (tf) is known to the telephone system alone";
constexpr std::string_view kCalls = "pick-ups on dossiers with their arrival time; lost calls";

constexpr std::array<KpiDefinition, 21> kDefinitions{{
    {"K01", "QS60", "answered calls with t2-ti <= 60 s / presented calls (answered + lost)", kCalls,
     "ratio"},
    {"K02", "QS30", "answered calls with t2-ti <= 30 s / presented calls (answered + lost)", kCalls,
     "ratio"},
    {"K03", "Taux de décroché", "answered calls / presented calls (answered + lost)", kCalls,
     "ratio"},
    {"K04", "Taux d'abandon",
     "lost calls / presented calls; >15s: lost after more than 15 s / presented (a call that was "
     "joined to an earlier one counts with the ringing of that one)",
     kCalls, "ratio"},
    {"K05", "Durée moyenne de traitement", "mean(tf-t2) + after-call work", "-", "seconds"},
    {"K06", "Temps d'attente", "t2-ti of answered calls: mean; median, p90, max", kCalls,
     "seconds"},
    {"K07", "Délai d'accès médecin",
     "first taking by a regulator - pick-up, mean over dossiers opened and taken in the period; by "
     "priority when taken",
     "dossiers opened, dossiers taken", "seconds"},
    {"K08", "Délai de régulation",
     "first decision - first taking by a regulator, mean; total: first decision - arrival",
     "dossiers opened, taken, decided", "seconds"},
    {"K09", "Part P0/P1/P2/P3, NR",
     "dossiers of a priority at the end of the period / dossiers "
     "opened in it",
     "dossiers opened, priorities set", "ratio"},
    {"K10", "Reclassement", "dossiers whose priority was raised / dossiers opened",
     "dossiers opened, priorities set", "ratio"},
    {"K11", "Rappels P3 tenus",
     "promises with a taking by a regulator inside the window / promises whose window ended in the "
     "period",
     "promised callbacks, dossiers taken", "ratio"},
    {"K12", "Part R1 à R4", "decisions of a level / decisions; also by HubSante code", "decisions",
     "ratio"},
    {"K13", "Dossiers par heure",
     "ARM: dossiers opened by call / hours in which an ARM picked up; MR: dossiers decided / hours "
     "in which a regulator took or decided; no person is told apart",
     "dossiers opened, taken, decided", "per hour"},
    {"K14", "Part régulée MG",
     "dossiers decided by a general practitioner / dossiers decided (DRM)", "decisions", "ratio"},
    {"K15", "Commandes SNP",
     "orders to the OSNP / dossiers decided (DRM); MRL: / dossiers decided by a general "
     "practitioner",
     "orders, decisions", "ratio"},
    {"K16", "RDV obtenus",
     "orders with an appointment or taken by the treating doctor / orders made; by channel",
     "orders", "ratio"},
    {"K17", "RDV <= 48 h",
     "appointments that start <= 48 h after the decision / orders with an appointment; also <= 24 "
     "h "
     "and on the same day in Paris",
     "orders, appointments", "ratio"},
    {"K18", "Temps de recherche OSNP",
     "first appointment - order, mean; refused: proposals refused / orders", "orders", "seconds"},
    {"K31", "Points d'entrée", "dossiers of an entry point / dossiers opened", "dossiers opened",
     "ratio"},
    {"K32", "File active",
     "orders made in the period that are open at its end; age: their mean age then; exits: ended / "
     "made",
     "orders", "count"},
    {"K37", "Numéros composés",
     "calls to a number / calls picked up; other: to a number that is no line of ours; unknown: "
     "nobody has said which",
     "dossiers opened by a call, calls attached", "ratio"},
}};

double Seconds(base::Instant from, base::Instant to) {
  return std::chrono::duration<double>(to - from).count();
}

KpiFigure Ratio(std::string label, double numerator, double denominator) {
  KpiFigure figure{std::move(label), numerator, denominator, std::nullopt, false};
  if (denominator > 0) figure.value = numerator / denominator;
  return figure;
}

KpiFigure Mean(std::string label, const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return Ratio(std::move(label), sum, static_cast<double>(values.size()));
}

// Nearest rank: the smallest value that at least the share `quantile` of all does not exceed.
KpiFigure Quantile(std::string label, std::vector<double> values, double quantile) {
  KpiFigure figure{std::move(label), 0, static_cast<double>(values.size()), std::nullopt, false};
  if (values.empty()) return figure;
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(quantile * static_cast<double>(values.size()));
  figure.value = values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  figure.numerator = *figure.value;
  return figure;
}

std::string LevelName(CareLevel level) {
  return "R" + std::to_string(static_cast<int>(level));
}

std::string PriorityName(Priority priority) {
  return priority == Priority::kUnspecified ? "unset" : std::string(RuleOf(priority).code);
}

}  // namespace

std::span<const KpiDefinition> KpiDefinitions() {
  return kDefinitions;
}

/// One function for each line of the table above, in its order.
struct KpiFigures {
  using Figures = std::vector<KpiFigure>;

  explicit KpiFigures(const KpiFold& from) : fold(from) {
    answered = static_cast<double>(fold.waits_.size());
    presented = answered + static_cast<double>(fold.lost_);
    opened = static_cast<double>(fold.dossiers_.size());
    orders = static_cast<double>(fold.orders_.size());
    for (const auto& [name, dossier] : fold.dossiers_) {
      if (dossier.decided == base::Instant{}) continue;
      ++decided;
      if (dossier.by_generalist) ++by_generalist;
    }
  }

  double Within(double seconds) const {
    return static_cast<double>(std::count_if(fold.waits_.begin(), fold.waits_.end(),
                                             [&](double wait) { return wait <= seconds; }));
  }

  Figures K04() const {
    return {Ratio("", static_cast<double>(fold.lost_), presented),
            Ratio(">15s", static_cast<double>(fold.lost_after_15s_), presented)};
  }

  Figures K06() const {
    return {Mean("", fold.waits_), Quantile("median", fold.waits_, 0.5),
            Quantile("p90", fold.waits_, 0.9), Quantile("max", fold.waits_, 1.0)};
  }

  Figures K07() const {
    std::vector<double> all;
    std::map<Priority, std::vector<double>> by_priority;
    for (const auto& [name, dossier] : fold.dossiers_) {
      if (dossier.taken == base::Instant{} || dossier.pickup == base::Instant{}) continue;
      const double delay = Seconds(dossier.pickup, dossier.taken);
      all.push_back(delay);
      by_priority[dossier.taken_priority].push_back(delay);
    }
    Figures figures{Mean("", all)};
    for (const auto& [priority, delays] : by_priority) {
      figures.push_back(Mean(PriorityName(priority), delays));
    }
    return figures;
  }

  Figures K08() const {
    std::vector<double> regulating;
    std::vector<double> total;
    for (const auto& [name, dossier] : fold.dossiers_) {
      if (dossier.decided == base::Instant{}) continue;
      if (dossier.taken != base::Instant{}) {
        regulating.push_back(Seconds(dossier.taken, dossier.decided));
      }
      if (dossier.arrival != base::Instant{}) {
        total.push_back(Seconds(dossier.arrival, dossier.decided));
      }
    }
    return {Mean("", regulating), Mean("total", total)};
  }

  Figures K09() const {
    std::map<Priority, int> counts;
    for (const auto& [name, dossier] : fold.dossiers_) ++counts[dossier.priority];
    Figures figures;
    for (const PriorityRule& rule : PriorityRules()) {
      figures.push_back(Ratio(PriorityName(rule.priority), counts[rule.priority], opened));
    }
    return figures;
  }

  Figures K10() const {
    const auto raised = std::count_if(fold.dossiers_.begin(), fold.dossiers_.end(),
                                      [](const auto& each) { return each.second.raised; });
    return {Ratio("", static_cast<double>(raised), opened)};
  }

  Figures K11() const {
    double kept = 0;
    double promised = 0;
    for (const auto& [name, promises] : fold.promises_) {
      for (const KpiFold::Promise& promise : promises) {
        if (promise.end >= fold.end_ && !promise.kept) continue;  // It may still be.
        ++promised;
        if (promise.kept) ++kept;
      }
    }
    return {Ratio("", kept, promised)};
  }

  Figures K12() const {
    double decisions = 0;
    for (const auto& [level, count] : fold.levels_) decisions += count;
    Figures figures;
    for (const CareLevel level : {CareLevel::kR1, CareLevel::kR2, CareLevel::kR3, CareLevel::kR4}) {
      const auto found = fold.levels_.find(level);
      figures.push_back(
          Ratio(LevelName(level), found == fold.levels_.end() ? 0 : found->second, decisions));
    }
    for (const auto& [code, count] : fold.codes_) figures.push_back(Ratio(code, count, decisions));
    return figures;
  }

  Figures K13() const {
    double by_call = 0;
    for (const auto& [name, dossier] : fold.dossiers_) {
      if (dossier.entry.rfind("LINE_", 0) == 0) ++by_call;
    }
    return {Ratio("ARM", by_call, static_cast<double>(fold.arm_hours_.size())),
            Ratio("MR", decided, static_cast<double>(fold.regulator_hours_.size()))};
  }

  Figures K16() const {
    std::map<std::string, double> channels{{"MT", 0}, {"SLOT", 0}, {"THIRD_PARTY", 0}};
    double all = 0;
    for (const auto& [name, order] : fold.orders_) {
      const bool doctor = order.state == OrderState::kTakenByTreatingDoctor;
      if (!doctor && order.booked == base::Instant{}) continue;
      ++all;
      ++channels[doctor ? "MT" : order.third_party ? "THIRD_PARTY" : "SLOT"];
    }
    Figures figures{Ratio("", all, orders)};
    for (const auto& [channel, count] : channels) figures.push_back(Ratio(channel, count, orders));
    return figures;
  }

  Figures K17() const {
    double booked = 0;
    double in_48h = 0;
    double in_24h = 0;
    double same_day = 0;
    for (const auto& [name, order] : fold.orders_) {
      if (order.start == base::Instant{}) continue;
      ++booked;
      if (order.start - order.origin <= std::chrono::hours(48)) ++in_48h;
      if (order.start - order.origin <= std::chrono::hours(24)) ++in_24h;
      if (fold.date_of_(order.start) == fold.date_of_(order.origin)) ++same_day;
    }
    return {Ratio("", in_48h, booked), Ratio("<=24h", in_24h, booked),
            Ratio("same day", same_day, booked)};
  }

  Figures K18() const {
    std::vector<double> searches;
    double refused = 0;
    for (const auto& [name, order] : fold.orders_) {
      if (order.booked != base::Instant{}) searches.push_back(Seconds(order.created, order.booked));
      refused += static_cast<double>(order.refused);
    }
    return {Mean("", searches), Ratio("refused", refused, orders)};
  }

  Figures K31() const {
    std::map<std::string, int> entries;
    for (const auto& [name, dossier] : fold.dossiers_) ++entries[dossier.entry];
    Figures figures;
    for (const auto& [entry, count] : entries) figures.push_back(Ratio(entry, count, opened));
    return figures;
  }

  Figures K37() const {
    double calls = 0;
    for (const auto& [line, count] : fold.dialled_) calls += count;
    Figures figures;
    for (const auto& [line, count] : fold.dialled_) figures.push_back(Ratio(line, count, calls));
    return figures;
  }

  Figures K32() const {
    std::vector<double> ages;
    double ended = 0;
    for (const auto& [name, order] : fold.orders_) {
      if (order.ended != base::Instant{}) {
        ++ended;
      } else {
        ages.push_back(Seconds(order.created, fold.end_));
      }
    }
    KpiFigure size = Ratio("", static_cast<double>(ages.size()), orders);
    size.value = size.numerator;
    return {size, Mean("age", ages), Ratio("exits", ended, orders)};
  }

  const KpiFold& fold;
  double answered = 0, presented = 0, opened = 0, orders = 0, decided = 0, by_generalist = 0;
};

std::vector<Kpi> KpiFold::Figures() const {
  const KpiFigures of(*this);
  const std::array<KpiFigures::Figures, kDefinitions.size()> figures{{
      {Ratio("", of.Within(60), of.presented)},
      {Ratio("", of.Within(30), of.presented)},
      {Ratio("", of.answered, of.presented)},
      of.K04(),
      {},  // K05
      of.K06(),
      of.K07(),
      of.K08(),
      of.K09(),
      of.K10(),
      of.K11(),
      of.K12(),
      of.K13(),
      {Ratio("", of.by_generalist, of.decided)},
      {Ratio("", of.orders, of.decided), Ratio("MRL", of.orders, of.by_generalist)},
      of.K16(),
      of.K17(),
      of.K18(),
      of.K31(),
      of.K32(),
      of.K37(),
  }};
  std::vector<Kpi> kpis;
  for (std::size_t i = 0; i < kDefinitions.size(); ++i) {
    kpis.push_back({&kDefinitions[i], figures[i], figures[i].empty() && i == 4 ? kCallEnd : ""});
  }
  return kpis;
}

}  // namespace sas::regulation
