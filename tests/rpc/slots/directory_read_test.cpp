#include <map>
#include <set>

#include "tests/rpc/slots/directory_fixture.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Stub = v1::DirectoryService::Stub;

class DirectoryReadTest : public DirectoryTest {
 protected:
  void SetUp() override {
    DirectoryTest::SetUp();
    ASSERT_THAT(Import(Demo("challans"), "demo"), IsOk());
  }

  absl::StatusOr<v1::ListSessionsResponse> Sessions(const std::string& site,
                                                    const std::string& from, const std::string& to,
                                                    int page_size = 0,
                                                    const std::string& token = "") const {
    v1::ListSessionsRequest request;
    request.set_parent("regions/fr-pdl/sites/" + site);
    request.set_start_date(from);
    request.set_end_date(to);
    request.set_page_size(page_size);
    request.set_page_token(token);
    return Ask(&Stub::ListSessions, request);
  }

  std::vector<std::string> Communes(const std::string& query, int page_size = 0) const {
    v1::SearchCommunesRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_query(query);
    request.set_page_size(page_size);
    const auto found = Ask(&Stub::SearchCommunes, request);
    EXPECT_THAT(found, IsOk()) << query;
    std::vector<std::string> names;
    if (found.ok()) {
      for (const auto& commune : found->communes()) {
        names.push_back(commune.display_name() + " " + commune.department_code());
      }
    }
    return names;
  }
};

TEST_F(DirectoryReadTest, S3_21_TheDirectoryTellsWhoTakesUnscheduledCareAndWhen) {
  v1::GetSiteRequest request;
  request.set_name("regions/fr-pdl/sites/csnp-challans");
  const auto csnp = Ask(&Stub::GetSite, request);
  ASSERT_THAT(csnp, IsOk());
  EXPECT_TRUE(csnp->unscheduled_care().offered());
  std::set<int> days;
  for (const v1::WeeklyHours& hours : csnp->unscheduled_care().hours()) {
    EXPECT_EQ(hours.start_time_of_day(), "13:30");
    EXPECT_EQ(hours.end_time_of_day(), "17:30");
    days.insert(hours.weekdays().begin(), hours.weekdays().end());
  }
  EXPECT_EQ(days, (std::set<int>{1, 2, 3, 4, 5}));
  // Whoever is not open to the lines has none, and the list says the same.
  v1::ListSitesRequest list;
  list.set_parent("regions/fr-pdl");
  const auto sites = Ask(&Stub::ListSites, list);
  ASSERT_THAT(sites, IsOk());
  int without = 0;
  for (const v1::Site& site : sites->sites()) {
    ASSERT_TRUE(site.has_unscheduled_care());
    without += site.unscheduled_care().offered() ? 0 : 1;
    if (site.name() == csnp->name()) {
      EXPECT_EQ(site.SerializeAsString(), csnp->SerializeAsString());
    }
  }
  EXPECT_LT(without, sites->sites_size());
}

TEST_F(DirectoryReadTest, GetsASite) {
  v1::GetSiteRequest request;
  request.set_name("regions/fr-pdl/sites/csnp-challans");
  const auto site = Ask(&Stub::GetSite, request);
  ASSERT_THAT(site, IsOk());
  EXPECT_EQ(site->kind(), v1::Structure::KIND_CSNP);
  EXPECT_EQ(site->place().commune(), "Challans");
  request.set_name("regions/fr-pdl/sites/nowhere");
  EXPECT_THAT(Ask(&Stub::GetSite, request), StatusIs(StatusCode::kNotFound, "SITE_NOT_FOUND"));
  request.set_name("regions/fr-naq/sites/nowhere");  // Forbidden before absent.
  EXPECT_THAT(Ask(&Stub::GetSite, request),
              StatusIs(StatusCode::kPermissionDenied, "REGION_FORBIDDEN"));
  request.set_name("sites/csnp-challans");
  EXPECT_THAT(Ask(&Stub::GetSite, request),
              StatusIs(StatusCode::kInvalidArgument, "INVALID_RESOURCE_NAME"));
}

