#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "common/testing/query_plan.h"
#include "common/testing/status_matchers.h"
#include "tests/contract/regulation/stores.h"

namespace sas::regulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::EveryBackend(), testing::BackendName);

absl::Status Stop() {
  return absl::InternalError("stop");
}

TEST_P(StoreContract, KeepsTheWholeDossier) {
  v1::RegulationCase row = Case("a", v1::PRIORITY_P1);
  row.mutable_origin()->set_caller_phone_number("+33199001234");
  row.add_patients()->set_family_name("Canari d'Essai — œuvre");
  row.mutable_claim()->set_version(7);
  Put({row});
  Reopen();
  v1::RegulationCase read;
  if (GetParam() == testing::Backend::kMemory) return;  // Forgets by design only at the end.
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(read, t.GetCase(row.name()));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_EQ(read.SerializeAsString(), row.SerializeAsString());
}

TEST_P(StoreContract, AbsentIsNotFound) {
  EXPECT_THAT(
      Read([](RegulationTransaction& t) { return t.GetCase("regions/r/cases/x").status(); }),
      StatusIs(absl::StatusCode::kNotFound, "CASE_NOT_FOUND"));
  EXPECT_THAT(Read([](RegulationTransaction& t) {
                return t.GetOrder("regions/r/cases/x/orders/y").status();
              }),
              StatusIs(absl::StatusCode::kNotFound, "ORDER_NOT_FOUND"));
  EXPECT_THAT(Read([](RegulationTransaction& t) {
                return t.GetLostCall("regions/r/lostCalls/x").status();
              }),
              StatusIs(absl::StatusCode::kNotFound, "LOST_CALL_NOT_FOUND"));
}

TEST_P(StoreContract, PutRefusesWhatIsNotTheSuccessor) {
  v1::RegulationCase row = Case("a", v1::PRIORITY_P2);
  Put({row});
  const auto put = [&](std::int64_t version) {
    row.set_etag(EtagOf(version));
    return Write([&](RegulationTransaction& t) { return t.PutCase(row); });
  };
  EXPECT_THAT(put(1), ReasonIs("CONCURRENT_CHANGE"));
  EXPECT_THAT(put(3), ReasonIs("CONCURRENT_CHANGE"));
  EXPECT_THAT(put(2), IsOk());
}

TEST_P(StoreContract, RefusedWorkLeavesNothing) {
  EXPECT_FALSE(Write([&](RegulationTransaction& t) -> absl::Status {
                 SAS_RETURN_IF_ERROR(t.PutCase(Case("a", v1::PRIORITY_P0)));
                 SAS_RETURN_IF_ERROR(t.PutCursor("booking", "9"));
                 SAS_RETURN_IF_ERROR(t.NextCount("85-26328").status());
                 SAS_RETURN_IF_ERROR(t.journal().Publish({"fr-pdl", "case.created", "s", "p"}));
                 return Stop();
               }).ok());
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_OPEN)), IsEmpty());
  std::string cursor = "?";
  std::int64_t count = 0;
  ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(cursor, t.GetCursor("booking"));
                SAS_ASSIGN_OR_RETURN(count, t.NextCount("85-26328"));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_EQ(cursor, "");
  EXPECT_EQ(count, 1);
  EXPECT_THAT(*store().feed().Read(Call(), "", "", 10), IsEmpty());
}

TEST_P(StoreContract, CountersAndCursorsAreApart) {
  std::vector<std::int64_t> counts;
  std::string cursor;
  for (const char* key : {"85-26328", "85-26328", "44-26328", "85-26329", "85-26328"}) {
    ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(const std::int64_t count, t.NextCount(key));
                  counts.push_back(count);
                  SAS_RETURN_IF_ERROR(t.PutCursor("booking", key));
                  SAS_ASSIGN_OR_RETURN(cursor, t.GetCursor("booking"));
                  return absl::OkStatus();
                }),
                IsOk());
    EXPECT_EQ(cursor, key);
  }
  EXPECT_THAT(counts, ElementsAre(1, 2, 1, 1, 3));
}

