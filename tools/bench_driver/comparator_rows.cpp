#include "tools/bench_driver/comparator_rows.h"

#include <array>
#include <fstream>
#include <iomanip>
#include <map>
#include <sstream>
#include <stdexcept>

#include "services/slots/convert.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/domain/site_rules.h"

namespace sas::bench {
namespace {

namespace v1 = slots::v1;

constexpr std::array kEntryPoints{slots::EntryPoint::kLine15, slots::EntryPoint::kUrgences,
                                  slots::EntryPoint::kPharmacie, slots::EntryPoint::kIdel};

template <typename Value>
Value Get(absl::StatusOr<Value> value) {
  if (!value.ok()) throw std::runtime_error(std::string(value.status().message()));
  return *std::move(value);
}

/// A need that only the entry point and the motif can keep from a site.
slots::Need NeedOf(slots::EntryPoint entry, const char* motif, const slots::SiteRules& rules) {
  slots::Need need;
  need.entry_point = entry;
  need.has_order = entry == slots::EntryPoint::kLine15;
  need.access_reason =
      need.has_order ? slots::AccessReason::kMtIndisponible : slots::AccessReason::kUnspecified;
  need.motif_code = motif;
  need.age = {40, care::AgeUnit::kYear};
  need.territory = rules.territories.front();
  return need;
}

void WriteSite(std::ostream& out, int id, const v1::Site& site) {
  const slots::SiteRules rules = Get(slots::ToSiteRules(site));
  unsigned entries = 0;
  unsigned motifs = 0;
  for (const slots::EntryPoint entry : kEntryPoints) {
    for (std::size_t i = 0; i < std::size(kSyntheticMotifs); ++i) {
      const slots::Exclusion found =
          Judge(rules, NeedOf(entry, kSyntheticMotifs[i], rules), slots::Strictness::kSearch);
      if (found == slots::Exclusion::kNone) motifs |= 1U << i;
      if (found == slots::Exclusion::kNone || found == slots::Exclusion::kMotifNotAccepted) {
        entries |= 1U << static_cast<unsigned>(entry);
      }
    }
  }
  std::string territories;
  for (const std::string& code : rules.territories) {
    territories += (territories.empty() ? "" : ",") + code;
  }
  out << id << ';' << rules.point.latitude << ';' << rules.point.longitude << ";{" << territories
      << "};" << entries << ';' << motifs << ';'
      << site.care_policy().age_min().value() * kMonthsPerYear << '\n';
}

unsigned EntriesOf(const slots::PlannedSlot& slot) {
  unsigned entries = 0;
  for (const slots::EntryPoint entry : kEntryPoints) {
    const bool order = entry == slots::EntryPoint::kLine15;
    if (ClassesAllow(slot.classes, entry) &&
        AllocationAllows(slot.allocation, entry, order, /*same_day=*/false)) {
      entries |= 1U << static_cast<unsigned>(entry);
    }
  }
  return entries;
}

std::ofstream Open(const std::string& folder, const char* name) {
  std::ofstream out(folder + "/" + name);
  if (!out) throw std::runtime_error("cannot write below " + folder);
  out << std::setprecision(10);
  return out;
}

}  // namespace

RowCounts WriteSiteRows(const v1::Territory& territory, const RegionOptions& options,
                        const std::string& folder) {
  std::ofstream sites = Open(folder, "sites.csv");
  std::ofstream rows = Open(folder, "slots.csv");
  RowCounts counts;
  std::map<std::string_view, int> ids;
  for (const v1::Site& site : territory.sites()) {
    const int id = static_cast<int>(counts.sites++);
    ids[site.name()] = id;
    WriteSite(sites, id, site);
  }
  for (const v1::SessionPlan& each : territory.session_plans()) {
    const slots::Plan plan = Get(slots::ToPlan(each));
    const int site = ids.at(plan.site);
    const v1::Site& proto = territory.sites(site);
    const care::Zone zone = Get(slots::ToZone(proto));
    const care::Date today = zone.DateOf(options.now);
    const auto sessions = slots::Generate(plan, Get(slots::ToPlanFrame(proto)), zone, today,
                                          care::AddDays(today, options.days - 1));
    for (const slots::PlannedSession& session : sessions) {
      for (const slots::PlannedSlot& slot : session.slots) {
        if (slot.start < options.now) continue;
        unsigned modes = 0;
        for (const slots::Mode mode : slot.modes) modes |= 1U << static_cast<unsigned>(mode);
        const auto start =
            std::chrono::duration_cast<std::chrono::seconds>(slot.start.time_since_epoch());
        rows << counts.slots++ << ';' << site << ';' << start.count() << ';' << modes << ';'
             << EntriesOf(slot) << '\n';
      }
    }
  }
  return counts;
}

void WriteQuestionRows(const std::vector<Question>& questions, const std::string& folder) {
  std::ofstream out = Open(folder, "questions.csv");
  for (const Question& each : questions) {
    out << each.point.latitude << ';' << each.point.longitude << ';' << each.territory << ';'
        << (1U << static_cast<unsigned>(each.entry_point)) << ';'
        << (1U << static_cast<unsigned>(each.motif)) << ';' << each.age_years * kMonthsPerYear
        << '\n';
  }
}

std::vector<std::vector<std::string>> ReadRows(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("no file " + file);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(in, line);) {
    std::stringstream columns(line);
    auto& row = rows.emplace_back();
    for (std::string column; std::getline(columns, column, ';');) row.push_back(column);
  }
  return rows;
}

}  // namespace sas::bench
