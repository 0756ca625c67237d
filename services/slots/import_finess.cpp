#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/domain/csv.h"
#include "services/slots/domain/finess_file.h"
#include "services/slots/import_line.h"

// FORMAT_FINESS. An establishment becomes regions/r/sites/finess-<number>, its entité juridique
// regions/r/structures/finess-<number>. The register owns name, address, commune and position of
// such a site; everything else is the coordinator's and stays. A site that a
// coordinator has entered under another name with the same number is left as it is.
namespace sas::slots {
namespace {

std::string IdOf(std::string_view finess) {
  std::string id = "finess-";
  for (const char c : finess) id += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return id;
}

/// How exact a position is: the first figure of its source is the register's own mark, 1 for the
/// number in the street. What says nothing is no better than the commune.
type::v1::GeoPrecision PrecisionOf(std::string_view source) {
  const std::string_view mark = source.substr(0, source.find(','));
  if (mark == "1") return type::v1::GEO_PRECISION_ADDRESS;
  if (mark == "2" || mark == "3") return type::v1::GEO_PRECISION_STREET;
  return type::v1::GEO_PRECISION_CITY;
}

class FinessImporter final : public LineImporter {
 public:
  explicit FinessImporter(ImportScope scope) : scope_(std::move(scope)) {}

  absl::Status ReadHeader(std::string_view /*line*/) override { return absl::OkStatus(); }

  bool HasHeader() const override { return false; }

  absl::StatusOr<LineResult> Apply(SlotsTransaction& transaction, std::string_view line,
                                   std::set<std::string>& touched) override {
    const auto fields = SplitFields(line, ';', Quotes::kNone);
    if (!fields.ok()) return RefusedLine(fields.status());
    switch (FinessSectionOf(*fields)) {
      case FinessSection::kStructure:
        return ApplyStructure(transaction, *fields, touched);
      case FinessSection::kGeolocation:
        return ApplyPosition(transaction, *fields, touched);
      default:
        return LineResult{};
    }
  }

  const std::map<std::string, std::string, std::less<>>& columns() const override {
    static const std::map<std::string, std::string, std::less<>> kColumns = {
        {"finess", "nofinesset"},  {"display_name", "rs"},      {"address_line", "voie"},
        {"insee_code", "commune"}, {"opening_date", "dateouv"}, {"territories", "departement"},
        {"point", "coordxet"}};
    return kColumns;
  }

 private:
  std::string SiteName(std::string_view finess) const {
    return base::JoinName({{"regions", scope_.region}, {"sites", IdOf(finess)}});
  }

  absl::StatusOr<LineResult> ApplyStructure(SlotsTransaction& transaction,
                                            const std::vector<std::string>& fields,
                                            std::set<std::string>& touched) {
    const FinessCategory* category = FindFinessCategory(FinessCategoryOf(fields));
    if (category == nullptr) return LineResult{};
    const auto row = ParseFinessStructure(fields);
    if (!row.ok()) return RefusedLine(row.status());
    const std::string_view territory = TerritoryOfCommune(row->insee_code);
    if (!scope_.Covers(territory)) return LineResult{};
    SAS_ASSIGN_OR_RETURN(const auto commune,
                         transaction.GetCommune(scope_.region, row->insee_code));
    if (!commune) return RefusedLine(UnknownCommune("commune"));
    SAS_ASSIGN_OR_RETURN(auto owner, OwnerOf(transaction, *row, *category, territory));
    if (!category->receives_patients) return PutOwner(transaction, owner);
    return ApplySite(transaction, *row, *category, *commune, owner, touched);
  }

  /// The structure as it should be, and whether it is new or changed.
  struct Owner {
    v1::Structure structure;
    bool changed = false;
  };

  absl::StatusOr<Owner> OwnerOf(SlotsTransaction& transaction, const FinessStructure& row,
                                const FinessCategory& category, std::string_view territory) {
    const std::string name =
        base::JoinName({{"regions", scope_.region}, {"structures", IdOf(row.legal_finess)}});
    SAS_ASSIGN_OR_RETURN(const auto known, transaction.GetStructure(name));
    Owner owner{known.value_or(v1::Structure()), !known};
    v1::Structure& structure = owner.structure;
    if (!known) {
      structure.set_name(name);
      structure.set_kind(static_cast<v1::Structure::Kind>(category.kind));
      structure.set_display_name(row.display_name);
      structure.set_finess(row.legal_finess);
    }
    const auto& codes = structure.territories();
    if (std::find(codes.begin(), codes.end(), territory) == codes.end()) {
      structure.add_territories(std::string(territory));
      owner.changed = true;
    }
    return owner;
  }