TEST_P(StoreContract, ViewsOfTheBoard) {
  v1::RegulationCase waiting = Case("waiting", v1::PRIORITY_P2);
  v1::RegulationCase claimed = Case("claimed", v1::PRIORITY_P2);
  ClaimValue claim{"doctor-1", base::Role::kRegulatorMg, clock_.Now(), clock_.Now() + minutes(10),
                   1};
  *claimed.mutable_claim() = ToProto(claim);
  v1::RegulationCase expired = Case("expired", v1::PRIORITY_P1);
  claim.expire = clock_.Now();
  *expired.mutable_claim() = ToProto(claim);
  v1::RegulationCase decided = Case("decided", v1::PRIORITY_P2);
  decided.clear_wait_start_time();
  v1::RegulationCase promised = Case("promised", v1::PRIORITY_P3);
  promised.mutable_callback()->set_kind(v1::CallbackPromise::KIND_DEFERRED_REGULATION);
  *promised.mutable_callback()->mutable_window_end_time() = ToTimestamp(clock_.Now() + minutes(30));
  v1::RegulationCase ended = Case("ended", v1::PRIORITY_P2);
  ended.set_state(v1::RegulationCase::STATE_CLOSED);
  *ended.mutable_close_time() = ToTimestamp(clock_.Now());
  v1::RegulationCase ended_later = ended;
  ended_later.set_name("regions/fr-pdl/cases/ended-later");
  *ended_later.mutable_close_time() = ToTimestamp(clock_.Now() + minutes(1));
  v1::RegulationCase elsewhere = Case("elsewhere", v1::PRIORITY_P0);
  elsewhere.set_name("regions/fr-naq/cases/elsewhere");
  Put({waiting, claimed, expired, decided, promised, ended, ended_later, elsewhere});
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_WAITING)),
              ElementsAre("expired", "waiting", "promised"));
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_CLAIMED)), ElementsAre("claimed"));
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_UNSPECIFIED)),
              ElementsAre("expired", "claimed", "waiting", "promised"));
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_CALLBACKS)), ElementsAre("promised"));
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_OPEN)),
              ElementsAre("expired", "claimed", "decided", "waiting", "promised"));
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_ENDED)), ElementsAre("ended-later", "ended"));
  clock_.Advance(minutes(30));  // The promise is due, the claim over.
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_WAITING)),
              ElementsAre("expired", "promised", "claimed", "waiting"));
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_CALLBACKS)), IsEmpty());
}

TEST_P(StoreContract, TerritoryAndChainFilter) {
  v1::RegulationCase snp = Case("snp", v1::PRIORITY_P2);
  snp.set_filiere(sas::type::v1::FILIERE_SNP);
  v1::RegulationCase amu = Case("amu", v1::PRIORITY_P2);
  amu.set_filiere(sas::type::v1::FILIERE_AMU);
  v1::RegulationCase none = Case("none", v1::PRIORITY_UNSPECIFIED);
  none.set_territory("8");  // Must not match 85.
  v1::RegulationCase far = Case("far", v1::PRIORITY_P2);
  far.set_territory("44");
  Put({snp, amu, none, far});
  CaseQuery query = Query(v1::CASE_LIST_VIEW_WAITING);
  query.territories = {"85"};
  EXPECT_THAT(Names(query), ElementsAre("amu", "snp"));
  query.territories = {"44", "85"};
  EXPECT_THAT(Names(query), ElementsAre("amu", "far", "snp"));
  query.territories.clear();
  query.filiere = Filiere::kSnp;  // What has no chain yet is never hidden (hazard H-02).
  EXPECT_THAT(Names(query), ElementsAre("none", "far", "snp"));
  far.set_name("regions/fr-pdl/cases/far-amu");
  far.set_filiere(sas::type::v1::FILIERE_AMU);
  Put({far});
  query.any_chain = {"8", "85"};
  EXPECT_THAT(Names(query), ElementsAre("none", "amu", "far", "snp"));
  query.territories = {"44"};
  EXPECT_THAT(Names(query), ElementsAre("far"));
}

TEST_P(StoreContract, H10_NextGivesNoDossierTwiceToEightThreads) {
  constexpr int kCases = 60;
  constexpr int kThreads = 8;
  std::vector<v1::RegulationCase> cases;
  for (int i = 0; i < kCases; ++i) {
    cases.push_back(Case("c" + std::to_string(100 + i), static_cast<v1::Priority>(i % 4)));
  }
  Put(cases);
  std::mutex mutex;
  std::multiset<std::string> taken;
  std::atomic<int> failures = 0;
  const auto work = [&](int id) {
    base::Actor actor;
    actor.subject = "doctor-" + std::to_string(id);
    actor.role = base::Role::kRegulatorAmu;
    while (true) {
      std::string name;
      const absl::Status status = Write([&](RegulationTransaction& t) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(name, t.NextCase(Query(v1::CASE_LIST_VIEW_WAITING)));
        if (name.empty()) return absl::OkStatus();
        SAS_ASSIGN_OR_RETURN(v1::RegulationCase row, t.GetCase(name));
        SAS_ASSIGN_OR_RETURN(const ClaimValue claim, Take(ToValue(row.claim()), actor, minutes(2),
                                                          clock_.Now(), Claimable::kCase));
        *row.mutable_claim() = ToProto(claim);
        row.set_etag(EtagOf(2));
        return t.PutCase(row);
      });
      if (!status.ok() && !absl::IsAborted(status)) ++failures;
      if (!status.ok()) continue;
      if (name.empty()) return;
      const std::lock_guard lock(mutex);
      taken.insert(name);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(taken.size(), static_cast<std::size_t>(kCases));
  EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), taken.size());
}

