#include "tools/bench_driver/kernel_bench.h"

#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/base/status.h"
#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/region_view.h"
#include "tools/bench_driver/questions.h"
#include "tools/bench_driver/synthetic_region.h"

namespace sas::bench {
namespace {

using std::chrono::hours;
using std::chrono::steady_clock;

constexpr int kQuestions = 4096;
constexpr int kPasses = 20;         ///< Over all questions; the first warms the verdicts.
constexpr std::size_t kShown = 50;  ///< Sites left out that an answer names.

struct Options {
  std::vector<std::int64_t> slots{10'000, 100'000, 1'000'000};
  int sites = 20'000;
  std::string communes = "/work/shared/data/geo/communes.csv";
};

double Seconds(steady_clock::time_point since) {
  return std::chrono::duration<double>(steady_clock::now() - since).count();
}

std::size_t ResidentBytes() {
  constexpr std::size_t kPage = 4096;
  malloc_trim(0);
  std::ifstream in("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  in >> size >> resident;
  return resident * kPage;
}

// A grid of equal communes, where the file is not at hand.
std::vector<CommuneRow> Grid() {
  std::vector<CommuneRow> rows;
  for (int i = 0; i < 60 * 60; ++i) {
    CommuneRow row;
    row.insee_code = "99" + std::to_string(100 + i);
    row.name = "Commune synthétique";
    row.department = "99";
    row.population = 1000 * (1 + i % 7);
    row.point = {43.0 + 0.12 * (i / 60), -1.0 + 0.14 * (i % 60)};
    rows.push_back(row);
  }
  return rows;
}

std::vector<CommuneRow> Communes(const std::string& file) {
  return std::ifstream(file).good() ? ReadCommunes(file) : Grid();
}

template <typename T>
T OrThrow(absl::StatusOr<T> value) {
  if (!value.ok()) throw std::runtime_error(std::string(value.status().message()));
  return *std::move(value);
}

struct Built {
  std::shared_ptr<slots::RegionIndex> index;
  double build_seconds = 0;  ///< From the slots of each site to the index.
};

Built Build(slots::v1::Territory territory, const RegionOptions& options) {
  std::map<std::string_view, std::vector<slots::v1::SessionPlan>> plans;
  for (const auto& plan : territory.session_plans()) {
    const std::string_view name = plan.name();
    plans[name.substr(0, name.find("/plans/"))].push_back(plan);
  }
  slots::Practitioners practitioners;
  for (const auto& each : territory.practitioners()) practitioners[each.name()] = each;
  Built built;
  std::vector<std::shared_ptr<const slots::Tile>> tiles;
  for (const slots::v1::Site& site : territory.sites()) {
    slots::SiteLedger ledger;
    ledger.site = site;
    ledger.plans = plans[site.name()];
    const auto picture =
        OrThrow(slots::MakeSitePicture(ledger, practitioners, options.now, options.days));
    const auto begin = steady_clock::now();
    tiles.push_back(slots::MakeSiteTile(*picture.site));
    built.build_seconds += Seconds(begin);
  }
  const auto begin = steady_clock::now();
  built.index = OrThrow(slots::RegionIndex::Build(std::move(tiles)));
  built.index->StoreFresh(options.now);
  built.build_seconds += Seconds(begin);
  return built;
}

slots::Query ToQuery(const Question& question, base::Instant now) {
  slots::Query query;
  query.centre = question.point;
  query.radius_meters = kQuestionRadiusMeters;
  query.now = now;
  query.start = now;
  query.end = now + hours(kQuestionHours);
  query.due = query.end;
  query.need.entry_point = static_cast<slots::EntryPoint>(question.entry_point);
  query.need.has_order = query.need.entry_point == slots::EntryPoint::kLine15;
  if (query.need.has_order) query.need.access_reason = slots::AccessReason::kMtIndisponible;
  query.need.motif_code = kSyntheticMotifs[question.motif];
  query.need.age = {question.age_years, care::AgeUnit::kYear};
  query.need.modes = {slots::Mode::kAmb};
  query.need.territory = question.territory;
  query.limit = kQuestionMatches;
  return query;
}

struct Timing {
  std::vector<std::int64_t> nanoseconds;
  double matches = 0;  ///< On average, in all.
  double excluded = 0;

  std::int64_t At(double part) {
    const auto place =
        nanoseconds.begin() +
        static_cast<std::ptrdiff_t>(part * static_cast<double>(nanoseconds.size() - 1));
    std::nth_element(nanoseconds.begin(), place, nanoseconds.end());
    return *place;
  }

  nlohmann::json Told() {
    return {{"p50", At(0.5)},
            {"p90", At(0.9)},
            {"p99", At(0.99)},
            {"matches", matches},
            {"excluded", excluded}};
  }
};

Timing Time(const slots::RegionIndex& index, std::vector<slots::Query> queries,
            std::size_t excluded_limit) {
  Timing timing;
  for (slots::Query& query : queries) query.excluded_limit = excluded_limit;
  for (int pass = 0; pass < kPasses; ++pass) {
    for (const slots::Query& query : queries) {
      const auto begin = steady_clock::now();
      const slots::Found found = slots::Search(index, query);
      const auto took = steady_clock::now() - begin;
      if (pass == 0) continue;
      timing.nanoseconds.push_back(std::chrono::nanoseconds(took).count());
      const double share = 1.0 / static_cast<double>((kPasses - 1) * queries.size());
      timing.matches += share * static_cast<double>(found.total);
      timing.excluded += share * static_cast<double>(found.excluded_total);
    }
  }
  return timing;
}

}  // namespace

int KernelMain(int argc, char** argv) {
  CLI::App app{"The search in this process.", "sas-bench kernel"};
  Options options;
  app.add_option("--slots", options.slots, "how many, several in a row");
  app.add_option("--sites", options.sites);
  app.add_option("--communes", options.communes);
  CLI11_PARSE(app, argc, argv);
  try {
    const std::vector<CommuneRow> communes = Communes(options.communes);
    RegionOptions region;
    region.sites = options.sites;
    // A Tuesday of November 2026, ten in the morning in Paris.
    region.now = base::Instant(std::chrono::seconds(1'795'510'800));
    std::vector<slots::Query> queries;
    for (const Question& each : MakeQuestions(communes, kQuestions, region.seed)) {
      queries.push_back(ToQuery(each, region.now));
    }
    for (const std::int64_t slots : options.slots) {
      region.slots = slots;
      const std::size_t before = ResidentBytes();
      Built built = Build(MakeSyntheticRegion(communes, region), region);
      const std::size_t resident = ResidentBytes() - before;
      const auto count = static_cast<double>(built.index->slot_count());
      nlohmann::json told{
          {"bench", "kernel"},
          {"slots", built.index->slot_count()},
          {"sites", built.index->site_count()},
          {"build_s", built.build_seconds},
          {"index_bytes", built.index->bytes()},
          {"resident_bytes", resident},
          {"index_bytes_per_slot", static_cast<double>(built.index->bytes()) / count}};
      told["ranking_ns"] = Time(*built.index, queries, 0).Told();
      told["with_excluded_ns"] = Time(*built.index, queries, kShown).Told();
      std::cout << told.dump() << std::endl;
    }
  } catch (const std::exception& broken) {
    std::cerr << "sas-bench kernel: " << broken.what() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace sas::bench
