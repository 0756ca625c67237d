// The bytes of an answer say what the message of the same answer says.

#include "services/slots/wire_answer.h"

#include <random>

#include "services/slots/domain/index/tile_build.h"
#include "services/slots/slot_search.h"
#include "services/slots/wire_writer.h"
#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

constexpr base::Role kRoles[] = {base::Role::kArm, base::Role::kOsnp, base::Role::kPartner,
                                 base::Role::kOperations, base::Role::kSecretariat};

class WireAnswerTest : public SlotsServerTest {
 protected:
  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  std::string Text() {
    static const std::string kTexts[] = {"", "P", "élève – à l'étage", std::string(130, 'x'),
                                         std::string(20'000, 'y')};
    return kTexts[Below(std::size(kTexts))];
  }

  static v1::SearchSlotsResponse Parsed(const std::string& bytes) {
    v1::SearchSlotsResponse response;
    EXPECT_TRUE(response.ParseFromString(bytes));
    return response;
  }

  void ExpectSame(const RegionView& view, const SearchPage& page, base::Role role) {
    const base::Instant now = clock_.Now();
    const v1::SearchSlotsResponse typed = ToResponse(view, page, role, now);
    const v1::SearchSlotsResponse raw = Parsed(WriteAnswer(view, page, role, now));
    EXPECT_EQ(raw.SerializeAsString(), typed.SerializeAsString())
        << raw.ShortDebugString() << "\nis not\n"
        << typed.ShortDebugString();
    EXPECT_EQ(raw.GetReflection()->GetUnknownFields(raw).field_count(), 0);
  }

  v1::SearchSlotsRequest RandomRequest() {
    v1::SearchSlotsRequest request = AroundChallans();
    request.set_radius_meters(1000 + Below(140'000));
    request.set_page_size(1 + Below(50));
    v1::CareNeed& need = *request.mutable_need();
    need.set_entry_point(static_cast<type::v1::EntryPoint>(1 + Below(4)));
    need.mutable_age()->set_value(Below(95));
    need.set_wheelchair(Below(2) == 0);
    if (Below(3) == 0) need.add_modes(type::v1::CONSULTATION_MODE_VR);
    if (Below(2) == 0) need.clear_access_reason();
    return request;
  }

  /// The site of `like` with one slot at the same hour, made by chance.
  std::shared_ptr<const Tile> RandomSlot(const SlotRef& like) {
    IndexedSite site;
    site.rules = like.rules();
    IndexedSlot& slot = site.slots.emplace_back();
    slot.slot = like.Planned();
    slot.slot.seats = Below(21);
    slot.slot.staffed = Below(4) != 0;
    slot.slot.end = slot.slot.start + std::chrono::minutes(Below(60));
    slot.slot.practitioner = Text();
    slot.slot.modes.assign(static_cast<std::size_t>(Below(2)), Mode::kVr);
    slot.slot.classes.assign(static_cast<std::size_t>(Below(2)), SlotClass::kSnp);
    slot.slot.allocation = static_cast<Allocation>(Below(5));
    slot.slot.origin = static_cast<Origin>(Below(4));
    if (Below(3) == 0) {
      slot.slot.source = std::make_shared<const FeedReading>(std::make_shared<const FeedSource>(
          "partner-1", clock_.Now() - std::chrono::milliseconds(Below(60'000))));
    }
    slot.practitioner_display_name = Text();
    slot.free_seats = Below(4) - 1;
    slot.hold_expire = Below(2) == 0 ? base::Instant() : slot.slot.start;
    auto card = std::make_shared<SiteCard>(CardOf(like));
    if (Below(3) == 0) card->rules.entry_rules.clear();
    return MakeSiteTile(site, std::move(card));
  }

  std::mt19937 random_{20261124};
};

TEST_F(WireAnswerTest, AnswersToRandomQuestionsAreTheSame) {
  std::size_t matches = 0;
  std::size_t excluded = 0;
  std::size_t widenings = 0;
  std::size_t uncovered = 0;
  std::size_t tokens = 0;
  for (int round = 0; round < 300; ++round) {
    if (round == 100) clock_.Advance(std::chrono::milliseconds(1'234));
    if (round == 200) clock_.Advance(std::chrono::minutes(2));  // Not verified any more.
    const auto view = projection_.Find("fr-pdl");
    ASSERT_NE(view, nullptr);
    base::Call call = Internal();
    call.actor = Osnp();
    v1::SearchSlotsRequest request = RandomRequest();
    for (int pages = 0; pages < 3; ++pages) {
      const auto page = FindPage(call, request, *view, clock_.Now());
      if (!page.ok()) break;  // This entry point is not for everybody.
      matches += page->found.matches.size();
      excluded += page->found.excluded.size();
      widenings += page->widenings.size();
      uncovered += page->uncovered.size();
      ExpectSame(*view, *page, kRoles[Below(std::size(kRoles))]);
      if (page->next_page_token.empty()) break;
      ++tokens;
      request.set_page_token(page->next_page_token);
    }
  }
  EXPECT_GT(matches, 500u);
  EXPECT_GT(excluded, 100u);
  EXPECT_GT(widenings, 5u);
  EXPECT_GT(uncovered, 100u);
  EXPECT_GT(tokens, 20u);
}

TEST_F(WireAnswerTest, RandomMatchesAreTheSame) {
  const auto view = projection_.Find("fr-pdl");
  base::Call call = Internal();
  call.actor = Osnp();
  v1::SearchSlotsRequest request = AroundChallans();
  request.set_page_size(50);
  const auto first = FindPage(call, request, *view, clock_.Now());
  ASSERT_THAT(first, IsOk());
  ASSERT_GT(first->found.matches.size(), 10u);
  for (int round = 0; round < 200; ++round) {
    SearchPage page = *first;
    std::vector<std::shared_ptr<const Tile>> tiles;
    for (Match& match : page.found.matches) {
      tiles.push_back(RandomSlot(match.slot));
      match.slot = SlotRef(*tiles.back(), 0, 0);
      match.score = Below(2000) - 1000;
      match.distance_meters = Below(150'000);
      match.detour = {Below(2) * Below(90'000), "estuaire"};
      match.past_deadline = Below(2) == 0;
      match.unverified = Below(2) == 0;
      match.own_doctor = Below(4) == 0;
      match.names_motif = Below(4) == 0;
      match.above_soft_cap = Below(4) == 0;
    }
    page.silent_partners.assign(static_cast<std::size_t>(Below(3)), "p" + Text());
    page.found.matches.erase(page.found.matches.begin(), page.found.matches.begin() + Below(3));
    page.found.total = static_cast<std::size_t>(Below(1'000'000));
    page.query.centre = {Below(2) == 0 ? -21.1 : 0.0, Below(2) == 0 ? 55.5 : -0.0};
    ExpectSame(*view, page, kRoles[Below(std::size(kRoles))]);
  }
}

TEST_F(WireAnswerTest, TheLineForProfessionalsIsOnlyForThem) {
  const auto view = projection_.Find("fr-pdl");
  base::Call call = Internal();
  call.actor = Osnp();
  const auto page = FindPage(call, AroundChallans(), *view, clock_.Now());
  ASSERT_THAT(page, IsOk());
  const auto has_line = [](const v1::SlotMatch& match) { return !match.direct_line().empty(); };
  const auto regulator = Parsed(WriteAnswer(*view, *page, base::Role::kOsnp, clock_.Now()));
  EXPECT_TRUE(std::any_of(regulator.matches().begin(), regulator.matches().end(), has_line));
  const auto partner = Parsed(WriteAnswer(*view, *page, base::Role::kPartner, clock_.Now()));
  EXPECT_TRUE(std::none_of(partner.matches().begin(), partner.matches().end(), has_line));
}

TEST(WireWriter, NestedMessagesOfAnyLength) {
  for (const std::size_t size :
       {0u, 1u, 113u, 114u, 115u, 116u, 117u, 16'380u, 16'384u, 300'000u}) {
    WireWriter out;
    const WireWriter::Nested nested = out.Begin(v1::SearchSlotsResponse::kMatchesFieldNumber);
    out.Number(v1::SlotMatch::kScoreFieldNumber, -7);
    out.Text(v1::SlotMatch::kDirectionsFieldNumber, std::string(size, 'x'));
    out.End(nested);
    out.Number(v1::SearchSlotsResponse::kTotalCountFieldNumber, 300);
    v1::SearchSlotsResponse parsed;
    ASSERT_TRUE(parsed.ParseFromString(std::string(out.bytes()))) << size;
    ASSERT_EQ(parsed.matches_size(), 1);
    EXPECT_EQ(parsed.matches(0).directions().size(), size);
    EXPECT_EQ(parsed.matches(0).score(), -7);
    EXPECT_EQ(parsed.total_count(), 300);
    EXPECT_EQ(parsed.ByteSizeLong(), out.bytes().size()) << "no longer than it must be";
  }
}

}  // namespace
}  // namespace sas::slots
