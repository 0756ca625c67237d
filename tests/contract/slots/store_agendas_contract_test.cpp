#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/timestamp.h"
#include "common/testing/status_matchers.h"
#include "tests/contract/slots/stores.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;

class AgendasContract : public StoreContract {
 protected:
  v1::AgendaException Exception(const std::string& site, const std::string& id, int end_hours,
                                const std::string& practitioner = "") {
    v1::AgendaException exception;
    exception.set_name("regions/fr-pdl/sites/" + site + "/exceptions/" + id);
    exception.set_kind(v1::AgendaException::KIND_OPENING);
    exception.set_practitioner(practitioner);
    *exception.mutable_end_time() = base::ToTimestamp(clock_.Now() + hours(end_hours));
    return exception;
  }

  static std::vector<std::string> Ids(const std::vector<v1::AgendaException>& rows) {
    std::vector<std::string> ids;
    for (const auto& row : rows) ids.push_back(row.name().substr(row.name().rfind('/') + 1));
    return ids;
  }

  std::vector<std::string> List(const std::string& parent, int after_hours = 0,
                                const Page& page = {}) {
    return Ids(Got([&](SlotsTransaction& t) {
      return t.agendas().ListExceptions(parent, clock_.Now() + hours(after_hours), page);
    }));
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, AgendasContract, testing::EveryBackend(), testing::BackendName);

TEST_P(AgendasContract, ExceptionsOfASiteAndOfARegionThatHaveNotEnded) {
  ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.agendas().PutException(Exception("a", "x2", 5)));
                SAS_RETURN_IF_ERROR(t.agendas().PutException(Exception("a", "x1", 2)));
                return t.agendas().PutException(Exception("b", "x3", 9));
              }),
              IsOk());
  Reopen();
  EXPECT_THAT(List("regions/fr-pdl/sites/a"), ElementsAre("x1", "x2"));
  EXPECT_THAT(List("regions/fr-pdl"), ElementsAre("x1", "x2", "x3"));
  EXPECT_THAT(List("regions/fr-pdl", 2), ElementsAre("x2", "x3"));
  EXPECT_THAT(List("regions/fr-pdl", 0, {"regions/fr-pdl/sites/a/exceptions/x1", 1}),
              ElementsAre("x2"));
  EXPECT_THAT(List("regions/fr-naq"), IsEmpty());
  const auto kept = Got([&](SlotsTransaction& t) {
    return t.agendas().GetException("regions/fr-pdl/sites/b/exceptions/x3");
  });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->SerializeAsString(), Exception("b", "x3", 9).SerializeAsString());
}

TEST_P(AgendasContract, DeletedAndPurged) {
  ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.agendas().PutException(Exception("a", "x1", 1)));
                SAS_RETURN_IF_ERROR(t.agendas().PutException(Exception("a", "x2", 2)));
                SAS_RETURN_IF_ERROR(t.agendas().PutException(Exception("a", "x3", 3)));
                return t.agendas().DeleteException("regions/fr-pdl/sites/a/exceptions/x1");
              }),
              IsOk());
  EXPECT_THAT(List("regions/fr-pdl/sites/a"), ElementsAre("x2", "x3"));
  ASSERT_THAT(
      Write([&](SlotsTransaction& t) -> absl::Status {
        SAS_RETURN_IF_ERROR(t.agendas().DeleteException("regions/fr-pdl/sites/a/exceptions/x1"));
        SAS_ASSIGN_OR_RETURN(const int purged,
                             t.agendas().PurgeExceptions(clock_.Now() + hours(3), 10));
        EXPECT_EQ(purged, 1);
        return absl::OkStatus();
      }),
      IsOk());
  EXPECT_THAT(List("regions/fr-pdl/sites/a"), ElementsAre("x3"));
}

