#include "services/regulation/domain/kpi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr base::Instant kStart{hours(24 * 365 * 50)};
constexpr base::Instant kEnd = kStart + hours(24);

care::Date DayOf(base::Instant at) {
  const auto days = std::chrono::floor<std::chrono::days>(at.time_since_epoch()).count();
  care::Date date;
  date.year = static_cast<int>(days);  // Equal for instants of one day, and only for these.
  return date;
}

/// A period in the making: each act happens `after` its start.
class Period {
 public:
  KpiMark& Act(KpiAct act, const std::string& subject, seconds after, base::Role role,
               const std::string& actor = "") {
    KpiMark& mark = marks_.emplace_back();
    mark.at = kStart + after;
    mark.act = act;
    mark.subject = subject;
    mark.role = role;
    mark.actor = actor.empty() ? std::string(base::RoleName(role)) : actor;
    return mark;
  }

  /// A call that waited so long, picked up at `after`.
  void Call(const std::string& dossier, seconds after, seconds waited,
            const std::string& entry = "LINE_15", KpiAct act = KpiAct::kOpened,
            Priority priority = Priority::kUnspecified) {
    KpiMark& mark = Act(act, dossier, after, base::Role::kArm);
    mark.code = entry;
    mark.priority = priority;
    mark.start = kStart + after - waited;
    mark.end = kStart + after;
  }

  void Prioritize(const std::string& dossier, seconds after, Priority priority) {
    Act(KpiAct::kPrioritized, dossier, after, base::Role::kArm).priority = priority;
  }

  void Promise(const std::string& dossier, seconds after, seconds from, seconds until,
               KpiAct act = KpiAct::kPrioritized) {
    KpiMark& mark = Act(act, dossier, after, base::Role::kArm);
    mark.priority = Priority::kP3;
    mark.start = kStart + from;
    mark.end = kStart + until;
  }

  void Take(const std::string& dossier, seconds after, base::Role role,
            Priority priority = Priority::kP2) {
    Act(KpiAct::kTaken, dossier, after, role).priority = priority;
  }

  void Decide(const std::string& dossier, seconds after, base::Role role, CareLevel level,
              const std::string& code) {
    KpiMark& mark = Act(KpiAct::kDecided, dossier, after, role);
    mark.level = level;
    mark.code = code;
  }

  void Order(const std::string& order, seconds after, OrderState state, seconds start = seconds(-1),
             std::int64_t refused = 0, std::string_view channel = "") {
    const auto act = state == OrderState::kToDo ? KpiAct::kOrdered : KpiAct::kOrderMoved;
    KpiMark& mark = Act(act, order, after, base::Role::kOsnp);
    mark.order_state = state;
    mark.start = kStart;
    if (start >= seconds(0)) mark.end = kStart + start;
    mark.amount = refused;
    mark.code = channel;
  }

  void Lost(seconds rang) {
    Act(KpiAct::kLostCall, "lost", minutes(1), base::Role::kService).amount = rang.count();
  }

  std::vector<Kpi> Kpis() const {
    KpiFold fold(kStart, kEnd, DayOf);
    for (const KpiMark& mark : marks_) fold.Add(mark);
    return fold.Figures();
  }

  /// {numerator, denominator, value}; value is NaN when there is none.
  struct Told {
    double numerator, denominator, value;
  };

  Told Figure(const std::string& id, const std::string& label = "") const {
    for (const Kpi& kpi : Kpis()) {
      if (kpi.definition->id != id) continue;
      for (const KpiFigure& figure : kpi.figures) {
        if (figure.label == label) {
          return {figure.numerator, figure.denominator, figure.value.value_or(std::nan(""))};
        }
      }
    }
    ADD_FAILURE() << id << " " << label << " is not there";
    return {};
  }

 private:
  std::vector<KpiMark> marks_;
};

void Expect(const Period::Told& told, double numerator, double denominator, double value) {
  EXPECT_DOUBLE_EQ(told.numerator, numerator);
  EXPECT_DOUBLE_EQ(told.denominator, denominator);
  EXPECT_NEAR(told.value, value, 1e-9);
}

