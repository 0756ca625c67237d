// No chain without approval by an opening of one day.

#include "common/base/timestamp.h"
#include "tests/rpc/slots_planning/planning_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using std::chrono::minutes;

constexpr char kPractice[] = "regions/fr-pdl/sites/msp-soullans";
constexpr char kMmg[] = "regions/fr-pdl/sites/mmg-challans";
constexpr char kGriselin[] = "regions/fr-pdl/practitioners/p-griselin";
constexpr char kChaillouet[] = "regions/fr-pdl/practitioners/v-chaillouet";
constexpr char kGuerinel[] = "regions/fr-pdl/practitioners/d-guerinel";  // At the MMG this evening.
constexpr char kQuelin[] = "regions/fr-pdl/practitioners/m-quelin";      // At the CSNP until 17:30.

class MeetingsTest : public PlanningTest {
 protected:
  /// Of this Tuesday, from a local time on.
  absl::StatusOr<v1::AgendaException> Open(const std::string& site, const std::string& practitioner,
                                           minutes start, minutes end,
                                           const std::string& room = "") {
    const minutes ten{10 * 60};
    v1::CreateAgendaExceptionRequest request;
    request.set_parent(site);
    const std::string number = std::to_string(++opened_);
    request.set_request_id("R-open" + number);
    v1::AgendaException& opening = *request.mutable_agenda_exception();
    opening.set_kind(v1::AgendaException::KIND_OPENING);
    opening.set_agenda("renfort-" + number);
    opening.set_practitioner(practitioner);
    opening.set_room_id(room);
    opening.set_reason_code("RENFORT");
    opening.set_slot_minutes(15);
    opening.set_seats(1);
    opening.add_modes(type::v1::CONSULTATION_MODE_AMB);
    opening.add_classes(type::v1::SLOT_CLASS_SNP);
    *opening.mutable_start_time() = base::ToTimestamp(clock_.Now() + start - ten);
    *opening.mutable_end_time() = base::ToTimestamp(clock_.Now() + end - ten);
    return Ask<v1::AgendaException>(&v1::PlanningService::Stub::CreateAgendaException, request);
  }

  void Approve() {
    v1::Site site = TheSite();
    site.clear_etag();
    site.mutable_chaining_approval()->set_approval_date("2026-11-24");
    site.mutable_chaining_approval()->set_reference("ARS-1");
    ASSERT_THAT(Update(site, "R-approve"), IsOk());
  }

  int opened_ = 0;
};

constexpr minutes At(int hours, int more = 0) {
  return minutes(hours * 60 + more);
}

TEST_F(MeetingsTest, S0_18_AnOpeningAtTheCsnpChainsOnlyWithApproval) {
  EXPECT_THAT(Open(kCsnp, kChaillouet, At(18, 30), At(19, 30)), IsOk());
  EXPECT_THAT(Open(kPractice, kGuerinel, At(17), At(17, 30)), IsOk());
  const auto refused = Open(kCsnp, kGuerinel, At(18, 30), At(19, 15));
  EXPECT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition, "CHAINING_NOT_APPROVED"));
  EXPECT_THAT(Open(kCsnp, kGuerinel, At(17, 45), At(18, 45)), IsOk());  // Long before the MMG.
}

TEST_F(MeetingsTest, S0_18_AnOpeningAtTheMmgChainsOnlyWithApproval) {
  EXPECT_THAT(Open(kMmg, kQuelin, At(18), At(19)), ReasonIs("CHAINING_NOT_APPROVED"));
  Approve();
  EXPECT_THAT(Open(kMmg, kQuelin, At(18), At(19)), IsOk());
}

}  // namespace
}  // namespace sas::slots