TEST_P(AgendasContract, PlansAndOpeningsOfAPractitioner) {
  const std::string doctor = "regions/fr-pdl/practitioners/a_b";
  const auto plan = [](const std::string& site, const std::string& id, const std::string& who) {
    v1::SessionPlan made;
    made.set_name("regions/fr-pdl/sites/" + site + "/plans/" + id);
    made.set_practitioner(who);
    return made;
  };
  ASSERT_THAT(
      Write([&](SlotsTransaction& t) -> absl::Status {
        SAS_RETURN_IF_ERROR(t.PutSessionPlan(plan("s2", "p", doctor)));
        SAS_RETURN_IF_ERROR(t.PutSessionPlan(plan("s1", "p", doctor)));
        // Neither a longer name nor what a wildcard would match.
        SAS_RETURN_IF_ERROR(t.PutSessionPlan(plan("s1", "q", doctor + "c")));
        SAS_RETURN_IF_ERROR(t.PutSessionPlan(plan("s1", "r", "regions/fr-pdl/practitioners/a-b")));
        SAS_RETURN_IF_ERROR(t.agendas().PutException(Exception("s1", "x1", 1, doctor)));
        SAS_RETURN_IF_ERROR(t.agendas().PutException(Exception("s1", "x2", 5, doctor)));
        return t.agendas().PutException(Exception("s1", "x3", 5));
      }),
      IsOk());
  const auto plans = Got([&](SlotsTransaction& t) { return t.agendas().ListPlansOf(doctor); });
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].name(), "regions/fr-pdl/sites/s1/plans/p");
  EXPECT_EQ(plans[1].name(), "regions/fr-pdl/sites/s2/plans/p");
  EXPECT_THAT(Ids(Got([&](SlotsTransaction& t) {
                return t.agendas().ListOpeningsOf(doctor, clock_.Now() + hours(2));
              })),
              ElementsAre("x2"));
}

TEST_P(AgendasContract, AnotherPractitionerTakesOverAPlanAndAnOpening) {
  const std::string first = "regions/fr-pdl/practitioners/a";
  const std::string second = "regions/fr-pdl/practitioners/b";
  for (const std::string& who : {first, second}) {
    v1::SessionPlan plan;
    plan.set_name("regions/fr-pdl/sites/s/plans/p");
    plan.set_practitioner(who);
    ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                  SAS_RETURN_IF_ERROR(t.PutSessionPlan(plan));
                  return t.agendas().PutException(Exception("s", "x", 5, who));
                }),
                IsOk());
  }
  const auto held = [&](const std::string& who) {
    return Got([&](SlotsTransaction& t) { return t.agendas().ListPlansOf(who); }).size() +
           Got([&](SlotsTransaction& t) {
             return t.agendas().ListOpeningsOf(who, clock_.Now());
           }).size();
  };
  EXPECT_EQ(held(first), 0U);
  EXPECT_EQ(held(second), 2U);
  EXPECT_EQ(held(""), 0U);
}

TEST_P(AgendasContract, APlanEndsAndASingleEntryIsFound) {
  const std::string name = "regions/fr-pdl/sites/a/plans/p";
  v1::SessionPlan plan;
  plan.set_name(name);
  v1::Structure structure;
  structure.set_name("regions/fr-pdl/structures/s");
  ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.PutStructure(structure));
                return t.PutSessionPlan(plan);
              }),
              IsOk());
  EXPECT_TRUE(Got([&](SlotsTransaction& t) { return t.agendas().GetPlan(name); }));
  EXPECT_TRUE(Got([&](SlotsTransaction& t) { return t.GetStructure(structure.name()); }));
  EXPECT_FALSE(Got([&](SlotsTransaction& t) { return t.GetStructure("regions/r/structures/x"); }));
  ASSERT_THAT(Write([&](SlotsTransaction& t) { return t.agendas().DeletePlan(name); }), IsOk());
  EXPECT_FALSE(Got([&](SlotsTransaction& t) { return t.agendas().GetPlan(name); }));
  EXPECT_FALSE(Read([&](SlotsTransaction& t) { return t.agendas().DeletePlan(name); }).ok());
}

}  // namespace
}  // namespace sas::slots
