#include "tools/sasctl/kpi_commands.h"

#include <iostream>

#include "absl/strings/str_format.h"
#include "sas/regulation/v1/kpi_service.grpc.pb.h"
#include "tools/sasctl/print.h"

// sasctl kpi: what was achieved, and what that means.
namespace sasctl {
namespace {

using regulation::Kpi;
using regulation::KpiFigure;
using regulation::KpiService;

std::string ValueText(const Kpi& kpi, const KpiFigure& figure) {
  if (figure.masked()) return "masqué (< 5)";
  if (!figure.has_value()) return "–";
  if (kpi.unit() == "ratio") return absl::StrFormat("%.1f %%", 100 * figure.value());
  if (kpi.unit() == "seconds" && figure.label() != "refused") {
    return Span(std::chrono::seconds(static_cast<std::int64_t>(figure.value())));
  }
  return absl::StrFormat("%.2f", figure.value());
}

void Print(const regulation::QueryKpisResponse& response, bool definitions) {
  std::cout << "du " << LocalTime(response.start_time()) << " au " << LocalTime(response.end_time())
            << ", " << response.act_count() << " actes, définitions v"
            << response.definition_version() << "\n";
  if (!response.has_known_since_time() ||
      response.known_since_time().seconds() > response.start_time().seconds()) {
    std::cout << "INCOMPLET: actes connus "
              << (response.has_known_since_time()
                      ? "depuis " + LocalTime(response.known_since_time())
                      : std::string("aucun"))
              << "\n";
  }
  Table table({"", "INDICATEUR", "PART", "VALEUR", "SUR"});
  for (const Kpi& kpi : response.kpis()) {
    if (!kpi.unknown_reason().empty()) table.Row({kpi.id(), kpi.title(), "", "inconnu ici", ""});
    for (const KpiFigure& figure : kpi.figures()) {
      const bool first = &figure == &kpi.figures(0);
      table.Row({first ? kpi.id() : "", first ? kpi.title() : "", figure.label(),
                 ValueText(kpi, figure),
                 figure.masked() ? "" : absl::StrFormat("%g", figure.denominator())});
    }
  }
  table.Print();
  if (!definitions) return;
  for (const Kpi& kpi : response.kpis()) {
    std::cout << kpi.id() << "  " << kpi.definition() << " [" << kpi.source() << "]\n";
  }
}

}  // namespace

void AddKpiCommands(CLI::App& app, Suite& suite) {
  auto* sub = app.add_subcommand(
      "kpi", "Figures of regulation over the last hours, with their definitions");
  auto last = std::make_shared<std::string>("24h");
  auto ids = std::make_shared<std::vector<std::string>>();
  auto all = std::make_shared<bool>(false);
  auto definitions = std::make_shared<bool>(false);
  sub->add_option("--last", *last, "Period until now, for example 24h, 90m (24h; at most 744h)");
  sub->add_option("--id", *ids, "Only these, for example K01");
  sub->add_flag("--all", *all, "All territories that you may see, not only --territory");
  sub->add_flag("--definitions", *definitions, "Also what each figure means");
  sub->callback([&suite, last, ids, all, definitions] {
    const base::Instant now = suite.clock().Now();
    regulation::QueryKpisRequest request;
    request.set_parent(suite.Parent());
    if (!*all) request.set_territory(suite.territory());
    *request.mutable_start_time() = ToProto(now - ParseSpan(*last));
    *request.mutable_end_time() = ToProto(now);
    for (const std::string& id : *ids) request.add_kpi_ids(id);
    const auto stub = KpiService::NewStub(suite.ChannelTo(suite.endpoints().regulation));
    const auto response = suite.Ask<regulation::QueryKpisResponse>(
        base::Role::kSupervisor, stub, &KpiService::Stub::QueryKpis, request);
    if (suite.json()) return PrintJson(response);
    Print(response, *definitions);
  });
}

}  // namespace sasctl
