#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::minutes;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class ListTest : public BookingTest {
 protected:
  absl::StatusOr<v1::ListAppointmentsResponse> List(const base::Actor& actor,
                                                    const v1::ListAppointmentsRequest& request) {
    return Ask<v1::ListAppointmentsResponse>(actor, request,
                                             &v1::BookingService::Stub::ListAppointments);
  }

  static v1::ListAppointmentsRequest Everything() {
    v1::ListAppointmentsRequest request;
    request.set_parent("regions/fr-pdl");
    return request;
  }

  v1::Appointment BookAt(base::Instant start, int seat) {
    slots_.SetStart(start);
    return MustCreate("r-" + std::to_string(seat), seat);
  }
};

TEST_F(ListTest, PagesInTheOrderOfStart) {
  const base::Instant noon = clock_.Now() + minutes(120);
  const auto c = BookAt(noon + minutes(30), 0);
  const auto a = BookAt(noon, 1);
  const auto b = BookAt(noon + minutes(15), 2);
  v1::ListAppointmentsRequest request = Everything();
  request.set_page_size(2);
  const auto first = List(osnp_, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->appointments_size(), 2);
  EXPECT_EQ(first->appointments(0).name(), a.name());
  EXPECT_EQ(first->appointments(1).name(), b.name());
  request.set_page_token(first->next_page_token());
  const auto second = List(osnp_, request);
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->appointments_size(), 1);
  EXPECT_EQ(second->appointments(0).name(), c.name());
  EXPECT_EQ(second->next_page_token(), "");
  request.set_include_cancelled(true);
  EXPECT_THAT(List(osnp_, request), ReasonIs("INVALID_PAGE_TOKEN"));
}

TEST_F(ListTest, AFullLastPageHasNoToken) {
  BookAt(clock_.Now() + minutes(60), 0);
  BookAt(clock_.Now() + minutes(60), 1);
  v1::ListAppointmentsRequest request = Everything();
  request.set_page_size(2);
  EXPECT_EQ(List(osnp_, request)->next_page_token(), "");
}

TEST_F(ListTest, FiltersByTimeAndDossier) {
  const base::Instant noon = clock_.Now() + minutes(120);
  BookAt(noon, 0);
  const auto late = BookAt(noon + minutes(60), 1);
  v1::ListAppointmentsRequest request = Everything();
  *request.mutable_start_time() = ToTimestamp(noon + minutes(1));
  ASSERT_EQ(List(osnp_, request)->appointments_size(), 1);
  EXPECT_EQ(List(osnp_, request)->appointments(0).name(), late.name());
  *request.mutable_end_time() = ToTimestamp(noon + minutes(60));
  EXPECT_EQ(List(osnp_, request)->appointments_size(), 0);
  request = Everything();
  request.set_regulation_case("regions/fr-pdl/cases/c2");
  EXPECT_EQ(List(osnp_, request)->appointments_size(), 0);
  request.set_regulation_case(kCase);
  EXPECT_EQ(List(osnp_, request)->appointments_size(), 2);
}

TEST_F(ListTest, EachSeesWhatIsHis) {
  BookAt(clock_.Now() + minutes(60), 0);
  EXPECT_EQ(List(Pharmacist(), Everything())->appointments_size(), 1);
  base::Actor other = Pharmacist();
  other.subject = "pharmacie-2";
  EXPECT_EQ(List(other, Everything())->appointments_size(), 0);
  base::Actor sarthe = osnp_;
  sarthe.territories = {"72"};
  EXPECT_EQ(List(sarthe, Everything())->appointments_size(), 0);
  EXPECT_EQ(List(Effecteur(), Everything())->appointments_size(), 1);
  base::Actor elsewhere = Effecteur();
  elsewhere.organization = "regions/fr-pdl/sites/machecoul";
  EXPECT_EQ(List(elsewhere, Everything())->appointments_size(), 0);
  v1::ListAppointmentsRequest others = Everything();
  others.set_site("regions/fr-pdl/sites/challans");
  EXPECT_THAT(List(elsewhere, others),
              StatusIs(absl::StatusCode::kPermissionDenied, "SITE_FORBIDDEN"));
  EXPECT_THAT(List(ActorWith(base::Role::kPartner), Everything()), ReasonIs("ROLE_FORBIDDEN"));
}

TEST_F(ListTest, RefusesBadShapes) {
  v1::ListAppointmentsRequest request = Everything();
  request.set_page_size(-1);
  EXPECT_THAT(List(osnp_, request), ReasonIs("INVALID_PAGE_SIZE"));
  request = Everything();
  request.set_parent("regions/-");
  EXPECT_THAT(List(osnp_, request), ReasonIs("INVALID_RESOURCE_NAME"));
  request = Everything();
  request.set_parent("regions/fr-bre");
  EXPECT_THAT(List(osnp_, request), ReasonIs("REGION_FORBIDDEN"));
  request = Everything();
  request.set_site("regions/fr-bre/sites/x");
  EXPECT_THAT(List(osnp_, request), ReasonIs("REGION_MISMATCH"));
  request = Everything();
  request.set_page_token("nonsense");
  EXPECT_THAT(List(osnp_, request), ReasonIs("INVALID_PAGE_TOKEN"));
  request = Everything();
  *request.mutable_start_time() = ToTimestamp(clock_.Now());
  *request.mutable_end_time() = ToTimestamp(clock_.Now());
  EXPECT_THAT(List(osnp_, request), ReasonIs("INVALID_TIME_RANGE"));
}

}  // namespace
}  // namespace sas::booking
