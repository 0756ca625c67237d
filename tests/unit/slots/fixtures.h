#pragma once

#include <memory>
#include <string>
#include <utility>

#include "services/slots/domain/need.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/domain/site_rules.h"

/// Plans, sites and needs for the tests of the rules. Tuesday 24 November 2026 is an ordinary day.
namespace sas::slots::fixtures {

inline constexpr care::Date kMonday{2026, 11, 23};
inline constexpr care::Date kTuesday{2026, 11, 24};

inline care::TimeOfDay At(int hours, int minutes = 0) {
  return {hours * 60 + minutes};
}

inline care::Zone Paris() {
  return *care::Zone::Load("Europe/Paris");
}

/// The evening of Blaye: Monday to Friday, 18:00 to 20:00, a quarter of an hour each.
inline Plan EveningPlan() {
  Plan plan;
  plan.name = "regions/fr-naq/sites/cnsp/plans/soir";
  plan.site = "regions/fr-naq/sites/cnsp";
  plan.agenda = "cnsp";
  plan.practitioner = "regions/fr-naq/practitioners/a";
  plan.room_id = "box-1";
  plan.weekdays = {1, 2, 3, 4, 5};
  plan.start = At(18);
  plan.end = At(20);
  plan.modes = {Mode::kAmb};
  plan.classes = {SlotClass::kPro, SlotClass::kSnp};
  plan.effective_start = {2025, 9, 29};
  return plan;
}

inline PlanFrame Frame() {
  PlanFrame frame;
  frame.site_opening = {2022, 1, 24};
  return frame;
}

/// A site of Vendée that takes regulated orders of both lines.
inline SiteRules RegulatedSite(std::string id = "csnp") {
  SiteRules site;
  site.name = "regions/fr-pdl/sites/" + id;
  site.display_name = "CSNP";
  site.point = {46.8458, -1.87942};
  site.territories = {"85"};
  EntryRule line_15;
  line_15.entry_point = EntryPoint::kLine15;
  line_15.access = Access::kRegulated;
  EntryRule line_116117 = line_15;
  line_116117.entry_point = EntryPoint::kLine116117;
  site.entry_rules = {line_15, line_116117};
  site.opening_date = {2022, 1, 24};
  return site;
}

/// An order of the regulation for a feverish adult.
inline Need Order() {
  Need need;
  need.entry_point = EntryPoint::kLine116117;
  need.has_order = true;
  need.motif_code = "M03.14";
  need.age = {34, care::AgeUnit::kYear};
  need.modes = {Mode::kAmb};
  need.territory = "85";
  return need;
}

}  // namespace sas::slots::fixtures
