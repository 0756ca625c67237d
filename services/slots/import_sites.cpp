#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "common/base/resource_name.h"
#include "common/care/calendar.h"
#include "services/slots/directory_checks.h"
#include "services/slots/domain/finess_file.h"
#include "services/slots/domain/hours_cap_text.h"
#include "services/slots/import_row.h"

// FORMAT_SITES: a coordinator's sites, one a line.
namespace sas::slots {
namespace {

const std::vector<std::string_view>& KnownColumns() {
  static const std::vector<std::string_view> kColumns = {
      "site_id",     "structure_id", "structure_name",     "structure_kind",
      "kind",        "display_name", "insee_code",         "address_line",
      "access_hint", "latitude",     "longitude",          "territories",
      "time_zone",   "opening_date", "end_date",           "phase",
      "csnp_mode",   "finess",       "entry_rules",        "own_patients_only",
      "wheelchair",  "directions",   "direct_line",        "secure_mailbox",
      "local_tip",   "rooms",        "secretary_required", "daily_appointment_max",
      "hours_caps"};
  return kColumns;
}

/// LINE_116117=REGULATED: an entry point and how. What else a rule asks for stays.
void AddEntryRule(ImportRow& row, const std::string& part, const v1::EntryPolicy& before,
                  v1::EntryPolicy& policy) {
  constexpr std::string_view kColumn = "entry_rules";
  const std::size_t equals = std::min(part.find('='), part.size());
  const auto point = ParseWord(type::v1::EntryPoint_descriptor(), "ENTRY_POINT_",
                               std::string_view(part).substr(0, equals), kColumn);
  const auto access =
      ParseWord(v1::EntryRule::Access_descriptor(), "ACCESS_",
                std::string_view(part).substr(std::min(equals + 1, part.size())), kColumn);
  if (!point.ok() || !access.ok()) {
    return row.findings().Add(point.ok() ? access.status() : point.status());
  }
  v1::EntryRule& rule = *policy.add_rules();
  for (const v1::EntryRule& old : before.rules()) {
    if (old.entry_point() == *point) rule = old;
  }
  rule.set_entry_point(static_cast<type::v1::EntryPoint>(*point));
  rule.set_access(static_cast<v1::EntryRule::Access>(*access));
}

void AddHoursCap(const HoursCapText& text, v1::Site& site) {
  v1::HoursCap& cap = *site.add_hours_caps();
  for (const int day : text.weekdays) cap.add_weekdays(day);
  if (text.start) cap.set_start_time_of_day(care::TimeOfDayText(*text.start));
  if (text.end) cap.set_end_time_of_day(care::TimeOfDayText(*text.end));
  cap.set_appointment_max(text.appointment_max);
}

void ReadReception(ImportRow& row, v1::Site& site) {
  const v1::EntryPolicy before = site.entry_policy();
  row.Each(
      "entry_rules", [&] { site.mutable_entry_policy()->clear_rules(); },
      [&](const std::string& part) {
        AddEntryRule(row, part, before, *site.mutable_entry_policy());
      });
  row.YesNo("own_patients_only",
            [&](bool yes) { site.mutable_entry_policy()->set_own_patients_only(yes); });
  if (row.Has("wheelchair")) {  // An empty cell is "unknown", not "no".
    site.set_wheelchair(v1::ACCESSIBILITY_UNSPECIFIED);
    if (!row.Get("wheelchair").empty()) {
      row.YesNo("wheelchair", [&](bool yes) {
        site.set_wheelchair(yes ? v1::ACCESSIBILITY_YES : v1::ACCESSIBILITY_NO);
      });
    }
  }
  row.Text("directions", [&](const std::string& text) { site.set_directions(text); });
  row.Text("direct_line", [&](const std::string& text) { site.set_direct_line(text); });
  row.Text("secure_mailbox", [&](const std::string& text) { site.set_secure_mailbox(text); });
  row.Text("local_tip", [&](const std::string& text) { site.set_local_tip(text); });
  row.YesNo("secretary_required", [&](bool yes) { site.set_secretary_required(yes); });
  row.Whole("daily_appointment_max", [&](int count) { site.set_daily_appointment_max(count); });
  row.Each(
      "hours_caps", [&] { site.clear_hours_caps(); },
      [&](const std::string& part) {
        row.Take(ParseHoursCap(part, "hours_caps"),
                 [&](const HoursCapText& cap) { AddHoursCap(cap, site); });
      });
  const auto rooms = site.rooms();
  row.Each(
      "rooms", [&] { site.clear_rooms(); },
      [&](const std::string& id) {
        v1::Room& room = *site.add_rooms();
        for (const v1::Room& old : rooms) {
          if (old.room_id() == id) room = old;
        }
        room.set_room_id(id);
      });
}

void ReadIdentity(ImportRow& row, std::string_view region, v1::Site& site) {
  row.Text("structure_id", [&](const std::string& id) {
    site.set_structure(id.empty() ? "" : base::JoinName({{"regions", region}, {"structures", id}}));
  });
  row.Word("kind", v1::Structure::Kind_descriptor(), "KIND_",
           [&](int kind) { site.set_kind(static_cast<v1::Structure::Kind>(kind)); });
  row.Text("display_name", [&](const std::string& text) { site.set_display_name(text); });
  row.Text("finess", [&](const std::string& text) { site.set_finess(text); });
  row.Each(
      "territories", [&] { site.clear_territories(); },
      [&](const std::string& code) { site.add_territories(code); });
  row.Text("time_zone", [&](const std::string& text) { site.set_time_zone(text); });
  row.Text("opening_date", [&](const std::string& text) { site.set_opening_date(text); });
  row.Text("end_date", [&](const std::string& text) { site.set_end_date(text); });
  row.Word("phase", v1::Site::Phase_descriptor(), "PHASE_",
           [&](int phase) { site.set_phase(static_cast<v1::Site::Phase>(phase)); });
  row.Word("csnp_mode", v1::Site::CsnpMode_descriptor(), "CSNP_MODE_",
           [&](int mode) { site.set_csnp_mode(static_cast<v1::Site::CsnpMode>(mode)); });
  row.Text("address_line",
           [&](const std::string& text) { site.mutable_place()->set_address_line(text); });
  row.Text("access_hint",
           [&](const std::string& text) { site.mutable_place()->set_access_hint(text); });
  row.Text("insee_code",
           [&](const std::string& text) { site.mutable_place()->set_insee_code(text); });
}

/// The point of the line, else of the commune when the line says none or the site has moved.
void ReadPoint(ImportRow& row, const type::v1::Commune& commune, bool moved, v1::Site& site) {
  const bool said = !row.Get("latitude").empty() && !row.Get("longitude").empty();
  if (!said) {
    if (moved || row.Has("latitude") || row.Has("longitude")) PlaceAtCentre(commune, site);
    return;
  }
  care::Point point;
  row.Take(ParseDecimal(row.Get("latitude"), "latitude"),
           [&](double degrees) { point.latitude = degrees; });
  row.Take(ParseDecimal(row.Get("longitude"), "longitude"),
           [&](double degrees) { point.longitude = degrees; });
  if (!row.findings().empty()) return;
  row.findings().Add(CheckNearCommune(
      point, {commune.point().latitude_degrees(), commune.point().longitude_degrees()},
      commune.insee_code(), "latitude"));
  site.mutable_place()->mutable_point()->set_latitude_degrees(point.latitude);
  site.mutable_place()->mutable_point()->set_longitude_degrees(point.longitude);
  site.mutable_place()->set_precision(type::v1::GEO_PRECISION_ADDRESS);
}

class SitesImporter final : public LineImporter {
 public:
  explicit SitesImporter(ImportScope scope) : scope_(std::move(scope)) {}

