#include "tests/rpc/slots/directory_fixture.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <sstream>

#include "services/slots/roles.h"

namespace sas::slots {

void DirectoryTest::SetUp() {
  DirectoryOptions options;
  options.import.test_identities = care::TestIdentities::kAccept;
  options.on_change = [this](const base::Call&, const std::string& region) {
    changes_.push_back(region);
  };
  service_ = std::make_unique<DirectoryService>(server_.runtime(), store_, options);
  AllowDirectoryMethods(server_.roles());
  ASSERT_THAT(server_.Start({service_.get()}, {v1::DirectoryService::service_full_name()}), IsOk());
  stub_ = v1::DirectoryService::NewStub(server_.Channel());
}

void DirectoryTest::TearDown() {
  server_.Stop();
}

v1::Territory DirectoryTest::SoundTerritory() {
  constexpr char kJson[] = R"({
    "display_name": "Vendée", "territories": ["85"],
    "communes": [{"insee_code": "85047", "display_name": "Challans", "department_code": "85",
      "postal_codes": ["85300"], "population": 22943,
      "point": {"latitude_degrees": 46.8458, "longitude_degrees": -1.87942}}],
    "structures": [
      {"name": "regions/fr-pdl/structures/cpts", "kind": "KIND_CPTS", "display_name": "CPTS",
       "finess": "850000019", "territories": ["85"]},
      {"name": "regions/fr-pdl/structures/ch", "kind": "KIND_HOPITAL", "display_name": "CH",
       "siret": "34173748400020"}],
    "practitioners": [
      {"name": "regions/fr-pdl/practitioners/a", "rpps": "99700218896",
       "display_name": "Dr A. Essai", "profession_code": "10", "specialty_code": "SM54",
       "status": "STATUS_SALARIE_RETRAITE", "territories": ["85"]},
      {"name": "regions/fr-pdl/practitioners/b", "rpps": "10000000017",
       "display_name": "Dr B. Essai", "profession_code": "10", "status": "STATUS_REMPLACANT",
       "licence_end_date": "2027-06-30"}],
    "sites": [{"name": "regions/fr-pdl/sites/csnp", "structure": "regions/fr-pdl/structures/cpts",
      "partner_structures": ["regions/fr-pdl/structures/ch"], "kind": "KIND_CSNP",
      "display_name": "CSNP", "csnp_mode": "CSNP_MODE_PHYSICAL",
      "place": {"insee_code": "85047", "precision": "GEO_PRECISION_ADDRESS",
        "point": {"latitude_degrees": 46.8458, "longitude_degrees": -1.87942}},
      "territories": ["85"], "opening_date": "2022-01-24", "phase": "PHASE_PERMANENT",
      "entry_policy": {"rules": [{"entry_point": "ENTRY_POINT_LINE_116117",
        "access": "ACCESS_REGULATED"}]},
      "care_policy": {"excluded_motif_codes": ["M01.00"],
        "age_min": {"value": 3, "unit": "UNIT_MONTH"}},
      "rooms": [{"room_id": "box-1", "equipment_codes": ["BUREAU"]}, {"room_id": "box-2"}],
      "direct_line": "+33199000001", "secretary_required": true}],
    "session_plans": [{"name": "regions/fr-pdl/sites/csnp/plans/soir", "agenda": "csnp",
      "practitioner": "regions/fr-pdl/practitioners/a", "room_id": "box-1",
      "weekdays": [1, 2, 3, 4, 5], "start_time_of_day": "18:00", "end_time_of_day": "20:00",
      "slot_minutes": 15, "seats": 1, "modes": ["CONSULTATION_MODE_AMB"],
      "classes": ["SLOT_CLASS_SNP"], "effective_start_date": "2022-01-24",
      "secretary": "Accueil"}]})";
  v1::Territory territory;
  const auto status = google::protobuf::util::JsonStringToMessage(kJson, &territory);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return territory;
}

v1::Territory DirectoryTest::Demo(const std::string& name) {
  std::ifstream file(std::string(SAS_DEMO) + "/" + name + ".json");
  std::stringstream text;
  text << file.rdbuf();
  v1::Territory territory;
  const auto status = google::protobuf::util::JsonStringToMessage(text.str(), &territory);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return territory;
}

v1::ImportTerritoryRequest DirectoryTest::Request(const v1::Territory& territory,
                                                  const std::string& request_id) {
  v1::ImportTerritoryRequest request;
  request.set_parent("regions/fr-pdl");
  *request.mutable_territory() = territory;
  request.set_request_id(request_id);
  return request;
}

int DirectoryTest::SiteCount() const {
  v1::ListSitesRequest request;
  request.set_parent("regions/fr-pdl");
  const auto sites = Ask(&v1::DirectoryService::Stub::ListSites, request);
  EXPECT_THAT(sites, IsOk());
  return sites.ok() ? sites->sites_size() : -1;
}

}  // namespace sas::slots
