#include "services/slots/domain/finess_file.h"

#include <algorithm>
#include <array>

#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "services/slots/domain/csv.h"

namespace sas::slots {
namespace {

// Columns of section structureet.
constexpr std::size_t kFinessEt = 1;
constexpr std::size_t kFinessEj = 2;
constexpr std::size_t kName = 3;
constexpr std::size_t kLongName = 4;
constexpr std::size_t kStreetNumber = 7;
constexpr std::size_t kStreetKind = 8;
constexpr std::size_t kStreet = 9;
constexpr std::size_t kStreetLetter = 10;
constexpr std::size_t kPlaceName = 11;
constexpr std::size_t kCommune = 12;
constexpr std::size_t kDepartment = 13;
constexpr std::size_t kPostalLine = 15;
constexpr std::size_t kCategory = 18;
constexpr std::size_t kOpened = 28;
constexpr std::size_t kAuthorised = 29;
constexpr std::size_t kUpdated = 30;
constexpr std::size_t kStructureFields = 31;  ///< Some extracts have one more, empty.

// Columns of section geolocalisation.
constexpr std::size_t kX = 2;
constexpr std::size_t kY = 3;
constexpr std::size_t kSource = 4;
constexpr std::size_t kPositionFields = 5;

constexpr double kFarMetropole = 40'000;  ///< Metres.
constexpr double kFarOverseas = 60'000;
constexpr double kFarGuyane = 300'000;

// Values of sas.slots.v1.Structure.Kind, which the rules do not see; held together by a test.
constexpr int kMsp = 1;
constexpr int kCds = 5;
constexpr int kCpts = 6;
constexpr int kHospital = 8;

// Where patients without appointment can be sent. Not here on purpose: dialysis, psychiatry, dental
// and nursing centres, care homes. MMG, CSNP, SOS Médecins and cabinets have no category of their
// own; a coordinator enters them.
constexpr std::array kCategories = {
    FinessCategory{"101", kHospital, true, "Centre hospitalier régional (CHR)"},
    FinessCategory{"106", kHospital, true, "Centre hospitalier, ex hôpital local"},
    FinessCategory{"114", kHospital, true, "Hôpital des armées"},
    FinessCategory{"124", kCds, true, "Centre de santé"},
    FinessCategory{"355", kHospital, true, "Centre hospitalier (CH)"},
    FinessCategory{"365", kHospital, true, "Établissement de soins pluridisciplinaire"},
    FinessCategory{"439", kCds, true, "Centre de santé polyvalent"},
    FinessCategory{"603", kMsp, true, "Maison de santé (L.6223-3)"},
    FinessCategory{"604", kCpts, false, "Communauté professionnelle territoriale de santé"}};

absl::Status TooFew() {
  return base::Fail(absl::StatusCode::kInvalidArgument, "WRONG_COLUMN_COUNT",
                    "the section has more columns than this line: is it the file of this format?");
}

void AddPart(std::string& text, std::string_view separator, std::string_view part) {
  if (part.empty()) return;
  if (!text.empty()) text += separator;
  text += part;
}

std::string AddressOf(const std::vector<std::string>& fields) {
  std::string street;
  for (const std::size_t column : {kStreetNumber, kStreetLetter, kStreetKind, kStreet}) {
    AddPart(street, " ", fields[column]);
  }
  AddPart(street, ", ", fields[kPlaceName]);
  AddPart(street, ", ", fields[kPostalLine]);
  return street;
}

/// The first of them that is there; old hospitals have opened before our calendar begins.
std::string OpeningOf(const std::vector<std::string>& fields) {
  for (const std::size_t column : {kOpened, kAuthorised, kUpdated}) {
    if (!fields[column].empty()) return std::max(fields[column], std::string("1900-01-01"));
  }
  return "1900-01-01";
}

}  // namespace

std::span<const FinessCategory> FinessCategories() {
  return kCategories;
}

const FinessCategory* FindFinessCategory(std::string_view code) {
  const auto* found = std::find_if(kCategories.begin(), kCategories.end(),
                                   [&](const auto& each) { return each.code == code; });
  return found == kCategories.end() ? nullptr : found;
}

FinessSection FinessSectionOf(const std::vector<std::string>& fields) {
  if (!fields.empty() && fields[0] == "structureet") return FinessSection::kStructure;
  if (!fields.empty() && fields[0] == "geolocalisation") return FinessSection::kGeolocation;
  return FinessSection::kOther;
}

std::string_view FinessCategoryOf(const std::vector<std::string>& fields) {
  return fields.size() > kCategory ? std::string_view(fields[kCategory]) : std::string_view();
}

absl::StatusOr<FinessStructure> ParseFinessStructure(const std::vector<std::string>& fields) {
  if (fields.size() < kStructureFields) return TooFew();
  FinessStructure row;
  row.finess = fields[kFinessEt];
  row.legal_finess = fields[kFinessEj];
  SAS_RETURN_IF_ERROR(care::CheckFiness(row.finess, "nofinesset"));
  SAS_RETURN_IF_ERROR(care::CheckFiness(row.legal_finess, "nofinessej"));
  row.display_name = fields[kLongName].empty() ? fields[kName] : fields[kLongName];
  row.address_line = AddressOf(fields);
  SAS_ASSIGN_OR_RETURN(row.insee_code, InseeCodeOfFiness(fields[kDepartment], fields[kCommune]));
  row.category = fields[kCategory];
  row.opening_date = OpeningOf(fields);
  return row;
}

absl::StatusOr<FinessPosition> ParseFinessPosition(const std::vector<std::string>& fields) {
  if (fields.size() < kPositionFields) return TooFew();
  FinessPosition row;
  row.finess = fields[kFinessEt];
  SAS_RETURN_IF_ERROR(care::CheckFiness(row.finess, "nofinesset"));
  row.grid = GridOfSource(fields[kSource]);
  row.known = !fields[kX].empty() && !fields[kY].empty();
  if (!row.known) return row;
  SAS_ASSIGN_OR_RETURN(row.x, ParseDecimal(fields[kX], "coordxet"));
  SAS_ASSIGN_OR_RETURN(row.y, ParseDecimal(fields[kY], "coordyet"));
  return row;
}

absl::StatusOr<std::string> InseeCodeOfFiness(std::string_view department,
                                              std::string_view commune) {
  const absl::Status wrong =
      base::InvalidField("commune", "INVALID_INSEE_CODE",
                         "département and commune of the register make no INSEE code");
  if (department.size() != 2 || commune.size() != 3 ||
      commune.find_first_not_of("0123456789") != std::string_view::npos) {
    return wrong;
  }
  std::string code = std::string(department).append(commune);
  if (department[0] == '9' && department[1] >= 'A') {
    // The commune's first digit tells the département again: 9A is 971, 9B 972, … 9J 986 to 988.
    const bool old = department[1] <= 'F';
    const bool fits = old ? commune[0] - '1' == department[1] - 'A'
                          : department[1] <= 'J' && commune[0] >= '6' && commune[0] <= '8';
    if (!fits) return wrong;
    code = std::string(old ? "97" : "98").append(commune);
  }
  if (code == "97123") return std::string("97701");
  if (code == "97127") return std::string("97801");
  if (code >= "75101" && code <= "75120") return std::string("75056");
  if (code >= "69381" && code <= "69389") return std::string("69123");
  if (code >= "13201" && code <= "13216") return std::string("13055");
  if (!care::CheckInseeCode(code, "commune").ok()) return wrong;
  return code;
}

std::string_view TerritoryOfCommune(std::string_view insee_code) {
  if (insee_code.substr(0, 2) == "98") return {};
  const std::string_view department = care::DepartmentOf(insee_code);
  return department == "977" || department == "978" ? "971" : department;
}

std::string_view TimeZoneOfCommune(std::string_view insee_code) {
  if (insee_code.substr(0, 2) != "97" || insee_code.size() < 3) return {};
  constexpr std::array<std::string_view, 10> kZones = {"",
                                                       "America/Guadeloupe",
                                                       "America/Martinique",
                                                       "America/Cayenne",
                                                       "Indian/Reunion",
                                                       "America/Miquelon",
                                                       "Indian/Mayotte",
                                                       "America/Guadeloupe",
                                                       "America/Guadeloupe",
                                                       ""};
  const char digit = insee_code[2];
  return digit >= '0' && digit <= '9' ? kZones[static_cast<std::size_t>(digit - '0')] : "";
}

double FarFromCommune(std::string_view insee_code) {
  if (insee_code.substr(0, 3) == "973") return kFarGuyane;
  return insee_code.substr(0, 2) == "97" ? kFarOverseas : kFarMetropole;
}

absl::Status CheckNearCommune(const care::Point& point, const care::Point& centre,
                              std::string_view insee_code, std::string_view field) {
  SAS_RETURN_IF_ERROR(care::CheckPoint(point, field));
  if (!care::CheckPoint(centre, field).ok()) return absl::OkStatus();
  if (care::DistanceMeters(point, centre) <= FarFromCommune(insee_code)) return absl::OkStatus();
  return base::InvalidField(
      field, "POINT_FAR_FROM_COMMUNE",
      "the point lies far from the commune of the line; one of them is wrong");
}

}  // namespace sas::slots