  absl::Status ReadHeader(std::string_view line) override {
    SAS_ASSIGN_OR_RETURN(table_, Columns::Parse(line, KnownColumns(), {"site_id"}));
    return absl::OkStatus();
  }

  bool HasHeader() const override { return true; }

  absl::StatusOr<LineResult> Apply(SlotsTransaction& transaction, std::string_view line,
                                   std::set<std::string>& touched) override {
    const auto fields = table_.Split(line);
    if (!fields.ok()) return RefusedLine(fields.status());
    Findings findings;
    ImportRow row(table_, *fields, findings);
    SiteLine site;
    site.after.set_name(
        base::JoinName({{"regions", scope_.region}, {"sites", row.Get("site_id")}}));
    SAS_ASSIGN_OR_RETURN(site.before, transaction.GetSite(site.after.name()));
    if (site.before) site.after = *site.before;
    ReadIdentity(row, scope_.region, site.after);
    if (!scope_.WantsOneOf(site.after)) return LineResult{};
    findings.Add(scope_.MayWrite(site.after));
    if (site.before) findings.Add(scope_.MayWrite(*site.before));
    return Finish(transaction, row, std::move(site), touched);
  }

  const std::map<std::string, std::string, std::less<>>& columns() const override {
    static const std::map<std::string, std::string, std::less<>> kColumns = {
        {"name", "site_id"},
        {"structure", "structure_id"},
        {"point", "latitude"},
        {"entry_point", "entry_rules"},
        {"access", "entry_rules"},
        {"room_id", "rooms"},
        {"end_time_of_day", "hours_caps"},
        {"appointment_max", "hours_caps"}};
    return kColumns;
  }

