#include <array>

#include "services/regulation/domain/kpi.h"

namespace sas::regulation {
namespace {

constexpr std::string_view kCalls = "pick-ups on dossiers with their arrival time; lost calls";

constexpr std::array<KpiDefinition, 21> kDefinitions{{
    {"K01", "QS60", "answered calls with t2-ti <= 60 s / presented calls (answered + lost)", kCalls,
     "ratio"},
    {"K02", "QS30", "answered calls with t2-ti <= 30 s / presented calls (answered + lost)", kCalls,
     "ratio"},
    {"K03", "Taux de décroché", "answered calls / presented calls (answered + lost)", kCalls,
     "ratio"},
    {"K04", "Taux d'abandon",
     "lost calls / presented calls; >15s: lost after more than 15 s / presented; each call of a "
     "number counts, with its own ringing",
     kCalls, "ratio"},
    {"K05", "Durée moyenne de traitement",
     "tf-t2 of calls whose end (tf) the telephone system has told, mean; by role that answered, by "
     "priority and by chain of the dossier at that hour; work after the call is recorded by nobody "
     "and not in it",
     kCalls, "seconds"},
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
     "promises, also of a decision, with a call back, answered or not, or a taking by a regulator "
     "inside the window / promises whose window ended in the period",
     "promised callbacks, calls back, dossiers taken", "ratio"},
    {"K12", "Part R1 à R4", "decisions of a level / decisions; also by HubSante code", "decisions",
     "ratio"},
    {"K13", "Dossiers par heure",
     "ARM: dossiers opened by call / hours in which an ARM picked up; MR: dossiers decided / hours "
     "in which a regulator took or decided; no person is told apart",
     "dossiers opened, taken, decided", "per hour"},
    {"K14", "Part régulée MG",
     "dossiers decided by a general practitioner / dossiers decided (DRM)", "decisions", "ratio"},
    {"K15", "Commandes SNP",
     "regulators' orders to the OSNP / dossiers decided (DRM); MRL: / dossiers decided by a "
     "general "
     "practitioner",
     "orders, decisions", "ratio"},
    {"K16", "RDV obtenus",
     "orders with an appointment or taken by the treating doctor / orders made, entries without "
     "regulation included; by channel: MT treating doctor, PDM place de marché, SOS a visiting "
     "doctor was ordered, TELECONSULTATION nothing else was asked, THIRD_PARTY another acceptance, "
     "OVERBOOKING a seat beyond those of its slot, SLOT all other slots; whose slot it was is not "
     "known here, so that CPTS has no value and is in SLOT; LOCAL apart: of requests outside the "
     "SAS",
     "orders, decisions", "ratio"},
    {"K17", "RDV <= 48 h",
     "appointments that start <= 48 h after the decision / orders with an appointment; also <= 24 "
     "h "
     "and on the same day in Paris",
     "orders, appointments", "ratio"},
    {"K18", "Temps de recherche OSNP",
     "first appointment - order, mean; refused: proposals refused / orders", "orders", "seconds"},
    {"K31", "Points d'entrée",
     "dossiers of an entry point / dossiers opened; LOCAL: requests outside the SAS / all, in no "
     "other figure until a regulator takes one",
     "dossiers opened", "ratio"},
    {"K32", "File active",
     "orders made in the period that are open at its end; age: their mean age then; exits: ended / "
     "made; entries: without regulation (SNPS); LOCAL apart: open / made outside the SAS",
     "orders", "count"},
    {"K37", "Numéros composés",
     "calls to a number / calls picked up; other: to a number that is no line of ours; unknown: "
     "nobody has said which",
     "dossiers opened by a call, calls attached", "ratio"},
}};

}  // namespace

std::span<const KpiDefinition> KpiDefinitions() {
  return kDefinitions;
}

}  // namespace sas::regulation
