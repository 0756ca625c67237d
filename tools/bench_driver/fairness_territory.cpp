#include "tools/bench_driver/fairness_territory.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "sas/slots/v1/directory_service.pb.h"
#include "services/slots/convert.h"
#include "services/slots/domain/index/unit_vector.h"

namespace sas::bench {
namespace {

using slots::IndexedSite;
using slots::IndexedSlot;

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) throw std::runtime_error(std::string(value.status().message()));
  return *std::move(value);
}

slots::v1::Territory Parse(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  slots::v1::Territory territory;
  const auto parsed = google::protobuf::util::JsonStringToMessage(text.str(), &territory);
  if (!in || !parsed.ok()) throw std::runtime_error("cannot read the territory " + file);
  return territory;
}

struct Doctor {
  slots::v1::Practitioner proto;
  std::shared_ptr<const slots::PractitionerRules> rules;
};

using Doctors = std::map<std::string, Doctor>;

void AddPlan(IndexedSite& site, const slots::v1::Site& proto, const slots::v1::SessionPlan& plan,
             const Doctors& doctors, const care::Date& first, const care::Date& last) {
  slots::PlanFrame frame = Must(slots::ToPlanFrame(proto));
  const auto doctor = doctors.find(plan.practitioner());
  if (doctor != doctors.end())
    frame.licence_end = slots::LicenceEnd(doctor->second.proto, proto.name());
  for (slots::PlannedSession& session :
       slots::Generate(Must(slots::ToPlan(plan)), frame, Must(slots::ToZone(proto)), first, last)) {
    for (slots::PlannedSlot& planned : session.slots) {
      IndexedSlot slot;
      if (doctor != doctors.end()) slot.practitioner = doctor->second.rules;
      slot.free_seats = planned.seats;
      slot.slot = std::move(planned);
      site.slots.push_back(std::move(slot));
    }
  }
}

}  // namespace

bool OpenToLines(const IndexedSlot& slot) {
  const auto& modes = slot.slot.modes;
  return slot.slot.staffed &&
         std::find(modes.begin(), modes.end(), slots::Mode::kAmb) != modes.end() &&
         slots::ClassesAllow(slot.slot.classes, slots::EntryPoint::kLine15) &&
         slots::AllocationAllows(slot.slot.allocation, slots::EntryPoint::kLine15, true, true);
}

bool TakesPart(const IndexedSite& site) {
  const auto& rules = site.rules.entry_rules;
  const bool regulated = std::any_of(rules.begin(), rules.end(), [](const slots::EntryRule& rule) {
    return rule.entry_point == slots::EntryPoint::kLine15;
  });
  return regulated && std::any_of(site.slots.begin(), site.slots.end(), OpenToLines) &&
         !site.rules.own_patients_only;
}

FairTerritory ReadFairTerritory(const std::string& file, const care::Date& first,
                                const care::Date& last) {
  const slots::v1::Territory proto = Parse(file);
  FairTerritory territory;
  territory.name = std::filesystem::path(file).stem();
  Doctors doctors;
  for (const auto& each : proto.practitioners()) {
    doctors[each.name()] = {
        each, std::make_shared<const slots::PractitionerRules>(slots::ToPractitionerRules(each))};
  }
  for (const auto& each : proto.sites()) {
    IndexedSite site;
    site.rules = Must(slots::ToSiteRules(each));
    for (const auto& plan : proto.session_plans()) {
      const bool here = plan.name().compare(0, each.name().size() + 1, each.name() + "/") == 0;
      if (here) AddPlan(site, each, plan, doctors, first, last);
    }
    std::stable_sort(site.slots.begin(), site.slots.end(),
                     [](const auto& a, const auto& b) { return a.slot.start < b.slot.start; });
    territory.sites.push_back(std::move(site));
  }
  for (const auto& each : proto.communes()) {
    const care::Point point{each.point().latitude_degrees(), each.point().longitude_degrees()};
    const auto near = [&](const IndexedSite& site) {
      return TakesPart(site) &&
             slots::MetersBetween(slots::ToUnitVector(point),
                                  slots::ToUnitVector(site.rules.point)) <= kBasinMeters;
    };
    const auto& served = proto.territories();
    if (each.population() > 0 &&
        std::find(served.begin(), served.end(), each.department_code()) != served.end() &&
        std::any_of(territory.sites.begin(), territory.sites.end(), near)) {
      territory.basins.push_back({point, each.department_code(), each.population()});
    }
  }
  if (territory.basins.empty()) throw std::runtime_error("nobody lives in " + file);
  return territory;
}

}  // namespace sas::bench
