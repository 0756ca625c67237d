#include <optional>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "services/slots/directory_checks.h"
#include "services/slots/directory_writes.h"
#include "services/slots/import_row.h"

// FORMAT_SESSION_PLANS: a coordinator's plans, one a line. Slots follow; a change never touches
// booked seats.
namespace sas::slots {
namespace {

constexpr int kPageRows = 1000;

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

std::string SiteOf(const std::string& plan) {
  return plan.substr(0, plan.find("/plans/"));
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

  void BeginBatch() override { plans_.reset(); }

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
    SAS_RETURN_IF_ERROR(ReadPlans(transaction));
    const std::string name = site_name + "/plans/" + row.Get("plan_id");
    const auto known = plans_->find(name);
    v1::SessionPlan plan = known == plans_->end() ? v1::SessionPlan() : known->second;
    const v1::SessionPlan before = plan;
    plan.set_name(name);
    ReadHours(row, plan);
    ReadOffer(row, plan);
    Directory around;
    around.sites.emplace(site->name(), *site);
    SAS_RETURN_IF_ERROR(ReadPractitioner(transaction, row, plan, around));
    SAS_RETURN_IF_ERROR(AddNear(transaction, plan, around));
    Check(plan, around, findings);
    const v1::SessionPlan* old = known == plans_->end() ? nullptr : &before;
    findings.Add(scope_.MayChange(*site, old, plan));
    if (!findings.empty()) return RefusedLine(findings.Result());
    if (plan.SerializeAsString() == before.SerializeAsString()) {
      return LineResult{LineOutcome::kUnchanged, absl::OkStatus()};
    }
    SAS_ASSIGN_OR_RETURN((*plans_)[name], WritePlan(transaction, plan, old, scope_.now));
    touched.insert(site->name());
    return LineResult{LineOutcome::kApplied, absl::OkStatus()};
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
  /// All plans and openings of the region, once a transaction: a session must not meet another one
  /// of its practitioner, wherever that is.
  absl::Status ReadPlans(SlotsTransaction& transaction) {
    if (plans_) return absl::OkStatus();
    std::map<std::string, v1::SessionPlan> plans;
    Page page{"", kPageRows};
    const std::string parent = base::JoinName({{"regions", scope_.region}});
    while (true) {
      SAS_ASSIGN_OR_RETURN(auto batch, transaction.ListSessionPlans(parent, page));
      const bool last = batch.size() < static_cast<std::size_t>(kPageRows);
      for (v1::SessionPlan& plan : batch) {
        page.after = plan.name();
        plans.emplace(page.after, std::move(plan));
      }
      if (last) break;
    }
    openings_.clear();
    SAS_RETURN_IF_ERROR(ReadOpenings(transaction, parent, scope_.now, openings_));
    plans_ = std::move(plans);
    return absl::OkStatus();
  }

  absl::Status ReadPractitioner(SlotsTransaction& transaction, ImportRow& row,
                                v1::SessionPlan& plan, Directory& around) {
    if (row.Has("rpps")) {
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
    }
    if (plan.practitioner().empty()) return absl::OkStatus();
    SAS_ASSIGN_OR_RETURN(const auto person, transaction.GetPractitioner(plan.practitioner()));
    if (person) around.practitioners.emplace(person->name(), *person);
    return absl::OkStatus();
  }

  /// Plans and openings that the line's could meet, and their sites.
  absl::Status AddNear(SlotsTransaction& transaction, const v1::SessionPlan& plan,
                       Directory& around) {
    const std::string site = SiteOf(plan.name());
    const auto near = [&](const auto& other, const std::string& where) {
      return where == site ||
             (!plan.practitioner().empty() && other.practitioner() == plan.practitioner());
    };
    std::set<std::string> sites;
    for (const auto& [name, other] : *plans_) {
      if (!near(other, SiteOf(name))) continue;
      around.plans.emplace(name, other);
      sites.insert(SiteOf(name));
    }
    for (const auto& [name, opening] : openings_) {
      const std::string where = SiteOfException(name);
      if (!near(opening, where)) continue;
      around.openings.emplace(name, opening);
      sites.insert(where);
    }
    for (const std::string& each : sites) {
      if (around.sites.count(each) != 0) continue;
      SAS_ASSIGN_OR_RETURN(const auto there, transaction.GetSite(each));
      if (there) around.sites.emplace(there->name(), *there);
    }
    around.plans[plan.name()] = plan;
    return absl::OkStatus();
  }

  void Check(const v1::SessionPlan& plan, const Directory& around, Findings& findings) const {
    if (!findings.empty()) return;
    v1::Territory file;
    *file.add_session_plans() = plan;
    CheckSessionPlans(scope_.region, file, around, findings);
  }

  const ImportScope scope_;
  Columns table_;
  std::optional<std::map<std::string, v1::SessionPlan>> plans_;
  Openings openings_;  ///< Read with `plans_`.
};

}  // namespace

std::unique_ptr<LineImporter> MakePlansImporter(ImportScope scope) {
  return std::make_unique<PlansImporter>(std::move(scope));
}

}  // namespace sas::slots
