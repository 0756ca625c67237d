#include "tools/bench_driver/fill.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/base/status.h"
#include "services/slots/store_sql.h"
#include "tools/bench_driver/comparator_rows.h"
#include "tools/bench_driver/questions.h"
#include "tools/bench_driver/synthetic_region.h"

namespace sas::bench {
namespace {

constexpr int kRowsPerTransaction = 2000;
constexpr std::chrono::seconds kBudget{600};

void Require(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error(std::string(status.message()));
}

/// Rows by the store, many to a commit.
template <typename Rows, typename Put>
void PutAll(slots::SlotsStore& store, const base::Call& call, const Rows& rows, Put put) {
  for (int first = 0; first < rows.size(); first += kRowsPerTransaction) {
    const int last = std::min<int>(rows.size(), first + kRowsPerTransaction);
    Require(store.Write(call, [&](slots::SlotsTransaction& transaction) -> absl::Status {
      for (int i = first; i < last; ++i) SAS_RETURN_IF_ERROR(put(transaction, rows.Get(i)));
      return absl::OkStatus();
    }));
  }
}

void FillLedger(const std::string& url, const std::string& region,
                const slots::v1::Territory& territory) {
  const base::SystemClock clock;
  const base::Call call = base::InternalCall("bench-fill", clock, kBudget);
  sql::Database::Options options;
  options.url = url;
  options.schema = "slots";
  auto database = sql::Database::Open(options, clock);
  Require(database.status());
  Require(sql::Migrate(**database, call, slots::SlotsMigrations()));
  slots::SqlSlotsStore store(**database, clock);
  using slots::SlotsTransaction;
  PutAll(store, call, territory.communes(),
         [&](SlotsTransaction& to, const auto& row) { return to.PutCommune(region, row); });
  PutAll(store, call, territory.structures(),
         [](SlotsTransaction& to, const auto& row) { return to.PutStructure(row); });
  PutAll(store, call, territory.practitioners(),
         [](SlotsTransaction& to, const auto& row) { return to.PutPractitioner(row); });
  PutAll(store, call, territory.sites(),
         [](SlotsTransaction& to, const auto& row) { return to.PutSite(row); });
  PutAll(store, call, territory.session_plans(),
         [](SlotsTransaction& to, const auto& row) { return to.PutSessionPlan(row); });
  Require(store.Write(call, [&](SlotsTransaction& transaction) {
    return transaction.NextDirectory(region).status();
  }));
}

}  // namespace

int FillMain(int argc, char** argv) {
  CLI::App app{"A synthetic region into a ledger and CSV files; use tools/bench.",
               "sas-bench fill"};
  RegionOptions options;
  std::string communes_file;
  std::string ledger;
  std::string folder;
  int questions = 0;
  bool ledger_alone = false;
  app.add_option("--communes", communes_file)->required();
  app.add_option("--ledger", ledger)->required();
  app.add_option("--folder", folder, "where the CSV files go")->required();
  app.add_option("--region", options.region);
  app.add_option("--sites", options.sites);
  app.add_option("--slots", options.slots);
  app.add_option("--days", options.days);
  app.add_option("--questions", questions);
  app.add_flag("--ledger-alone", ledger_alone, "no CSV files: no other engine is asked");
  CLI11_PARSE(app, argc, argv);
  try {
    options.now = base::SystemClock().Now();
    const std::vector<CommuneRow> communes = ReadCommunes(communes_file);
    const slots::v1::Territory territory = MakeSyntheticRegion(communes, options);
    FillLedger(ledger, options.region, territory);
    nlohmann::json told{{"sites", territory.sites_size()},
                        {"plans", territory.session_plans_size()},
                        {"communes", territory.communes_size()}};
    if (!ledger_alone) {
      told["slots"] = WriteSiteRows(territory, options, folder).slots;
      WriteQuestionRows(MakeQuestions(communes, questions, options.seed), folder);
    }
    std::cout << told.dump() << "\n";
  } catch (const std::exception& broken) {
    std::cerr << "sas-bench fill: " << broken.what() << "\n";
    return 1;
  }
  return 0;
}

}  // namespace sas::bench