TEST_P(StoreContract, H44_AFormIsOneDossierInItsTerritory) {
  Put({Case("a", v1::PRIORITY_P2), Case("b", v1::PRIORITY_P2)});
  const std::string a = "regions/fr-pdl/cases/a";
  const std::string b = "regions/fr-pdl/cases/b";
  const auto keep = [&](const PaperForm& form) {
    std::string known;
    EXPECT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(known, t.KeepPaperForm(form));
                  return absl::OkStatus();
                }),
                IsOk());
    return known;
  };
  EXPECT_EQ(keep({"85", "S07-014", a}), "");
  EXPECT_EQ(keep({"85", "S07-014", b}), a);
  EXPECT_EQ(keep({"85", "S07-014", a}), a);
  EXPECT_EQ(keep({"44", "S07-014", b}), "");
  EXPECT_EQ(keep({"85", "S07-015", a}), "");
  const auto drop = [&](const PaperForm& form) {
    EXPECT_THAT(Write([&](RegulationTransaction& t) { return t.DropPaperForm(form); }), IsOk());
  };
  drop({"85", "S07-014", b});  // It is another's.
  EXPECT_EQ(keep({"85", "S07-014", b}), a);
  drop({"85", "S07-014", a});
  EXPECT_EQ(keep({"85", "S07-014", b}), "");
}

TEST_P(StoreContract, H42_RoomCountsHeadsAndNotPages) {
  v1::RegulationCase old = Case("old", v1::PRIORITY_P1);
  *old.mutable_wait_start_time() = ToTimestamp(clock_.Now() - minutes(9));
  *old.mutable_wait_alarm_time() = ToTimestamp(clock_.Now());
  v1::RegulationCase claimed = Case("claimed", v1::PRIORITY_P1);
  *claimed.mutable_claim() = ToProto(ClaimValue{"doctor-1", base::Role::kRegulatorAmu, clock_.Now(),
                                                clock_.Now() + seconds(1), 1});
  v1::RegulationCase promised = Case("promised", v1::PRIORITY_P3);
  promised.mutable_callback()->set_kind(v1::CallbackPromise::KIND_DEFERRED_REGULATION);
  *promised.mutable_callback()->mutable_window_end_time() = ToTimestamp(clock_.Now() + minutes(30));
  Put({old, Case("new", v1::PRIORITY_P1), claimed, promised});
  RoomCount room;
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(room, t.CountRoom("fr-pdl", {"85"}, clock_.Now()));
                return absl::OkStatus();
              }),
              IsOk());
  ASSERT_EQ(room.lines.size(), 2u);
  for (const WaitCount& line : room.lines) {
    if (line.priority == Priority::kP1) {
      EXPECT_EQ(line.waiting, 2);
      EXPECT_EQ(line.alarms, 1);
      EXPECT_EQ(line.oldest, clock_.Now() - minutes(9));
    } else {
      EXPECT_EQ(line.priority, Priority::kP3);
      EXPECT_EQ(line.next_callback, clock_.Now() + minutes(30));
    }
  }
  EXPECT_EQ(room.claimed, 1);
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(room, t.CountRoom("", {"44"}, clock_.Now()));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_TRUE(room.lines.empty());
  EXPECT_EQ(room.claimed, 0);
}

// Whoever asks for several regions counts what waits, too, and not all that ever did.
TEST_P(StoreContract, H42_CountsGoThroughWhatIsOpenAlone) {
  ASSERT_THAT(Read([&](RegulationTransaction& t) {
                return t.CountRoom("", {"85"}, clock_.Now()).status();
              }),
              IsOk());
  if (GetParam() != testing::Backend::kSqlite) return;
  const auto plan = [&](const std::string& part) {
    return testing::PlanOf(*under_test_->database(), clock_, part);
  };
  EXPECT_THAT(plan("FROM lost_calls WHERE state = 1"), HasSubstr("lost_calls_waiting"));
  EXPECT_THAT(plan("AND is_local = 1"), HasSubstr("orders_live"));
  EXPECT_THAT(plan("MIN(due_us)"), HasSubstr("orders_live"));
}