TEST(Kpi, TwentyFiguresWithTheirDefinitionsInOrder) {
  const auto kpis = Period().Kpis();
  ASSERT_EQ(kpis.size(), 21u);
  EXPECT_EQ(kpis.front().definition->id, "K01");
  EXPECT_EQ(kpis[17].definition->id, "K18");
  EXPECT_EQ(kpis[18].definition->id, "K31");
  EXPECT_EQ(kpis[19].definition->id, "K32");
  EXPECT_EQ(kpis[20].definition->id, "K37");
  for (const Kpi& kpi : kpis) {
    EXPECT_FALSE(kpi.definition->definition.empty()) << kpi.definition->id;
    EXPECT_FALSE(kpi.definition->source.empty()) << kpi.definition->id;
    EXPECT_EQ(kpi.unknown.empty(), kpi.definition->id != "K05") << kpi.definition->id;
    for (const KpiFigure& figure : kpi.figures) {
      EXPECT_EQ(figure.value.has_value(), kpi.definition->id == "K32" && figure.label.empty())
          << kpi.definition->id;
    }
  }
}

TEST(Kpi, AnsweredAndLostCalls) {
  Period period;
  period.Call("a", minutes(10), seconds(10));
  period.Call("b", minutes(11), seconds(30));
  period.Call("c", minutes(12), seconds(31));
  period.Call("d", minutes(13), seconds(60));
  period.Call("e", minutes(14), seconds(61));
  period.Call("a", minutes(15), seconds(200), "LINE_15", KpiAct::kCalled);
  period.Lost(seconds(15));
  period.Lost(seconds(16));
  period.Lost(seconds(40));
  period.Lost(seconds(3));
  Expect(period.Figure("K01"), 4, 10, 0.4);
  Expect(period.Figure("K02"), 2, 10, 0.2);
  Expect(period.Figure("K03"), 6, 10, 0.6);
  Expect(period.Figure("K04"), 4, 10, 0.4);
  Expect(period.Figure("K04", ">15s"), 2, 10, 0.2);
  Expect(period.Figure("K06"), 392, 6, 392.0 / 6);
  EXPECT_DOUBLE_EQ(period.Figure("K06", "median").value, 31);
  EXPECT_DOUBLE_EQ(period.Figure("K06", "p90").value, 200);
  EXPECT_DOUBLE_EQ(period.Figure("K06", "max").value, 200);
}

TEST(Kpi, ACallWithoutArrivalIsInNoFigureOfWaits) {
  Period period;
  KpiMark& mark = period.Act(KpiAct::kOpened, "a", minutes(1), base::Role::kArm);
  mark.end = kStart + minutes(1);
  mark.code = "PHARMACIE";
  Expect(period.Figure("K31", "PHARMACIE"), 1, 1, 1);
  EXPECT_DOUBLE_EQ(period.Figure("K03").denominator, 0);
}

TEST(Kpi, DelaysToTheDoctorAndToTheDecision) {
  Period period;
  period.Call("a", minutes(10), seconds(20));
  period.Take("a", minutes(11), base::Role::kArm);  // An ARM is no doctor.
  period.Take("a", minutes(12), base::Role::kRegulatorAmu, Priority::kP1);
  period.Take("a", minutes(20), base::Role::kRegulatorAmu, Priority::kP2);
  period.Decide("a", minutes(15), base::Role::kRegulatorAmu, CareLevel::kR2, "INTER");
  period.Decide("a", minutes(25), base::Role::kRegulatorAmu, CareLevel::kR3, "ORIENT");
  period.Call("b", minutes(10), seconds(40));
  period.Take("b", minutes(20), base::Role::kRegulatorMg, Priority::kP2);
  period.Decide("b", minutes(21), base::Role::kRegulatorMg, CareLevel::kR4, "CONSEIL");
  Expect(period.Figure("K07"), 720, 2, 360);
  Expect(period.Figure("K07", "P1"), 120, 1, 120);
  Expect(period.Figure("K07", "P2"), 600, 1, 600);
  Expect(period.Figure("K08"), 240, 2, 120);
  Expect(period.Figure("K08", "total"), 320 + 700, 2, 510);
  Expect(period.Figure("K12", "R2"), 1, 3, 1.0 / 3);
  Expect(period.Figure("K12", "R1"), 0, 3, 0);
  Expect(period.Figure("K12", "CONSEIL"), 1, 3, 1.0 / 3);
  Expect(period.Figure("K14"), 1, 2, 0.5);
  Expect(period.Figure("K13", "ARM"), 2, 1, 2);  // One ARM, one hour.
  Expect(period.Figure("K13", "MR"), 2, 2, 1);   // Two regulators, one hour each.
}