 private:
  absl::StatusOr<LineResult> Finish(SlotsTransaction& transaction, ImportRow& row, SiteLine site,
                                    std::set<std::string>& touched) {
    const std::string& code = site.after.place().insee_code();
    SAS_ASSIGN_OR_RETURN(const auto commune, transaction.GetCommune(scope_.region, code));
    if (!commune) {
      row.findings().Add(UnknownCommune("insee_code"));
      return RefusedLine(row.findings().Result());
    }
    site.commune = *commune;
    const bool moved = !site.before || site.before->place().insee_code() != code;
    ReadPoint(row, *commune, moved, site.after);
    ReadReception(row, site.after);
    SAS_ASSIGN_OR_RETURN(const auto made, MadeStructure(transaction, row, site.after));
    SAS_ASSIGN_OR_RETURN(const absl::Status wrong,
                         CheckSiteLine(transaction, scope_, site.after, made ? &*made : nullptr));
    row.findings().Add(wrong);
    if (site.before) row.findings().Add(scope_.MayChange(*site.before, site.after));
    if (!row.findings().empty()) return RefusedLine(row.findings().Result());
    if (made) SAS_RETURN_IF_ERROR(transaction.PutStructure(*made));
    site.now = scope_.now;
    site.confirmed = true;
    return PutSiteLine(transaction, std::move(site), touched);
  }

  /// The site's own structure, when it is new and the line describes it.
  static absl::StatusOr<std::optional<v1::Structure>> MadeStructure(SlotsTransaction& transaction,
                                                                    ImportRow& row,
                                                                    const v1::Site& site) {
    SAS_ASSIGN_OR_RETURN(const auto known, transaction.GetStructure(site.structure()));
    if (known || site.structure().empty() || row.Get("structure_name").empty()) {
      return std::optional<v1::Structure>();
    }
    v1::Structure structure;
    structure.set_name(site.structure());
    structure.set_kind(site.kind());
    row.Word("structure_kind", v1::Structure::Kind_descriptor(), "KIND_", [&](int kind) {
      if (kind != 0) structure.set_kind(static_cast<v1::Structure::Kind>(kind));
    });
    structure.set_display_name(row.Get("structure_name"));
    *structure.mutable_territories() = site.territories();
    v1::Territory file;
    *file.add_structures() = structure;
    CheckStructures(base::RegionOf(site.name()), file, row.findings());
    return std::optional<v1::Structure>(std::move(structure));
  }

  const ImportScope scope_;
  Columns table_;
};

}  // namespace

std::unique_ptr<LineImporter> MakeSitesImporter(ImportScope scope) {
  return std::make_unique<SitesImporter>(std::move(scope));
}

}  // namespace sas::slots
