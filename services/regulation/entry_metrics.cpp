#include "services/regulation/entry_metrics.h"

#include <prometheus/counter.h>

#include <string>

namespace sas::regulation {
namespace {

prometheus::Counter& EntryCounter(observe::Metrics& metrics, EntryOutcome outcome, bool local) {
  const char* name = outcome == EntryOutcome::kBook         ? "book"
                     : outcome == EntryOutcome::kWaiting    ? "waiting"
                     : outcome == EntryOutcome::kReoriented ? "reoriented"
                                                            : "regulator";
  return metrics.Counter("sas_regulation_entries_total",
                         "Entries without regulation, by outcome; local: outside the SAS.",
                         {{"outcome", name}, {"origin", local ? "local" : "sas"}});
}

prometheus::Counter& ReorientationCounter(observe::Metrics& metrics, Destination destination) {
  return metrics.Counter("sas_regulation_reorientations_total", "Patients sent elsewhere.",
                         {{"destination", std::string(DestinationCode(destination))}});
}

}  // namespace

EntryMetrics::EntryMetrics(observe::Metrics& metrics) : metrics_(metrics) {
  // Made now, so that what has not happened reads 0 and not "no data".
  for (const EntryOutcome outcome : {EntryOutcome::kBook, EntryOutcome::kWaiting,
                                     EntryOutcome::kReoriented, EntryOutcome::kRegulator}) {
    for (const bool local : {false, true}) EntryCounter(metrics_, outcome, local);
  }
  for (const Destination destination :
       {Destination::kUrgences, Destination::kSos, Destination::kSamu,
        Destination::kMedecinTraitant, Destination::kOtherStructure}) {
    ReorientationCounter(metrics_, destination);
  }
}

void EntryMetrics::Submitted(EntryOutcome outcome, bool local) {
  EntryCounter(metrics_, outcome, local).Increment();
}

void EntryMetrics::Reoriented(Destination destination) {
  ReorientationCounter(metrics_, destination).Increment();
}

}  // namespace sas::regulation