TEST(Kpi, PrioritiesAndTheirRaises) {
  Period period;
  for (const char* dossier : {"a", "b", "c", "d"}) period.Call(dossier, minutes(1), seconds(5));
  period.Prioritize("a", minutes(2), Priority::kP2);
  period.Prioritize("a", minutes(3), Priority::kP1);  // Raised.
  period.Prioritize("b", minutes(2), Priority::kP1);
  period.Prioritize("b", minutes(3), Priority::kP2);  // Lowered.
  period.Prioritize("c", minutes(2), Priority::kP0);  // First set.
  Expect(period.Figure("K10"), 1, 4, 0.25);
  Expect(period.Figure("K09", "P0"), 1, 4, 0.25);
  Expect(period.Figure("K09", "P1"), 1, 4, 0.25);
  Expect(period.Figure("K09", "P2"), 1, 4, 0.25);
  Expect(period.Figure("K09", "unset"), 1, 4, 0.25);
  Expect(period.Figure("K09", "NR"), 0, 4, 0);
}

TEST(Kpi, PromisedCallbacksThatWereKept) {
  Period period;
  const auto doctor = base::Role::kRegulatorMg;
  period.Promise("kept", minutes(1), hours(1), hours(2));
  period.Take("kept", hours(1), doctor);
  period.Promise("early", minutes(1), hours(1), hours(2));
  period.Take("early", minutes(59), doctor);
  period.Promise("late", minutes(1), hours(1), hours(2));
  period.Take("late", hours(2) + seconds(1), doctor);
  period.Promise("by-arm", minutes(1), hours(1), hours(2));
  period.Take("by-arm", hours(1), base::Role::kArm);
  period.Promise("open", minutes(1), hours(23), hours(25));  // The period ends before.
  Expect(period.Figure("K11"), 1, 4, 0.25);
}

// Whoever has the dossier already is not given it again: the call is what was promised.
TEST(Kpi, ACallInsideTheWindowKeepsAPromiseAndADecisionMakesOne) {
  Period period;
  const auto call = [&](const std::string& dossier, seconds after) {
    period.Act(KpiAct::kCalledBack, dossier, after, base::Role::kArm);
  };
  period.Promise("called", minutes(1), hours(1), hours(2));
  call("called", hours(2));
  period.Promise("early", minutes(1), hours(1), hours(2));
  call("early", minutes(59));
  period.Promise("heard-again", minutes(1), hours(1), hours(2), KpiAct::kDecided);
  call("heard-again", hours(1));
  period.Promise("forgotten", minutes(1), hours(1), hours(2), KpiAct::kDecided);
  period.Promise("forgotten", minutes(2), hours(1), hours(2));  // The same one.
  Expect(period.Figure("K11"), 2, 4, 0.5);
}

TEST(Kpi, ACallOnAPromisedDossierIsNoPromise) {
  Period period;
  period.Call("a", minutes(0), seconds(5));
  period.Promise("a", minutes(1), hours(1), hours(2));
  period.Call("a", minutes(30), seconds(200), "LINE_15", KpiAct::kCalled, Priority::kP3);
  period.Take("a", minutes(90), base::Role::kRegulatorMg, Priority::kP3);
  Expect(period.Figure("K11"), 1, 1, 1);
}