TEST_F(DirectoryReadTest, S3_17_DirectLineIsHiddenFromPartners) {
  v1::GetSiteRequest request;
  request.set_name("regions/fr-pdl/sites/cabinet-commequiers");
  const auto for_osnp = Ask(&Stub::GetSite, request, ActorWith(base::Role::kOsnp));
  ASSERT_THAT(for_osnp, IsOk());
  EXPECT_EQ(for_osnp->direct_line(), "+33261910007");
  const auto for_partner = Ask(&Stub::GetSite, request, ActorWith(base::Role::kPartner));
  ASSERT_THAT(for_partner, IsOk());
  EXPECT_EQ(for_partner->direct_line(), "");
  v1::ListSitesRequest list;
  list.set_parent("regions/fr-pdl");
  const auto sites = Ask(&Stub::ListSites, list, ActorWith(base::Role::kPartner));
  ASSERT_THAT(sites, IsOk());
  for (const auto& site : sites->sites()) EXPECT_EQ(site.direct_line(), "");
}

TEST_F(DirectoryReadTest, TheSecureMailboxIsReadByBookingAndHiddenFromPartners) {
  constexpr char kCabinet[] = "regions/fr-pdl/sites/cabinet-commequiers";
  constexpr char kMailbox[] = "commequiers@cabinet.essai.mssante.fr";
  v1::Territory territory = Demo("challans");
  for (v1::Site& site : *territory.mutable_sites()) {
    if (site.name() == kCabinet) site.set_secure_mailbox(kMailbox);
  }
  ASSERT_THAT(Import(territory, "mailbox"), IsOk());
  v1::GetSiteRequest request;
  request.set_name(kCabinet);
  for (const base::Role role : {base::Role::kService, base::Role::kPlanner, base::Role::kOsnp}) {
    const auto site = Ask(&Stub::GetSite, request, ActorWith(role));
    ASSERT_THAT(site, IsOk());
    EXPECT_EQ(site->secure_mailbox(), kMailbox);
  }
  const auto for_partner = Ask(&Stub::GetSite, request, ActorWith(base::Role::kPartner));
  ASSERT_THAT(for_partner, IsOk());
  EXPECT_EQ(for_partner->secure_mailbox(), "");
  v1::ListSitesRequest list;
  list.set_parent("regions/fr-pdl");
  const auto sites = Ask(&Stub::ListSites, list, ActorWith(base::Role::kPartner));
  ASSERT_THAT(sites, IsOk());
  for (const auto& site : sites->sites()) EXPECT_EQ(site.secure_mailbox(), "");
}

