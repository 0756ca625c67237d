#include "services/slots/wire_answer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "sas/slots/v1/match.pb.h"
#include "sas/slots/v1/slot.pb.h"
#include "services/slots/domain/search_score.h"
#include "services/slots/slot_answers.h"
#include "services/slots/slot_rules.h"
#include "services/slots/wire_fragments.h"
#include "services/slots/wire_writer.h"

namespace sas::slots {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;

// Fields 1 and 2 of google.protobuf.Timestamp and Duration.
constexpr int kSeconds = 1;
constexpr int kNanos = 2;

void WriteSpan(WireWriter& out, int field, microseconds span) {
  const WireWriter::Nested nested = out.BeginSmall(field);
  const auto whole = std::chrono::floor<seconds>(span);
  out.Number(kSeconds, whole.count());
  out.Number(kNanos, (span - whole).count() * 1000);
  out.End(nested);
}

void WriteTime(WireWriter& out, int field, base::Instant instant) {
  WriteSpan(out, field, instant.time_since_epoch());
}

// What is the same for all matches of an answer.
struct Frame {
  const RegionView& view;
  bool direct_line;
  base::Instant now;
  std::string slot;   // Fields of Slot: verify_time.
  std::string match;  // Fields of SlotMatch: information_age.
};

Frame MakeFrame(const RegionView& view, base::Role reader, base::Instant now) {
  Frame frame{view, SeesDirectLine(reader), now, {}, {}};
  const base::Instant fresh = view.fresh;
  if (fresh == base::Instant()) return frame;
  WireWriter slot;
  WriteTime(slot, v1::Slot::kVerifyTimeFieldNumber, fresh);
  frame.slot = slot.Take();
  WireWriter match;
  WriteSpan(match, v1::SlotMatch::kInformationAgeFieldNumber,
            std::max(now - fresh, microseconds::zero()));
  frame.match = match.Take();
  return frame;
}

void Nearer(const std::string& text, std::size_t lines) {
  constexpr std::size_t kLine = 64;
  for (std::size_t i = 0; i < lines; ++i) __builtin_prefetch(text.data() + i * kLine);
}

// What an answer copies lies all over a large region's memory. Asked for in time, all of it comes
// at once; one thing after the other, the waiting would cost more than the search.
void Warm(const SearchPage& page) {
  const auto& matches = page.found.matches;
  const auto& left_out = page.found.excluded;
  for (const Match& match : matches) __builtin_prefetch(&match.slot.site().record());
  for (const Excluded& each : left_out) __builtin_prefetch(&each.site.record());
  for (const Match& match : matches) {
    const SiteCard& card = CardOf(match.slot);
    __builtin_prefetch(&card.wire);
    __builtin_prefetch(&card.wire.entry_rules);
    __builtin_prefetch(card.rules.entry_rules.data());
    __builtin_prefetch(match.slot.series().text.get());
  }
  for (const Excluded& each : left_out) __builtin_prefetch(&CardOf(each.site).wire.excluded);
  for (const Match& match : matches) Nearer(CardOf(match.slot).wire.match, 4);
  for (const Excluded& each : left_out) Nearer(CardOf(each.site).wire.excluded, 2);
}

void WriteSlot(WireWriter& out, const Frame& frame, const SlotRef& slot) {
  using Slot = v1::Slot;
  const int free = slot.free_seats();  // Once: the index changes while it is read.
  const base::Instant hold_expire = slot.hold_expire();
  const WireWriter::Nested nested = out.Begin(v1::SlotMatch::kSlotFieldNumber);
  out.Text(Slot::kNameFieldNumber, slot.name());
  out.Number(Slot::kStateFieldNumber, StateOf(slot, free, hold_expire));
  WriteTime(out, Slot::kStartTimeFieldNumber, slot.start());
  WriteTime(out, Slot::kEndTimeFieldNumber, slot.end());
  out.Number(Slot::kFreeSeatCountFieldNumber, free);
  if (hold_expire != base::Instant()) {
    WriteTime(out, Slot::kHoldExpireTimeFieldNumber, hold_expire);
  }
  WriteSeries(out, slot);
  if (slot.source() == nullptr) {
    out.Fragment(frame.slot);
  } else {
    const base::Instant vouched = VouchTime(frame.view, slot);
    if (vouched != base::Instant()) WriteTime(out, Slot::kVerifyTimeFieldNumber, vouched);
    out.Text(Slot::kPartnerFieldNumber, slot.source()->partner());
    out.Number(Slot::kMasterFieldNumber, static_cast<int>(slot.source()->master()));
  }
  out.End(nested);
}

// How old the word of a slot is, and whether that is too old. A slot that lives elsewhere has an
// age of its own.
void WriteAge(WireWriter& out, const Frame& frame, const Match& match) {
  using Proto = v1::SlotMatch;
  const base::Instant vouched = VouchTime(frame.view, match.slot);
  if (match.slot.source() == nullptr) {
    out.Fragment(frame.match);
  } else if (vouched != base::Instant()) {
    WriteSpan(out, Proto::kInformationAgeFieldNumber,
              std::max(frame.now - vouched, microseconds::zero()));
  }
  const bool unverified = match.unverified || frame.now - vouched > kVerifiedFor;
  out.Number(Proto::kUnverifiedFieldNumber, unverified ? 1 : 0);
}

void WriteTerms(WireWriter& out, const std::vector<ScoreTerm>& terms) {
  for (const ScoreTerm& term : terms) {
    const WireWriter::Nested nested = out.BeginSmall(v1::SlotMatch::kScoreTermsFieldNumber);
    out.Text(v1::ScoreTerm::kCodeFieldNumber, term.code);
    out.Number(v1::ScoreTerm::kPointsFieldNumber, term.points);
    out.Text(v1::ScoreTerm::kLabelFieldNumber, term.label);
    out.End(nested);
  }
}

void WriteMatch(WireWriter& out, const Frame& frame, const Match& match, const Query& query) {
  using Proto = v1::SlotMatch;
  const SiteCard& card = CardOf(match.slot);
  const SiteWire& site = card.wire;
  const Explanation why = Explain(match, query);
  const WireWriter::Nested nested = out.Begin(v1::SearchSlotsResponse::kMatchesFieldNumber);
  WriteSlot(out, frame, match.slot);
  out.Fragment(site.match);
  if (frame.direct_line) out.Fragment(site.direct_line);
  out.Text(Proto::kPractitionerDisplayNameFieldNumber, match.slot.practitioner_display_name());
  out.Number(Proto::kDistanceMetersFieldNumber, match.distance_meters);
  out.Number(Proto::kDetourMetersFieldNumber, match.detour.meters);
  out.Number(Proto::kScoreFieldNumber, match.score);
  WriteTerms(out, why.terms);
  out.Number(Proto::kPastDeadlineFieldNumber, match.past_deadline ? 1 : 0);
  for (const std::string& code : why.unknown_criteria) {
    out.Bytes(Proto::kUnknownCriteriaFieldNumber, code);
  }
  if (why.rule != nullptr) {
    const auto index = static_cast<std::size_t>(why.rule - card.rules.entry_rules.data());
    out.Bytes(Proto::kEntryRuleFieldNumber, site.entry_rules[index]);
  }
  WriteAge(out, frame, match);
  out.End(nested);
}

// The reasons of an answer as fields: most are the same for every site that they leave out.
class Reasons {
 public:
  explicit Reasons(const Need& need) : need_(need) {}

