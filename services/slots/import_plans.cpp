#include <set>
#include <string>
#include <utility>

#include "common/base/resource_name.h"
#include "services/slots/directory_checks.h"
#include "services/slots/directory_writes.h"
#include "services/slots/import_pilot_weeks.h"
#include "services/slots/import_row.h"

// FORMAT_SESSION_PLANS: a coordinator's plans, one a line. Slots follow; a change never touches
// booked seats.
namespace sas::slots {
namespace {

const std::vector<std::string_view>& KnownColumns() {
  static const std::vector<std::string_view> kColumns = {"site_id",
                                                         "plan_id",
                                                         "agenda",
                                                         "rpps",
                                                         "room_id",
                                                         "weekdays",
                                                         "start",
                                                         "end",
                                                         "slot_minutes",
                                                         "seats",
                                                         "modes",
                                                         "classes",
                                                         "allocation",
                                                         "effective_start",
                                                         "effective_end",
                                                         "every_weeks",
                                                         "public_holidays",
                                                         "pdsa_hours",
                                                         "secretary",
                                                         "give_back_minutes",
                                                         "same_day_release",
                                                         "secretariat_minutes",
                                                         "supernumerary_max",
                                                         "own_patients_only"};
  return kColumns;
}

void ReadHours(ImportRow& row, v1::SessionPlan& plan) {
  row.Each(
      "weekdays", [&] { plan.clear_weekdays(); },
      [&](const std::string& part) {
        row.Take(ParseWhole(part, "weekdays"), [&](int day) { plan.add_weekdays(day); });
      });
  row.Text("start", [&](const std::string& text) { plan.set_start_time_of_day(text); });
  row.Text("end", [&](const std::string& text) { plan.set_end_time_of_day(text); });
  row.Whole("slot_minutes", [&](int minutes) { plan.set_slot_minutes(minutes); });
  row.Whole("seats", [&](int seats) { plan.set_seats(seats); });
  row.Text("effective_start",
           [&](const std::string& text) { plan.set_effective_start_date(text); });
  row.Text("effective_end", [&](const std::string& text) { plan.set_effective_end_date(text); });
  row.Whole("every_weeks", [&](int weeks) { plan.set_every_weeks(weeks); });
  row.YesNo("public_holidays", [&](bool yes) { plan.set_public_holidays(yes); });
  row.YesNo("pdsa_hours", [&](bool yes) { plan.set_pdsa_hours(yes); });
}

void ReadOffer(ImportRow& row, v1::SessionPlan& plan) {
  row.Text("agenda", [&](const std::string& text) { plan.set_agenda(text); });
  row.Text("room_id", [&](const std::string& text) { plan.set_room_id(text); });
  row.Text("secretary", [&](const std::string& text) { plan.set_secretary(text); });
  row.EachWord(
      "modes", type::v1::ConsultationMode_descriptor(), "CONSULTATION_MODE_",
      [&] { plan.clear_modes(); },
      [&](int mode) { plan.add_modes(static_cast<type::v1::ConsultationMode>(mode)); });
  row.EachWord(
      "classes", type::v1::SlotClass_descriptor(), "SLOT_CLASS_", [&] { plan.clear_classes(); },
      [&](int value) { plan.add_classes(static_cast<type::v1::SlotClass>(value)); });
  row.EachWord(
      "allocation", v1::SlotAllocation_descriptor(), "SLOT_ALLOCATION_",
      [&] { plan.clear_allocation_pattern(); },
      [&](int value) { plan.add_allocation_pattern(static_cast<v1::SlotAllocation>(value)); });
  row.Whole("give_back_minutes", [&](int minutes) { plan.set_give_back_minutes(minutes); });
  row.Text("same_day_release",
           [&](const std::string& text) { plan.set_same_day_release_time_of_day(text); });
  row.Whole("secretariat_minutes", [&](int minutes) { plan.set_secretariat_minutes(minutes); });
  row.Whole("supernumerary_max", [&](int count) { plan.set_supernumerary_max(count); });
  row.YesNo("own_patients_only", [&](bool yes) { plan.set_own_patients_only(yes); });
}

class PlansImporter final : public LineImporter {
 public:
  explicit PlansImporter(ImportScope scope) : scope_(std::move(scope)) {}

  absl::Status ReadHeader(std::string_view line) override {
    SAS_ASSIGN_OR_RETURN(table_, Columns::Parse(line, KnownColumns(), {"site_id", "plan_id"}));
    return absl::OkStatus();
  }

  bool HasHeader() const override { return true; }

  void BeginBatch() override { pilot_weeks_.BeginBatch(); }

