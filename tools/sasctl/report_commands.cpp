#include "tools/sasctl/report_commands.h"

#include <iostream>

#include "absl/strings/str_format.h"
#include "sas/booking/v1/report_service.grpc.pb.h"
#include "tools/sasctl/print.h"

// sasctl report: counts for the people who answer for a site or a territory.
namespace sasctl {
namespace {

using booking::MonthReport;
using booking::ReportCount;
using booking::ReportService;

constexpr char kMasked[] = "masqué (< 5)";

void Rows(Table& table, const std::string& title,
          const google::protobuf::RepeatedPtrField<ReportCount>& counts) {
  bool first = true;
  for (const ReportCount& each : counts) {
    table.Row({first ? title : "", each.label().empty() ? "inconnu" : each.label(),
               each.masked() ? kMasked : std::to_string(each.count())});
    first = false;
  }
}

std::string FillText(const booking::ReportFill& fill) {
  if (!fill.unknown_reason().empty()) return "inconnu: " + fill.unknown_reason();
  if (fill.masked()) return kMasked;
  if (!fill.has_fill_permille()) return "aucune place";
  return absl::StrFormat("%.1f %% (%d / %d)", fill.fill_permille() / 10.0, fill.appointment_count(),
                         fill.seat_count());
}

void Print(const MonthReport& report) {
  std::cout << report.month() << ", compté le " << LocalTime(report.count_time())
            << ", définitions v" << report.definition_version() << "\n";
  Table table({"", "PART", "NOMBRE"});
  Rows(table, "Rendez-vous", report.outcomes());
  Rows(table, "Abandons", report.abandoned_by_reason());
  Rows(table, "Annulations", report.cancelled_by_reason());
  Rows(table, "Entrées", report.by_entry_point());
  Rows(table, "Professions", report.by_profession());
  table.Row({"Remplissage", "", FillText(report.fill())});
  table.Print();
}

}  // namespace

void AddReportCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("report", "Counts for those who answer for a site or territory");
  group->require_subcommand(1);
  auto* sub = group->add_subcommand("month", "What became of a month's appointments");
  auto request = std::make_shared<booking::GetMonthReportRequest>();
  auto site = std::make_shared<std::string>();
  auto all = std::make_shared<bool>(false);
  sub->add_option_function<std::string>(
         "month", [request](const std::string& month) { request->set_month(month); },
         "YYYY-MM, in Europe/Paris")
      ->required();
  sub->add_option("--site", *site,
                  "Only this site, by its id; then also how far its seats were filled");
  sub->add_flag("--all", *all, "All territories that you may see, not only --territory");
  sub->callback([&suite, request, site, all] {
    request->set_parent(suite.Parent());
    if (!*all) request->set_territory(suite.territory());
    if (!site->empty()) request->set_site(suite.Parent() + "/sites/" + *site);
    const auto stub = ReportService::NewStub(suite.ChannelTo(suite.endpoints().booking));
    const auto report = suite.Ask<MonthReport>(base::Role::kSupervisor, stub,
                                               &ReportService::Stub::GetMonthReport, *request);
    if (suite.json()) return PrintJson(report);
    Print(report);
  });
}

}  // namespace sasctl
