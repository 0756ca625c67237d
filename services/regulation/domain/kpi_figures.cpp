#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "common/base/status.h"
#include "services/regulation/domain/kpi.h"
#include "services/regulation/domain/priority.h"

namespace sas::regulation {
namespace {

constexpr std::string_view kCallEnd =
    "the telephone system has told the end (tf) of no call of this period";
constexpr std::array<std::string_view, 5> kChains{"no chain", "AMU", "SNP", "PSY", "NEONAT"};

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

/// One function for each definition that is more than a ratio, in their order.
struct KpiFigures {
  using Figures = std::vector<KpiFigure>;

  explicit KpiFigures(const KpiFold& from) : fold(from) {
    answered = static_cast<double>(fold.waits_.size());
    presented = answered + static_cast<double>(fold.lost_);
    for (const auto& [name, dossier] : fold.dossiers_) {
      // What a structure organises itself is the SAS' once a regulator has it.
      const bool regulated = dossier.taken != base::Instant{} || dossier.decided != base::Instant{};
      if (dossier.entry == kLocalOrigin) ++local_dossiers;
      if (dossier.entry == kLocalOrigin && !regulated) continue;
      dossiers.push_back(&dossier);
      if (dossier.decided == base::Instant{}) continue;
      ++decided;
      if (dossier.by_generalist) ++by_generalist;
    }
    for (const auto& [name, order] : fold.orders_) {
      if (order.entry == kLocalOrigin) {
        local_orders.push_back(&order);
        continue;
      }
      orders_of_sas.push_back(&order);
      if (order.entry.empty()) ++regulator_orders;
    }
    opened = static_cast<double>(dossiers.size());
    orders = static_cast<double>(orders_of_sas.size());
  }

  double Within(double seconds) const {
    return static_cast<double>(std::count_if(fold.waits_.begin(), fold.waits_.end(),
                                             [&](double wait) { return wait <= seconds; }));
  }

  Figures K04() const {
    return {Ratio("", static_cast<double>(fold.lost_), presented),
            Ratio(">15s", static_cast<double>(fold.lost_after_15s_), presented)};
  }

  Figures K05() const {
    std::map<std::string, std::vector<double>> groups{{"", {}}};  // The figure itself, first.
    for (const KpiFold::Talk& talk : fold.talks_) {
      const std::string chain(kChains.at(static_cast<std::size_t>(talk.filiere)));
      for (const std::string& label :
           {std::string(), talk.role, PriorityName(talk.priority), chain})
        groups[label].push_back(talk.seconds);
    }
    Figures figures;
    for (const auto& [label, talks] : groups) figures.push_back(Mean(label, talks));
    return figures;
  }

  Figures K06() const {
    return {Mean("", fold.waits_), Quantile("median", fold.waits_, 0.5),
            Quantile("p90", fold.waits_, 0.9), Quantile("max", fold.waits_, 1.0)};
  }