  absl::StatusOr<LineResult> Apply(SlotsTransaction& transaction, std::string_view line,
                                   std::set<std::string>& touched) override {
    const auto fields = table_.Split(line);
    if (!fields.ok()) return RefusedLine(fields.status());
    Findings findings;
    ImportRow row(table_, *fields, findings);
    const std::string site_name =
        base::JoinName({{"regions", scope_.region}, {"sites", row.Get("site_id")}});
    SAS_ASSIGN_OR_RETURN(const auto site, transaction.GetSite(site_name));
    if (!site) {
      return RefusedLine(base::InvalidField("site_id", "UNKNOWN_REFERENCE",
                                            "neither this file nor the directory has it"));
    }
    if (!scope_.WantsOneOf(*site)) return LineResult{};
    if (const absl::Status rights = scope_.MayWrite(*site); !rights.ok()) {
      return RefusedLine(rights);
    }
    const std::string name = site_name + "/plans/" + row.Get("plan_id");
    SAS_ASSIGN_OR_RETURN(const auto known, transaction.agendas().GetPlan(name));
    v1::SessionPlan plan = known.value_or(v1::SessionPlan());
    plan.set_name(name);
    ReadHours(row, plan);
    ReadOffer(row, plan);
    SAS_RETURN_IF_ERROR(ReadPractitioner(transaction, row, plan));
    SAS_RETURN_IF_ERROR(Check(transaction, plan, findings));
    const v1::SessionPlan* before = known ? &*known : nullptr;
    findings.Add(scope_.MayChange(*site, before, plan));
    if (!findings.empty()) return RefusedLine(findings.Result());
    if (known && plan.SerializeAsString() == known->SerializeAsString()) {
      return LineResult{LineOutcome::kUnchanged, absl::OkStatus()};
    }
    SAS_RETURN_IF_ERROR(WritePlan(transaction, plan, before, scope_.now).status());
    SAS_RETURN_IF_ERROR(pilot_weeks_.Add(scope_, *site, plan));
    touched.insert(site->name());
    return LineResult{LineOutcome::kApplied, absl::OkStatus()};
  }

  absl::Status CountPilotWeeks(SlotsTransaction& transaction,
                               v1::ImportFileResponse& report) override {
    return pilot_weeks_.Count(scope_, transaction, report);
  }

  const std::map<std::string, std::string, std::less<>>& columns() const override {
    static const std::map<std::string, std::string, std::less<>> kColumns = {
        {"name", "plan_id"},
        {"session_plans", "plan_id"},
        {"practitioner", "rpps"},
        {"start_time_of_day", "start"},
        {"end_time_of_day", "end"},
        {"allocation_pattern", "allocation"},
        {"effective_start_date", "effective_start"},
        {"effective_end_date", "effective_end"},
        {"same_day_release_time_of_day", "same_day_release"}};
    return kColumns;
  }

 private:
  absl::Status ReadPractitioner(SlotsTransaction& transaction, ImportRow& row,
                                v1::SessionPlan& plan) {
    if (!row.Has("rpps")) return absl::OkStatus();
    const std::string rpps = row.Get("rpps");
    plan.clear_practitioner();
    if (rpps.empty()) return absl::OkStatus();  // À pourvoir.
    SAS_ASSIGN_OR_RETURN(const auto found,
                         transaction.partners().FindPractitioners(scope_.region, {rpps}));
    if (found.empty()) {
      row.findings().Add(base::InvalidField("rpps", "UNKNOWN_REFERENCE",
                                            "no practitioner of the directory has this number"));
      return absl::OkStatus();
    }
    plan.set_practitioner(found.begin()->second);
    return absl::OkStatus();
  }

  /// Reads what the line's sessions could meet, and nothing of the rest of the region: the writer's
  /// lock is held meanwhile. What the lines before it have written is there.
  absl::Status Check(SlotsTransaction& transaction, const v1::SessionPlan& plan,
                     Findings& findings) const {
    if (!findings.empty()) return absl::OkStatus();
    v1::Territory file;
    *file.add_session_plans() = plan;
    SAS_ASSIGN_OR_RETURN(Directory around,
                         ReadAround(transaction, scope_.region, file, scope_.now));
    CheckSessionPlans(scope_.region, file, WithTerritory(std::move(around), file), findings);
    return absl::OkStatus();
  }

  const ImportScope scope_;
  Columns table_;
  ImportPilotWeeks pilot_weeks_;
};

}  // namespace

std::unique_ptr<LineImporter> MakePlansImporter(ImportScope scope) {
  return std::make_unique<PlansImporter>(std::move(scope));
}

}  // namespace sas::slots