TEST(Kpi, OrdersAndTheirAppointments) {
  Period period;
  period.Call("a", minutes(1), seconds(5));
  period.Decide("a", minutes(2), base::Role::kRegulatorMg, CareLevel::kR3, "ORIENT");
  period.Call("b", minutes(1), seconds(5));
  period.Decide("b", minutes(2), base::Role::kRegulatorAmu, CareLevel::kR3, "ORIENT");
  const seconds made = minutes(10);
  for (const char* order : {"slot", "doctor", "third", "none", "open"}) {
    period.Order(order, made, OrderState::kToDo);
  }
  period.Order("slot", minutes(20), OrderState::kSearching, seconds(-1), 2);
  period.Order("slot", minutes(30), OrderState::kBooked, hours(5), 2);
  period.Order("slot", minutes(31), OrderState::kConfirmedToPatient, hours(5), 2);
  period.Order("doctor", minutes(15), OrderState::kTakenByTreatingDoctor);
  period.Order("third", minutes(20), OrderState::kPendingAcceptance);
  period.Order("third", minutes(50), OrderState::kBooked, hours(49));
  period.Order("none", minutes(40), OrderState::kNoSlot);
  Expect(period.Figure("K15"), 5, 2, 2.5);
  Expect(period.Figure("K15", "MRL"), 5, 1, 5);
  Expect(period.Figure("K16"), 3, 5, 0.6);
  Expect(period.Figure("K16", "MT"), 1, 5, 0.2);
  Expect(period.Figure("K16", "SLOT"), 1, 5, 0.2);
  Expect(period.Figure("K16", "THIRD_PARTY"), 1, 5, 0.2);
  Expect(period.Figure("K17"), 1, 2, 0.5);
  Expect(period.Figure("K17", "<=24h"), 1, 2, 0.5);
  Expect(period.Figure("K17", "same day"), 1, 2, 0.5);
  Expect(period.Figure("K18"), 20 * 60 + 40 * 60, 2, 1800);
  Expect(period.Figure("K18", "refused"), 2, 5, 0.4);
  // Booked, and not told yet, is still somebody's work.
  Expect(period.Figure("K32"), 2, 5, 2);
  Expect(period.Figure("K32", "exits"), 3, 5, 0.6);
  Expect(period.Figure("K32", "age"), 2 * (24 * 3600 - 600), 2, 24 * 3600 - 600);
}

TEST(Kpi, TalksByWhoAnsweredAndByTheDossier) {
  Period period;
  const auto talk = [&](const std::string& call, seconds talked, const std::string& role,
                        Priority priority, Filiere filiere) {
    KpiMark& mark = period.Act(KpiAct::kCallEnded, call, minutes(10), base::Role::kService);
    mark.code = role;
    mark.priority = priority;
    mark.filiere = filiere;
    mark.start = kStart + minutes(5);
    mark.end = mark.start + talked;
  };
  talk("a", seconds(120), "arm", Priority::kP2, Filiere::kSnp);
  talk("b", seconds(60), "arm", Priority::kP0, Filiere::kAmu);
  talk("c", seconds(300), "regulator_mg", Priority::kP2, Filiere::kSnp);
  talk("d", seconds(20), "arm", Priority::kUnspecified, Filiere::kUnspecified);
  Expect(period.Figure("K05"), 500, 4, 125);
  Expect(period.Figure("K05", "arm"), 200, 3, 200.0 / 3);
  Expect(period.Figure("K05", "regulator_mg"), 300, 1, 300);
  Expect(period.Figure("K05", "P2"), 420, 2, 210);
  Expect(period.Figure("K05", "P0"), 60, 1, 60);
  Expect(period.Figure("K05", "unset"), 20, 1, 20);
  Expect(period.Figure("K05", "SNP"), 420, 2, 210);
  Expect(period.Figure("K05", "no chain"), 20, 1, 20);
  EXPECT_EQ(period.Kpis()[4].figures.front().label, "");
  EXPECT_TRUE(period.Kpis()[4].unknown.empty());
}

TEST(Kpi, AppointmentsByChannel) {
  Period period;
  const std::map<std::string, std::string_view> channels{
      {"pdm", kChannelCommunity}, {"sos", kChannelSos},
      {"remote", kChannelRemote}, {"beyond", kChannelOverbooking},
      {"sos too", kChannelSos},   {"old", "IDEL"}};  // As marks were before version 3.
  for (const auto& [order, channel] : channels) {
    period.Order(order, minutes(10), OrderState::kToDo);
    period.Order(order, minutes(20), OrderState::kPendingAcceptance);
    period.Order(order, minutes(30), OrderState::kBooked, hours(5), 0, channel);
    period.Order(order, minutes(31), OrderState::kConfirmedToPatient, hours(5));
  }
  Expect(period.Figure("K16"), 6, 6, 1);
  Expect(period.Figure("K16", "PDM"), 1, 6, 1.0 / 6);
  Expect(period.Figure("K16", "SOS"), 2, 6, 1.0 / 3);
  Expect(period.Figure("K16", "TELECONSULTATION"), 1, 6, 1.0 / 6);
  Expect(period.Figure("K16", "OVERBOOKING"), 1, 6, 1.0 / 6);
  Expect(period.Figure("K16", "THIRD_PARTY"), 1, 6, 1.0 / 6);
  Expect(period.Figure("K16", "SLOT"), 0, 6, 0);
  EXPECT_TRUE(std::isnan(period.Figure("K16", "CPTS").value));
}