  static absl::StatusOr<LineResult> PutOwner(SlotsTransaction& transaction, const Owner& owner) {
    if (!owner.changed) return LineResult{LineOutcome::kUnchanged, absl::OkStatus()};
    SAS_RETURN_IF_ERROR(transaction.PutStructure(owner.structure));
    return LineResult{LineOutcome::kApplied, absl::OkStatus()};
  }

  absl::StatusOr<LineResult> ApplySite(SlotsTransaction& transaction, const FinessStructure& row,
                                       const FinessCategory& category,
                                       const type::v1::Commune& commune, const Owner& owner,
                                       std::set<std::string>& touched) {
    const std::string name = SiteName(row.finess);
    SAS_ASSIGN_OR_RETURN(const auto before, transaction.GetSite(name));
    if (!before) {
      SAS_ASSIGN_OR_RETURN(const auto other,
                           transaction.imports().FindSite(scope_.region, row.finess));
      if (other) return LineResult{LineOutcome::kUnchanged, absl::OkStatus()};
    }
    v1::Site site = before.value_or(v1::Site());
    if (!before) {  // Without entry rules: nobody may book until a coordinator opens it.
      site.set_name(name);
      site.set_structure(owner.structure.name());
      site.set_kind(static_cast<v1::Structure::Kind>(category.kind));
      site.set_finess(row.finess);
      site.add_territories(std::string(TerritoryOfCommune(row.insee_code)));
      site.set_opening_date(row.opening_date);
      site.set_time_zone(std::string(TimeZoneOfCommune(row.insee_code)));
    }
    const bool moved = site.place().insee_code() != row.insee_code;
    site.set_display_name(row.display_name);
    site.mutable_place()->set_address_line(row.address_line);
    site.mutable_place()->set_insee_code(row.insee_code);
    if (moved) PlaceAtCentre(commune, site);
    SAS_ASSIGN_OR_RETURN(absl::Status wrong,
                         CheckSiteLine(transaction, scope_, site, &owner.structure));
    if (wrong.ok()) wrong = scope_.MayWrite(site);
    if (wrong.ok() && before) wrong = scope_.MayChange(*before, site);
    if (!wrong.ok()) return RefusedLine(wrong);
    SAS_RETURN_IF_ERROR(PutOwner(transaction, owner).status());
    return PutSiteLine(transaction, {before, site, commune, scope_.now}, touched);
  }

  absl::StatusOr<LineResult> ApplyPosition(SlotsTransaction& transaction,
                                           const std::vector<std::string>& fields,
                                           std::set<std::string>& touched) {
    if (fields.size() < 2 || fields[1].size() != 9) {
      return RefusedLine(ParseFinessPosition(fields).status());
    }
    // First the site: most positions are of establishments that were passed over.
    SAS_ASSIGN_OR_RETURN(const auto before, transaction.GetSite(SiteName(fields[1])));
    if (!before) return LineResult{};
    const auto row = ParseFinessPosition(fields);
    if (!row.ok()) return RefusedLine(row.status());
    if (!row->known || !scope_.Covers(TerritoryOfCommune(before->place().insee_code()))) {
      return LineResult{};
    }
    SAS_ASSIGN_OR_RETURN(const auto commune,
                         transaction.GetCommune(scope_.region, before->place().insee_code()));
    if (!commune) return RefusedLine(UnknownCommune("commune"));
    const auto grid = row->grid ? row->grid : GridOfCommune(commune->insee_code());
    if (!grid) return LineResult{};
    const care::Point point = FromGrid(*grid, row->x, row->y);
    absl::Status wrong = scope_.MayWrite(*before);
    if (wrong.ok()) {
      wrong = CheckNearCommune(
          point, {commune->point().latitude_degrees(), commune->point().longitude_degrees()},
          commune->insee_code(), "coordxet");
    }
    v1::Site site = *before;
    site.mutable_place()->mutable_point()->set_latitude_degrees(point.latitude);
    site.mutable_place()->mutable_point()->set_longitude_degrees(point.longitude);
    site.mutable_place()->set_precision(PrecisionOf(fields[4]));
    if (wrong.ok()) wrong = scope_.MayChange(*before, site);
    if (!wrong.ok()) return RefusedLine(wrong);
    return PutSiteLine(transaction, {before, site, *commune, scope_.now}, touched);
  }

  const ImportScope scope_;
};

}  // namespace

std::unique_ptr<LineImporter> MakeFinessImporter(ImportScope scope) {
  return std::make_unique<FinessImporter>(std::move(scope));
}

}  // namespace sas::slots
