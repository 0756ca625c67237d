#include "common/base/bound_etag.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// How much a dossier's thread holds: people stop first, no act is ever refused for it.
namespace sas::regulation {
namespace {

using testing::IsOk;
using testing::StatusIs;

class Thread : public RegulationTest {
 protected:
  /// Notes as people write them, up to `count`.
  void Fill(const std::string& name, int count) {
    ASSERT_THAT(store_.Write(base::InternalCall("test", clock_, std::chrono::seconds(5)),
                             [&](RegulationTransaction& t) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(v1::RegulationCase row, t.GetCase(name));
                               while (row.notes_size() < count) row.add_notes()->set_shared(true);
                               row.set_etag(base::BoundEtag(name, VersionOf(row.etag()) + 1));
                               return t.PutCase(row);
                             }),
                IsOk());
  }

  absl::StatusOr<v1::RegulationCase> Note(const std::string& name) {
    v1::AddCaseNoteRequest request;
    request.set_name(name);
    request.mutable_note()->set_text("toux");
    return Ask(mrl_, &Stub::AddCaseNote, request);
  }

  absl::StatusOr<v1::RegulationCase> Transfer(const std::string& name,
                                              sas::type::v1::Filiere filiere) {
    v1::TransferRegulationCaseRequest request;
    request.set_name(name);
    request.set_filiere(filiere);
    request.set_reason("avis urgentiste");
    return Ask(mrl_, &Stub::TransferRegulationCase, request);
  }
};

TEST_F(Thread, PeopleStopAtTheBoundAndActsGoOn) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  Fill(name, kNotesMax - 1);
  ASSERT_THAT(Note(name), IsOk());
  EXPECT_THAT(Note(name), StatusIs(absl::StatusCode::kResourceExhausted, "LIMIT_REACHED"));
  const auto transferred = Transfer(name, sas::type::v1::FILIERE_AMU);
  ASSERT_THAT(transferred, IsOk());
  EXPECT_EQ(transferred->notes_size(), kNotesMax + 1);
  EXPECT_EQ(transferred->notes().rbegin()->text(), "Réorientation SNP>AMU : avis urgentiste");
}

TEST_F(Thread, BeyondTheRoomOfActsTheActStandsInTheAuditRecordAlone) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  Fill(name, kNotesMax + kActNotesMax - 1);
  EXPECT_EQ(Transfer(name, sas::type::v1::FILIERE_AMU)->notes_size(), kNotesMax + kActNotesMax);
  const auto back = Transfer(name, sas::type::v1::FILIERE_SNP);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->notes_size(), kNotesMax + kActNotesMax);
  EXPECT_EQ(back->notes().rbegin()->text(), "Réorientation SNP>AMU : avis urgentiste")
      << "nothing older is taken away";
  EXPECT_EQ(back->recent_changes().rbegin()->detail(), "filiere=AMU>SNP");
}

}  // namespace
}  // namespace sas::regulation
