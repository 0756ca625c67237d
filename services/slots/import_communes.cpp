#include <optional>
#include <utility>

#include "common/care/identifiers.h"
#include "services/slots/directory_checks.h"
#include "services/slots/domain/csv.h"
#include "services/slots/domain/findings.h"
#include "services/slots/domain/finess_file.h"
#include "services/slots/import_line.h"

// FORMAT_COMMUNES: code_insee, nom, codes_postaux, population, lat, lon. What else such files have
// is known and not read.
namespace sas::slots {
namespace {

class CommunesImporter final : public LineImporter {
 public:
  explicit CommunesImporter(ImportScope scope) : scope_(std::move(scope)) {}

  absl::Status ReadHeader(std::string_view line) override {
    SAS_ASSIGN_OR_RETURN(
        table_, Columns::Parse(line,
                               {"code_insee", "nom", "departement", "region", "codes_postaux",
                                "population", "lat", "lon", "coord_source"},
                               {"code_insee", "nom", "lat", "lon"}));
    return absl::OkStatus();
  }

  bool HasHeader() const override { return true; }

  absl::StatusOr<LineResult> Apply(SlotsTransaction& transaction, std::string_view line,
                                   std::set<std::string>& touched) override {
    const auto fields = table_.Split(line);
    if (!fields.ok()) return RefusedLine(fields.status());
    const std::string_view code = table_.Get(*fields, "code_insee");
    if (!care::CheckInseeCode(code, "code_insee").ok()) {
      return RefusedLine(care::CheckInseeCode(code, "code_insee"));
    }
    if (!scope_.Covers(TerritoryOfCommune(code))) return LineResult{};
    const auto commune = Read(*fields);
    if (!commune.ok()) return RefusedLine(commune.status());
    SAS_ASSIGN_OR_RETURN(const auto before, transaction.GetCommune(scope_.region, code));
    if (before && before->SerializeAsString() == commune->SerializeAsString()) {
      return LineResult{LineOutcome::kUnchanged, absl::OkStatus()};
    }
    SAS_RETURN_IF_ERROR(transaction.PutCommune(scope_.region, *commune));
    touched.insert("");  // Communes belong to the whole region.
    return LineResult{LineOutcome::kApplied, absl::OkStatus()};
  }

  const std::map<std::string, std::string, std::less<>>& columns() const override {
    static const std::map<std::string, std::string, std::less<>> kColumns = {
        {"insee_code", "code_insee"},
        {"display_name", "nom"},
        {"department_code", "code_insee"},
        {"postal_codes", "codes_postaux"},
        {"point", "lat"}};
    return kColumns;
  }

 private:
  absl::StatusOr<type::v1::Commune> Read(const std::vector<std::string>& fields) const {
    v1::Territory file;
    type::v1::Commune& commune = *file.add_communes();
    commune.set_insee_code(std::string(table_.Get(fields, "code_insee")));
    commune.set_display_name(std::string(table_.Get(fields, "nom")));
    commune.set_department_code(std::string(care::DepartmentOf(commune.insee_code())));
    for (std::string& code : ParseList(table_.Get(fields, "codes_postaux"))) {
      commune.add_postal_codes(std::move(code));
    }
    const std::string_view people = table_.Get(fields, "population");
    if (!people.empty()) {
      SAS_ASSIGN_OR_RETURN(const std::int32_t count, ParseWhole(people, "population"));
      commune.set_population(count);
    }
    // Without both, the point stays empty and is refused as such: 0,0 is no place.
    const std::string_view lat = table_.Get(fields, "lat");
    const std::string_view lon = table_.Get(fields, "lon");
    if (!lat.empty() && !lon.empty()) {
      SAS_ASSIGN_OR_RETURN(const double latitude, ParseDecimal(lat, "lat"));
      SAS_ASSIGN_OR_RETURN(const double longitude, ParseDecimal(lon, "lon"));
      commune.mutable_point()->set_latitude_degrees(latitude);
      commune.mutable_point()->set_longitude_degrees(longitude);
    }
    Findings findings;
    CheckCommunes(file, findings);
    SAS_RETURN_IF_ERROR(findings.Result());
    return commune;
  }

  const ImportScope scope_;
  Columns table_;
};

}  // namespace

std::unique_ptr<LineImporter> MakeCommunesImporter(ImportScope scope) {
  return std::make_unique<CommunesImporter>(std::move(scope));
}

}  // namespace sas::slots