TEST(Kpi, WhatLiesOutsideThePeriodDoesNotCount) {
  Period period;
  period.Call("before", seconds(-1), seconds(5));
  period.Call("at end", hours(24), seconds(5));
  period.Take("before", minutes(5), base::Role::kRegulatorMg);
  period.Order("before", minutes(5), OrderState::kBooked, hours(1));
  EXPECT_DOUBLE_EQ(period.Figure("K03").denominator, 0);
  EXPECT_DOUBLE_EQ(period.Figure("K07").denominator, 0);
  EXPECT_DOUBLE_EQ(period.Figure("K16").denominator, 0);
}

TEST(Kpi, H51_FewPeopleAreHiddenFromReadersOutside) {
  Period period;
  for (int i = 0; i < 10; ++i) {
    period.Call("case-" + std::to_string(i), minutes(1), seconds(5),
                i < 4 ? "PHARMACIE" : "LINE_15");
  }
  auto kpis = period.Kpis();
  MaskSmall(kpis);
  for (const Kpi& kpi : kpis) {
    if (kpi.definition->id != "K31") continue;
    ASSERT_EQ(kpi.figures.size(), 3u);
    // The other entry alone would tell how many came by the pharmacy.
    for (const KpiFigure& figure : kpi.figures) {
      if (figure.label == "LOCAL") continue;  // Nobody.
      EXPECT_TRUE(figure.masked) << figure.label;
      EXPECT_FALSE(figure.value);
      EXPECT_EQ(figure.numerator, 0);
    }
  }
  const auto calls = std::find_if(kpis.begin(), kpis.end(),
                                  [](const Kpi& kpi) { return kpi.definition->id == "K03"; });
  EXPECT_FALSE(calls->figures[0].masked);
  EXPECT_DOUBLE_EQ(*calls->figures[0].value, 1);
}

// S3-03: what a structure organises itself is in no figure of the SAS, and told apart.
TEST(Kpi, S3_03_LocalRequestsAreCountedApart) {
  Period period;
  period.Call("line", minutes(1), seconds(10));
  period.Prioritize("line", minutes(2), Priority::kP2);
  KpiMark& dossier = period.Act(KpiAct::kOpened, "local", minutes(3), base::Role::kSecretariat);
  dossier.code = kLocalOrigin;
  dossier.priority = Priority::kNr;
  period.Order("regulated", minutes(4), OrderState::kToDo);
  KpiMark& entry = period.Act(KpiAct::kOrdered, "entry", minutes(5), base::Role::kProfessional);
  entry.order_state = OrderState::kToDo;
  entry.code = "IDEL";
  KpiMark& local = period.Act(KpiAct::kOrdered, "own", minutes(6), base::Role::kSecretariat);
  local.order_state = OrderState::kSearching;
  local.code = kLocalOrigin;
  period.Decide("line", minutes(7), base::Role::kRegulatorMg, CareLevel::kR3, "ORIENT");
  Expect(period.Figure("K09", "P2"), 1, 1, 1);
  Expect(period.Figure("K09", "NR"), 0, 1, 0);
  Expect(period.Figure("K15"), 1, 1, 1);
  Expect(period.Figure("K31", "LOCAL"), 1, 2, 0.5);
  Expect(period.Figure("K32"), 2, 2, 2);
  Expect(period.Figure("K32", "entries"), 1, 2, 0.5);
  Expect(period.Figure("K32", "LOCAL"), 1, 1, 1);
  // A regulator has taken it: it is the SAS' now.
  period.Take("local", minutes(8), base::Role::kRegulatorMg);
  Expect(period.Figure("K09", "NR"), 1, 2, 0.5);
}

TEST(Kpi, S2_23_AnEntrySentElsewhereIsNotOpen) {
  Period period;
  KpiMark& entry = period.Act(KpiAct::kOrdered, "entry", minutes(5), base::Role::kProfessional);
  entry.order_state = OrderState::kReoriented;
  entry.code = "PHARMACIE";
  Expect(period.Figure("K32"), 0, 1, 0);
  Expect(period.Figure("K32", "exits"), 1, 1, 1);
}

}  // namespace
}  // namespace sas::regulation