  Figures K07() const {
    std::vector<double> all;
    std::map<Priority, std::vector<double>> by_priority;
    for (const KpiFold::Dossier* each : dossiers) {
      const KpiFold::Dossier& dossier = *each;
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
    for (const KpiFold::Dossier* each : dossiers) {
      const KpiFold::Dossier& dossier = *each;
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
    for (const KpiFold::Dossier* dossier : dossiers) ++counts[dossier->priority];
    Figures figures;
    for (const PriorityRule& rule : PriorityRules()) {
      figures.push_back(Ratio(PriorityName(rule.priority), counts[rule.priority], opened));
    }
    return figures;
  }

  Figures K10() const {
    const auto raised = std::count_if(dossiers.begin(), dossiers.end(),
                                      [](const auto* each) { return each->raised; });
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
    for (const KpiFold::Dossier* dossier : dossiers) {
      if (dossier->entry.rfind("LINE_", 0) == 0) ++by_call;
    }
    return {Ratio("ARM", by_call, static_cast<double>(fold.arm_hours_.size())),
            Ratio("MR", decided, static_cast<double>(fold.regulator_hours_.size()))};
  }

  Figures K16() const {
    std::map<std::string, double> channels;
    for (const char* name :
         {"MT", "OVERBOOKING", "PDM", "SLOT", "SOS", "TELECONSULTATION", "THIRD_PARTY"}) {
      channels[name] = 0;
    }
    double all = 0;
    for (const KpiFold::Order* order : orders_of_sas) {
      if (!Obtained(*order)) continue;
      ++all;
      ++channels[ChannelOf(*order)];
    }
    Figures figures{Ratio("", all, orders)};
    for (const auto& [channel, count] : channels) figures.push_back(Ratio(channel, count, orders));
    figures.push_back(Ratio("CPTS", 0, 0));
    const auto local = std::count_if(local_orders.begin(), local_orders.end(),
                                     [](const auto* order) { return Obtained(*order); });
    figures.push_back(Local(static_cast<double>(local)));
    return figures;
  }

  Figures K17() const {
    double booked = 0;
    double in_48h = 0;
    double in_24h = 0;
    double same_day = 0;
    for (const KpiFold::Order* each : orders_of_sas) {
      const KpiFold::Order& order = *each;
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
    for (const KpiFold::Order* order : orders_of_sas) {
      if (order->booked != base::Instant{}) {
        searches.push_back(Seconds(order->created, order->booked));
      }
      refused += static_cast<double>(order->refused);
    }
    return {Mean("", searches), Ratio("refused", refused, orders)};
  }

  Figures K31() const {
    std::map<std::string, int> entries;
    for (const KpiFold::Dossier* dossier : dossiers) ++entries[dossier->entry];
    entries.erase(std::string(kLocalOrigin));
    Figures figures;
    for (const auto& [entry, count] : entries) figures.push_back(Ratio(entry, count, opened));
    figures.push_back(Ratio(std::string(kLocalOrigin), local_dossiers,
                            static_cast<double>(fold.dossiers_.size())));
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
    double entered = 0;
    for (const KpiFold::Order* order : orders_of_sas) {
      if (order->ended != base::Instant{}) {
        ++ended;
        continue;
      }
      ages.push_back(Seconds(order->created, fold.end_));
      if (!order->entry.empty()) ++entered;
    }
    const auto local =
        std::count_if(local_orders.begin(), local_orders.end(),
                      [](const auto* each) { return each->ended == base::Instant{}; });
    KpiFigure size = Ratio("", static_cast<double>(ages.size()), orders);
    size.value = size.numerator;
    return {size, Mean("age", ages), Ratio("exits", ended, orders),
            Ratio("entries", entered, orders), Local(static_cast<double>(local))};
  }

  static std::string ChannelOf(const KpiFold::Order& order) {
    if (order.state == OrderState::kTakenByTreatingDoctor) return "MT";
    // Marks of before version 3 have the entry of the order here.
    for (const std::string_view known :
         {kChannelCommunity, kChannelOverbooking, kChannelSos, kChannelRemote}) {
      if (order.channel == known) return order.channel;
    }
    return order.third_party ? "THIRD_PARTY" : "SLOT";
  }

  static bool Obtained(const KpiFold::Order& order) {
    return order.state == OrderState::kTakenByTreatingDoctor || order.booked != base::Instant{};
  }

  KpiFigure Local(double count) const {
    return Ratio(std::string(kLocalOrigin), count, static_cast<double>(local_orders.size()));
  }

  const KpiFold& fold;
  std::vector<const KpiFold::Dossier*> dossiers;     ///< Of the SAS.
  std::vector<const KpiFold::Order*> orders_of_sas;  ///< Regulators' and entries.
  std::vector<const KpiFold::Order*> local_orders;   ///< Outside the SAS (S3-03).
  double local_dossiers = 0, regulator_orders = 0;
  double answered = 0, presented = 0, opened = 0, orders = 0, decided = 0, by_generalist = 0;
};

std::vector<Kpi> KpiFold::Figures() const {
  const KpiFigures of(*this);
  const std::array<KpiFigures::Figures, 21> figures{{
      {Ratio("", of.Within(60), of.presented)},
      {Ratio("", of.Within(30), of.presented)},
      {Ratio("", of.answered, of.presented)},
      of.K04(),
      of.K05(),
      of.K06(),
      of.K07(),
      of.K08(),
      of.K09(),
      of.K10(),
      of.K11(),
      of.K12(),
      of.K13(),
      {Ratio("", of.by_generalist, of.decided)},
      {Ratio("", of.regulator_orders, of.decided),
       Ratio("MRL", of.regulator_orders, of.by_generalist)},
      of.K16(),
      of.K17(),
      of.K18(),
      of.K31(),
      of.K32(),
      of.K37(),
  }};
  std::vector<Kpi> kpis;
  const auto definitions = KpiDefinitions();
  SAS_CHECK(definitions.size() == figures.size(), "each figure has its definition");
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    kpis.push_back({&definitions[i], figures[i], i == 4 && talks_.empty() ? kCallEnd : ""});
  }
  return kpis;
}

}  // namespace sas::regulation