// Of each territory the live claim whose owner has done nothing for longest, whatever its lease.
TEST_P(StoreContract, H11_TheLongestIdleClaimOfEachTerritoryIsCounted) {
  const auto claimed = [&](const std::string& id, const std::string& territory, minutes idle,
                           minutes left) {
    v1::RegulationCase row = Case(id, v1::PRIORITY_P2);
    row.set_territory(territory);
    row.set_case_number(territory + "-" + id);
    *row.mutable_claim() = ToProto(ClaimValue{"of-" + id,
                                              base::Role::kRegulatorMg,
                                              clock_.Now() - minutes(30),
                                              clock_.Now() + left,
                                              1,
                                              {},
                                              clock_.Now() - idle});
    return row;
  };
  v1::RegulationCase ended = claimed("ended", "85", minutes(9), minutes(5));
  ended.set_state(v1::RegulationCase::STATE_COMPLETED);
  Put({claimed("a", "85", minutes(7), minutes(1)), claimed("b", "85", minutes(8), minutes(3)),
       claimed("gone", "85", minutes(20), minutes(0)), claimed("c", "44", minutes(2), minutes(8)),
       ended, Case("free", v1::PRIORITY_P2)});
  const auto idle = [&](const std::string& region, const std::vector<std::string>& territories) {
    std::vector<std::string> found;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  found.clear();
                  SAS_ASSIGN_OR_RETURN(const RoomCount room,
                                       t.CountRoom(region, territories, clock_.Now()));
                  for (const IdleClaim& each : room.idle) {
                    const auto since = clock_.Now() - each.claim.acted;
                    found.push_back(each.case_number + " " + each.claim.owner + " " +
                                    std::to_string(since / minutes(1)));
                  }
                  return absl::OkStatus();
                }),
                IsOk());
    return found;
  };
  EXPECT_THAT(idle("fr-pdl", {}), ::testing::UnorderedElementsAre("85-b of-b 8", "44-c of-c 2"));
  EXPECT_THAT(idle("", {"85"}), ElementsAre("85-b of-b 8"));
  EXPECT_THAT(idle("fr-naq", {}), ::testing::IsEmpty());
  // He acts: the other one is idle for longer now.
  v1::RegulationCase b = claimed("b", "85", minutes(0), minutes(10));
  b.set_etag(EtagOf(2));
  ASSERT_THAT(Write([&](RegulationTransaction& t) { return t.PutCase(b); }), IsOk());
  EXPECT_THAT(idle("fr-pdl", {"85"}), ElementsAre("85-a of-a 7"));
}

// Three calls that reached nobody: before the end of its window it is taken as if that had passed.
TEST_P(StoreContract, H13_APromiseWhoseCallsFailedIsListedAsOneThatHasFallenDue) {
  const auto promised = [&](const std::string& id, bool failed) {
    v1::RegulationCase row = Case(id, v1::PRIORITY_P3);
    v1::CallbackPromise& promise = *row.mutable_callback();
    promise.set_kind(v1::CallbackPromise::KIND_DEFERRED_REGULATION);
    *promise.mutable_window_start_time() = ToTimestamp(clock_.Now() + minutes(30));
    *promise.mutable_window_end_time() = ToTimestamp(clock_.Now() + minutes(60));
    promise.set_decision_due(failed);
    *promise.add_attempts()->mutable_call_time() = ToTimestamp(clock_.Now());
    return row;
  };
  v1::RegulationCase raised = promised("raised", true);
  raised.set_priority(v1::PRIORITY_P2);
  *raised.mutable_wait_start_time() = ToTimestamp(clock_.Now() - minutes(1));
  Put({promised("failed", true), promised("kept", false), Case("p2", v1::PRIORITY_P2), raised});
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_WAITING)),
              ElementsAre("failed", "raised", "p2", "kept"));
  EXPECT_THAT(Names(Query(v1::CASE_LIST_VIEW_CALLBACKS)), ElementsAre("kept"));
  std::string next;
  ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(next, t.NextCase(Query(v1::CASE_LIST_VIEW_WAITING)));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_EQ(next, "regions/fr-pdl/cases/failed");
}

TEST_P(StoreContract, AListWithoutARegionIsOfAllRegions) {
  v1::RegulationCase there = Case("there", v1::PRIORITY_P2);
  there.set_name("regions/fr-naq/cases/there");
  Put({Case("here", v1::PRIORITY_P1), there});
  CaseQuery query = Query(v1::CASE_LIST_VIEW_WAITING);
  EXPECT_THAT(Names(query), ElementsAre("here"));
  query.region.clear();
  EXPECT_THAT(Names(query), ElementsAre("here", "there"));
}

}  // namespace
}  // namespace sas::regulation