TEST_F(DirectoryReadTest, ListsSitesInPages) {
  v1::ListSitesRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_page_size(4);
  std::vector<std::string> names;
  int pages = 0;
  do {
    const auto page = Ask(&Stub::ListSites, request);
    ASSERT_THAT(page, IsOk());
    EXPECT_LE(page->sites_size(), 4);
    for (const auto& site : page->sites()) names.push_back(site.name());
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(names.size(), 9U);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST_F(DirectoryReadTest, PagesAreBoundToTheirQuery) {
  v1::ListSitesRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_page_size(4);
  request.set_page_token(Ask(&Stub::ListSites, request)->next_page_token());
  request.set_territory("85");
  EXPECT_THAT(Ask(&Stub::ListSites, request), ReasonIs("INVALID_PAGE_TOKEN"));
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_THAT(Ask(&Stub::ListSites, request),
              StatusIs(StatusCode::kInvalidArgument, "INVALID_PAGE_SIZE"));
  request.set_page_size(100'000);  // Lowered, not refused.
  EXPECT_THAT(Ask(&Stub::ListSites, request), IsOk());
}

TEST_F(DirectoryReadTest, FiltersByTerritory) {
  v1::ListSitesRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_territory("44");
  const auto sites = Ask(&Stub::ListSites, request);
  ASSERT_THAT(sites, IsOk());
  ASSERT_EQ(sites->sites_size(), 1);
  EXPECT_EQ(sites->sites(0).name(), "regions/fr-pdl/sites/msp-machecoul");
  request.set_territory("vendée");
  EXPECT_THAT(Ask(&Stub::ListSites, request), ReasonIs("INVALID_TERRITORY"));
}

TEST_F(DirectoryReadTest, PractitionersAndPlans) {
  v1::GetPractitionerRequest get;
  get.set_name("regions/fr-pdl/practitioners/b-fauvel");
  EXPECT_EQ(Ask(&Stub::GetPractitioner, get)->display_name(), "Dr B. Fauvel");
  get.set_name("regions/fr-pdl/practitioners/x");
  EXPECT_THAT(Ask(&Stub::GetPractitioner, get),
              StatusIs(StatusCode::kNotFound, "PRACTITIONER_NOT_FOUND"));
  v1::ListPractitionersRequest list;
  list.set_parent("regions/fr-pdl");
  list.set_page_size(10);
  const auto first = Ask(&Stub::ListPractitioners, list);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->practitioners_size(), 10);
  list.set_page_token(first->next_page_token());
  EXPECT_EQ(Ask(&Stub::ListPractitioners, list)->practitioners_size(), 7);
  list.set_page_token("forged");
  EXPECT_THAT(Ask(&Stub::ListPractitioners, list), ReasonIs("INVALID_PAGE_TOKEN"));
  v1::ListSessionPlansRequest plans;
  plans.set_parent("regions/fr-pdl/sites/csnp-challans");
  const auto listed = Ask(&Stub::ListSessionPlans, plans);
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->session_plans_size(), 6);
  EXPECT_EQ(listed->session_plans(0).etag(), "\"1\"");
  plans.set_page_size(-1);
  EXPECT_THAT(Ask(&Stub::ListSessionPlans, plans), ReasonIs("INVALID_PAGE_SIZE"));
}

TEST_F(DirectoryReadTest, SessionsOfAWeek) {
  const auto week = Sessions("csnp-challans", "2026-11-23", "2026-11-29");
  ASSERT_THAT(week, IsOk());
  ASSERT_EQ(week->sessions_size(), 5);
  const auto& monday = week->sessions(0);
  EXPECT_EQ(monday.date(), "2026-11-23");
  EXPECT_EQ(monday.state(), v1::Session::STATE_OPEN);
  EXPECT_EQ(monday.seat_count(), 16);
  EXPECT_EQ(monday.booked_count(), 0);
  EXPECT_EQ(monday.end_time().seconds() - monday.start_time().seconds(), 4 * 3600);
  EXPECT_FALSE(monday.practitioner_display_name().empty());
  const auto& thursday = week->sessions(3);
  EXPECT_EQ(thursday.state(), v1::Session::STATE_UNSTAFFED);
  EXPECT_THAT(thursday.warning_codes(), ElementsAre("UNSTAFFED"));
}

TEST_F(DirectoryReadTest, S0_15_ALicenceEndsWhereItIsOf) {
  constexpr char kFauvel[] = "regions/fr-pdl/practitioners/b-fauvel";
  const auto states = [&](const std::string& site) {
    const auto week = Sessions(site, "2026-11-23", "2026-11-29");
    EXPECT_THAT(week, IsOk());
    std::map<std::string, v1::Session::State> days;
    for (const auto& each : week->sessions()) {
      if (each.practitioner() == kFauvel) days.emplace(each.date(), each.state());
    }
    return days;
  };
  const auto write = [&](const std::string& own_end, const std::string& site,
                         v1::Practitioner::Status status, const std::string& end) {
    v1::Territory territory = Demo("challans");
    for (v1::Practitioner& each : *territory.mutable_practitioners()) {
      if (each.name() != kFauvel) continue;
      each.set_licence_end_date(own_end);
      v1::Practitioner::Activity& activity = *each.add_activities();
      activity.set_site("regions/fr-pdl/sites/" + site);
      activity.set_status(status);
      activity.set_licence_end_date(end);
    }
    EXPECT_THAT(Import(territory, "r-" + site), IsOk());
  };
  constexpr auto kOpen = v1::Session::STATE_OPEN;
  constexpr auto kUnstaffed = v1::Session::STATE_UNSTAFFED;
  const std::map<std::string, v1::Session::State> practice{
      {"2026-11-23", kOpen}, {"2026-11-24", kOpen}, {"2026-11-26", kOpen}, {"2026-11-27", kOpen}};
  // Remplaçant at the CSNP: his own practice goes on.
  write("", "csnp-challans", v1::Practitioner::STATUS_REMPLACANT, "2026-11-24");
  EXPECT_EQ(states("csnp-challans").at("2026-11-25"), kUnstaffed);
  EXPECT_EQ(states("msp-palluau"), practice);
  // The other way round: what he is himself ends, titulaire at his practice.
  write("2026-11-24", "msp-palluau", v1::Practitioner::STATUS_TITULAIRE, "");
  EXPECT_EQ(states("csnp-challans").at("2026-11-25"), kUnstaffed);
  EXPECT_EQ(states("msp-palluau"), practice);
  v1::GetPractitionerRequest get;
  get.set_name(kFauvel);
  const auto read = Ask(&Stub::GetPractitioner, get);
  ASSERT_THAT(read, IsOk());
  ASSERT_EQ(read->activities_size(), 1);
  EXPECT_EQ(read->activities(0).site(), "regions/fr-pdl/sites/msp-palluau");
  EXPECT_EQ(read->activities(0).status(), v1::Practitioner::STATUS_TITULAIRE);
}

TEST_F(DirectoryReadTest, SessionsCountTakenSeats) {
  const std::string slot = "regions/fr-pdl/sites/csnp-challans/slots/csnp-20261123t1230z";
  ASSERT_TRUE(
      store_
          .Write(base::Call{},
                 [&](SlotsTransaction& t) {
                   return t.PutSeat({slot, 0, "regions/fr-pdl/appointments/a", true, 1}).status();
                 })
          .ok());
  const auto week = Sessions("csnp-challans", "2026-11-23", "2026-11-24");
  ASSERT_THAT(week, IsOk());
  EXPECT_EQ(week->sessions(0).booked_count(), 1);
  EXPECT_EQ(week->sessions(1).booked_count(), 0);
}

TEST_F(DirectoryReadTest, SessionsInPages) {
  std::vector<std::string> dates;
  std::string token;
  do {
    const auto page = Sessions("mmg-challans", "2026-11-23", "2026-12-06", 3, token);
    ASSERT_THAT(page, IsOk());
    for (const auto& session : page->sessions()) {
      dates.push_back(session.date() + "|" + std::to_string(session.start_time().seconds()));
    }
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_EQ(dates.size(), 2U * (5 + 2 + 3));
  EXPECT_TRUE(std::is_sorted(dates.begin(), dates.end()));
}

TEST_F(DirectoryReadTest, S2_09_SessionsAreThoseOfAgendasThatOneMaySee) {
  constexpr char kSite[] = "regions/fr-pdl/sites/msp-soullans";
  const auto count = [&](base::Role role, const std::string& organization) {
    base::Actor actor = ActorWith(role);
    actor.organization = organization;
    v1::ListSessionsRequest request;
    request.set_parent(kSite);
    request.set_start_date("2026-11-23");
    request.set_end_date("2026-11-29");
    const auto week = Ask(&Stub::ListSessions, request, actor);
    EXPECT_THAT(week, IsOk());
    return week.ok() ? week->sessions_size() : -1;
  };
  const int all = count(base::Role::kEffecteur, "msp-machecoul");
  ASSERT_GT(all, 0);
  ASSERT_THAT(store_.Write(base::InternalCall("test", clock_, std::chrono::seconds(5)),
                           [&](SlotsTransaction& transaction) -> absl::Status {
                             SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(kSite));
                             v1::SiteRight& right = *site->add_rights();
                             right.set_structure("regions/fr-pdl/structures/msp-palluau");
                             right.add_rights(v1::SiteRight::RIGHT_READ);
                             return transaction.PutSite(*site);
                           }),
              IsOk());
  EXPECT_EQ(count(base::Role::kEffecteur, "msp-machecoul"), 0);
  EXPECT_EQ(count(base::Role::kEffecteur, "regions/fr-pdl/structures/msp-palluau"), all);
  EXPECT_EQ(count(base::Role::kEffecteur, "msp-soullans"), all);
  EXPECT_EQ(count(base::Role::kOsnp, ""), all);
  EXPECT_EQ(count(base::Role::kService, ""), all);
  EXPECT_EQ(count(base::Role::kPlanner, ""), all);
}

TEST_F(DirectoryReadTest, SessionsRefuseBadDays) {
  EXPECT_THAT(Sessions("csnp-challans", "2026-11-24", "2026-11-23"),
              StatusIs(StatusCode::kInvalidArgument, "INVALID_TIME_RANGE"));
  EXPECT_THAT(Sessions("csnp-challans", "2026-11-24", "2027-01-24"), ReasonIs("WINDOW_TOO_LONG"));
  EXPECT_THAT(Sessions("csnp-challans", "2026-11-24", "2027-01-23"), IsOk());
  EXPECT_THAT(Sessions("csnp-challans", "24/11/2026", "2026-11-25"), ReasonIs("INVALID_DATE"));
  EXPECT_THAT(Sessions("csnp-challans", "2026-11-24", ""), ReasonIs("INVALID_DATE"));
  EXPECT_THAT(Sessions("csnp-challans", "2026-11-24", "2026-11-25", -1),
              ReasonIs("INVALID_PAGE_SIZE"));
  EXPECT_THAT(Sessions("nowhere", "2026-11-24", "2026-11-25"),
              StatusIs(StatusCode::kNotFound, "SITE_NOT_FOUND"));
}

TEST_F(DirectoryReadTest, CommunesByCodeNameAndBeginning) {
  EXPECT_THAT(Communes("85047"), ElementsAre("Challans 85"));
  EXPECT_THAT(Communes(" 85047 "), ElementsAre("Challans 85"));
  EXPECT_THAT(Communes("44270"),
              ElementsAre("Machecoul-Saint-Même 44", "Paulx 44", "Saint-Étienne-de-Mer-Morte 44"));
  EXPECT_THAT(Communes("coex"), ElementsAre("Coëx 85"));
  EXPECT_THAT(Communes("COËX"), ElementsAre("Coëx 85"));
  // Homonyms by their beginning, the most populous first, each with its département.
  EXPECT_THAT(Communes("st étienne"),
              ElementsAre("Saint-Étienne-du-Bois 85", "Saint-Étienne-de-Mer-Morte 44"));
  EXPECT_THAT(Communes("barre"), ElementsAre("La Barre-de-Monts 85"));
  EXPECT_THAT(Communes("saint", 2).size(), 2U);
  EXPECT_THAT(Communes("Tombouctou"), IsEmpty());
  EXPECT_THAT(Communes("99999"), IsEmpty());
}

TEST_F(DirectoryReadTest, CommunesRefuseBadInput) {
  v1::SearchCommunesRequest request;
  request.set_parent("regions/fr-pdl");
  for (const char* query : {"", "c", " - ", "é"}) {
    request.set_query(query);
    EXPECT_THAT(Ask(&Stub::SearchCommunes, request),
                StatusIs(StatusCode::kInvalidArgument, "QUERY_TOO_SHORT"))
        << query;
  }
  request.set_query(std::string(81, 'x'));
  EXPECT_THAT(Ask(&Stub::SearchCommunes, request), ReasonIs("TEXT_TOO_LONG"));
  request.set_query("challans");
  request.set_page_size(-1);
  EXPECT_THAT(Ask(&Stub::SearchCommunes, request), ReasonIs("INVALID_PAGE_SIZE"));
  request.set_page_size(0);
  request.set_parent("regions/fr-naq");
  EXPECT_THAT(Ask(&Stub::SearchCommunes, request), ReasonIs("REGION_FORBIDDEN"));
}

TEST_F(DirectoryReadTest, WhoMayRead) {
  v1::ListSitesRequest request;
  request.set_parent("regions/fr-pdl");
  for (const auto role :
       {base::Role::kArm, base::Role::kOsnp, base::Role::kProfessional, base::Role::kEffecteur,
        base::Role::kSecretariat, base::Role::kPartner, base::Role::kService}) {
    EXPECT_THAT(Ask(&Stub::ListSites, request, ActorWith(role)), IsOk());
  }
  EXPECT_THAT(Ask(&Stub::ListSites, request, ActorWith(base::Role::kOperations)),
              StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
}

}  // namespace
}  // namespace sas::slots