  void Write(WireWriter& out, Exclusion exclusion, const SiteRules& site) {
    if (!TextIsOfNeed(exclusion)) return WriteAnew(out, exclusion, site);
    std::string& known = known_[static_cast<std::size_t>(exclusion)];
    if (known.empty()) {
      WireWriter made;
      WriteAnew(made, exclusion, site);
      known = made.Take();
    }
    out.Fragment(known);
  }

 private:
  void WriteAnew(WireWriter& out, Exclusion exclusion, const SiteRules& site) const {
    using Proto = v1::ExcludedSite;
    out.Text(Proto::kReasonCodeFieldNumber, ExclusionCode(exclusion));
    out.Text(Proto::kExplanationFieldNumber, ExclusionText(exclusion, site, need_));
    out.Text(Proto::kLiftedByFieldNumber, ExclusionLifter(exclusion));
  }

  const Need& need_;
  std::array<std::string, kExclusions> known_;
};

void WriteExcluded(WireWriter& out, const Excluded& excluded, Reasons& reasons) {
  using Proto = v1::ExcludedSite;
  const SiteCard& card = CardOf(excluded.site);
  const WireWriter::Nested nested = out.Begin(v1::SearchSlotsResponse::kExcludedSitesFieldNumber);
  out.Fragment(card.wire.excluded);
  out.Number(Proto::kDistanceMetersFieldNumber, excluded.distance_meters);
  reasons.Write(out, excluded.exclusion, card.rules);
  if (excluded.next_start != base::Instant()) {
    WriteTime(out, Proto::kNextStartTimeFieldNumber, excluded.next_start);
  }
  out.End(nested);
}

}  // namespace

std::string WriteAnswer(const RegionView& view, const SearchPage& page, base::Role reader,
                        base::Instant now) {
  using Proto = v1::SearchSlotsResponse;
  const Found& found = page.found;
  thread_local WireWriter out;  // Memory of this size, got and given back each time, costs more.
  out.Clear();
  const Frame frame = MakeFrame(view, reader, now);
  Warm(page);
  for (const Match& match : found.matches) WriteMatch(out, frame, match, page.query);
  Reasons reasons(page.query.need);
  for (const Excluded& each : found.excluded) WriteExcluded(out, each, reasons);
  for (const v1::ExcludedCount& each : ToExcludedCounts(found.excluded_counts)) {
    out.Bytes(Proto::kExcludedCountsFieldNumber, each.SerializeAsString());
  }
  for (const v1::Widening& widening : page.widenings) {
    out.Bytes(Proto::kWideningsFieldNumber, widening.SerializeAsString());
  }
  for (const Uncovered& each : page.uncovered) {
    out.Bytes(Proto::kUncoveredDepartmentsFieldNumber, ToUncovered(each).SerializeAsString());
  }
  out.Text(Proto::kNextPageTokenFieldNumber, page.next_page_token);
  out.Number(Proto::kTotalCountFieldNumber, static_cast<std::int64_t>(found.total));
  const WireWriter::Nested centre = out.BeginSmall(Proto::kCentreFieldNumber);
  out.Double(type::v1::GeoPoint::kLatitudeDegreesFieldNumber, page.query.centre.latitude);
  out.Double(type::v1::GeoPoint::kLongitudeDegreesFieldNumber, page.query.centre.longitude);
  out.End(centre);
  if (view.fresh != base::Instant()) WriteTime(out, Proto::kFreshTimeFieldNumber, view.fresh);
  if (Stale(view, now)) out.Bytes(Proto::kMissingSourcesFieldNumber, kAvailabilitySource);
  for (const std::string& partner : page.silent_partners) {
    out.Bytes(Proto::kMissingSourcesFieldNumber, partner);
  }
  return std::string(out.bytes());
}

}  // namespace sas::slots
