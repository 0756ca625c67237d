#include "services/booking/displaced_check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/crash_point.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/booking/convert.h"
#include "services/booking/displaced.h"

namespace sas::booking {
namespace {

using slots::v1::SlotStanding;

static_assert(static_cast<int>(Standing::kServed) == SlotStanding::KIND_SERVED);
static_assert(static_cast<int>(Standing::kWithdrawn) == SlotStanding::KIND_WITHDRAWN);
static_assert(static_cast<int>(Standing::kUnstaffed) == SlotStanding::KIND_UNSTAFFED);
static_assert(static_cast<int>(Standing::kGone) == SlotStanding::KIND_GONE);
static_assert(SlotStanding::Kind_ARRAYSIZE == 5);

constexpr int kPageSize = 500;
constexpr std::chrono::milliseconds kTimeMin{2500};  // A question and a commit, at their limits.

// Seats that were taken, reports of platforms and lifts change no slot.
constexpr std::array<std::string_view, 3> kNothing{"seats.changed", "source.reported",
                                                   "rule.lifted"};
// What may concern any site.
constexpr std::array<std::string_view, 3> kEverything{"territory.imported", "practitioner.updated",
                                                      "structure.updated"};

template <typename Types>
bool Has(const Types& types, std::string_view type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

// regions/r/sites/s of a longer name; empty when it has none.
std::string SiteIn(const std::string& name) {
  constexpr std::string_view kSites = "/sites/";
  const std::size_t at = name.find(kSites);
  if (at == std::string::npos) return {};
  return name.substr(0, name.find('/', at + kSites.size()));
}

bool IsOpen(const v1::Appointment& appointment) {
  return appointment.state() == v1::Appointment::STATE_PENDING ||
         appointment.state() == v1::Appointment::STATE_BOOKED;
}

std::optional<Displaced> KnownOf(const std::optional<v1::Displacement>& there) {
  if (!there) return std::nullopt;
  return static_cast<Displaced>(there->reason());
}

constexpr std::size_t kWrittenMax = 20;  ///< Appointments that one transaction holds.

struct Found {
  std::string appointment;
  std::string slot;
  DisplacementAct act = DisplacementAct::kNone;
  Standing standing = Standing::kUnknown;
};

// What is to be done about one appointment, as the ledger has it now.
absl::StatusOr<DisplacementAct> Judge(BookingTransaction& transaction, const Found& found,
                                      v1::Appointment& appointment) {
  auto record = transaction.Get(found.appointment);
  if (absl::IsNotFound(record.status())) return DisplacementAct::kNone;
  SAS_RETURN_IF_ERROR(record.status());
  appointment = std::move(record->appointment);
  if (appointment.slot() != found.slot) return DisplacementAct::kNone;  // It was moved meanwhile.
  SAS_ASSIGN_OR_RETURN(const auto there, transaction.displaced().Get(found.appointment));
  return JudgeDisplacement(ToValue(appointment.state()), found.standing, KnownOf(there));
}

void Tell(const Found& found, DisplacedMetrics& metrics) {
  if (found.act == DisplacementAct::kNone) return;
  const bool displaced = found.act == DisplacementAct::kDisplace;
  metrics.Counted(displaced ? "displaced" : "served");
  const std::string standing =
      SlotStanding::Kind_Name(static_cast<SlotStanding::Kind>(found.standing)).substr(5);
  observe::Log(displaced ? observe::Level::kWarn : observe::Level::kInfo,
               displaced ? "appointment_displaced" : "appointment_settled",
               {{"appointment", std::string_view(found.appointment)},
                {"slot", std::string_view(found.slot)},
                {"standing", std::string_view(standing)}});
}

// Judges them again in the transaction that writes.
absl::Status Note(BookingStore& store, const base::Call& call, std::span<Found> part,
                  DisplacedMetrics& metrics, const base::Clock& clock) {
  std::vector<std::string> names;
  for (const Found& found : part) names.push_back(found.appointment);
  SAS_RETURN_IF_ERROR(store.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    // Whoever cancels or moves one meanwhile has not seen its entry, and nobody would end it.
    SAS_RETURN_IF_ERROR(transaction.HoldAppointments(names));
    for (Found& found : part) {
      v1::Appointment appointment;
      SAS_ASSIGN_OR_RETURN(found.act, Judge(transaction, found, appointment));
      if (found.act == DisplacementAct::kDisplace) {
        SAS_RETURN_IF_ERROR(
            Displace(transaction, appointment, *ReasonOf(found.standing), clock.Now()));
      } else if (found.act == DisplacementAct::kSettle) {
        SAS_RETURN_IF_ERROR(SettleDisplacement(transaction, appointment, "SERVED").status());
      }
    }
    return absl::OkStatus();
  }));
  for (const Found& found : part) Tell(found, metrics);
  return absl::OkStatus();
}

}  // namespace

DisplacedCheck::DisplacedCheck(BookingStore& store, SlotsClient& slots, DisplacedMetrics& metrics,
                               const base::Clock& clock)
    : store_(store), slots_(slots), metrics_(metrics), clock_(clock), made_(clock.Now()) {}

void DisplacedCheck::Hear(const events::v1::Event& event) {
  if (Has(kNothing, event.type())) return;
  const std::string site =
      event.planning().site().empty() ? SiteIn(event.subject()) : event.planning().site();
  const std::lock_guard lock(mutex_);
  if (site.empty() || Has(kEverything, event.type()) || sites_.size() >= kSitesMax) {
    all_ = true;
  } else {
    sites_.insert(site);
  }
}

bool DisplacedCheck::HasTime(const base::Call& call) const {
  return call.Left(clock_) > kTimeMin;
}

absl::Status DisplacedCheck::Turn(const base::Call& call) {
  SAS_RETURN_IF_ERROR(TurnSites(call));
  return TurnPass(call);
}

// A site is forgotten once it was looked at: a failure leaves it for the next turn.
absl::Status DisplacedCheck::TurnSites(const base::Call& call) {
  while (HasTime(call)) {
    std::string site;
    {
      const std::lock_guard lock(mutex_);
      if (sites_.empty()) return absl::OkStatus();
      site = sites_.extract(sites_.begin()).value();
    }
    const absl::Status done = [&]() -> absl::Status {
      SAS_ASSIGN_OR_RETURN(const auto looks, Live(call, std::string(base::RegionOf(site)), site));
      return Ask(call, looks);
    }();
    if (done.ok()) continue;
    const std::lock_guard lock(mutex_);
    sites_.insert(site);
    return done;
  }
  return absl::OkStatus();
}

// True when a pass over everything begins: what was heard before it is covered by it.
bool DisplacedCheck::PassDue() {
  if (passing_) return false;
  const std::lock_guard lock(mutex_);
  if (!all_ && clock_.Steady() < next_pass_) return false;
  all_ = false;
  return true;
}

absl::Status DisplacedCheck::TurnPass(const base::Call& call) {
  if (PassDue()) {
    const auto fill = [&]() -> absl::Status {
      std::vector<std::string> regions;
      SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(regions, transaction.Regions());
        return absl::OkStatus();
      }));
      pass_.clear();
      pass_start_ = clock_.Now();
      for (const std::string& region : regions) {
        SAS_ASSIGN_OR_RETURN(auto looks, Live(call, region, ""));
        std::move(looks.begin(), looks.end(), std::back_inserter(pass_));
      }
      passing_ = true;
      return absl::OkStatus();
    };
    if (const absl::Status failed = fill(); !failed.ok()) {
      const std::lock_guard lock(mutex_);
      all_ = true;
      return failed;
    }
  }
  if (!passing_) return absl::OkStatus();
  while (!pass_.empty() && HasTime(call)) {
    const std::size_t count = std::min(kAskedMax, pass_.size());
    const std::vector<Look> looks(pass_.begin(),
                                  pass_.begin() + static_cast<std::ptrdiff_t>(count));
    SAS_RETURN_IF_ERROR(Ask(call, looks));
    pass_.erase(pass_.begin(), pass_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  if (!pass_.empty()) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) {
    return transaction.displaced().PutChecked(pass_start_);
  }));
  passing_ = false;
  next_pass_ = clock_.Steady() + kPassInterval;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<DisplacedCheck::Look>> DisplacedCheck::Live(
    const base::Call& call, const std::string& region, const std::string& site) const {
  AppointmentQuery query;
  query.region = region;
  query.site = site;
  query.start = clock_.Now();
  query.limit = kPageSize;
  std::vector<Look> looks;
  std::vector<v1::Appointment> page;
  do {
    SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(page, transaction.List(query));
      return absl::OkStatus();
    }));
    for (const v1::Appointment& each : page) {
      if (IsOpen(each)) looks.push_back({each.slot(), each.name()});
    }
    if (!page.empty()) {
      query.after = ListPosition{ToInstant(page.back().start_time()), page.back().name()};
    }
  } while (static_cast<int>(page.size()) == kPageSize);
  // By slot, so by site: the slots read each site once.
  std::sort(looks.begin(), looks.end(), [](const Look& a, const Look& b) {
    return std::pair(a.slot, a.appointment) < std::pair(b.slot, b.appointment);
  });
  return looks;
}

absl::Status DisplacedCheck::Ask(const base::Call& call, const std::vector<Look>& looks) {
  for (std::size_t from = 0; from < looks.size();) {
    slots::v1::GetSlotStandingsRequest ask;
    const std::string region(base::RegionOf(looks[from].slot));
    ask.set_parent(base::JoinName({{"regions", region}}));
    std::vector<Look> asked;
    for (; from < looks.size() && asked.size() < kAskedMax; ++from) {
      if (base::RegionOf(looks[from].slot) != region) break;
      ask.add_slots(looks[from].slot);
      asked.push_back(looks[from]);
    }
    SAS_ASSIGN_OR_RETURN(const auto told, slots_.GetSlotStandings(call, ask));
    base::AtCrashPoint("booking.displaced.asked");
    std::vector<Standing> standings(asked.size(), Standing::kUnknown);
    const auto known = std::min(asked.size(), static_cast<std::size_t>(told.standings_size()));
    for (std::size_t i = 0; i < known; ++i) {
      const SlotStanding& each = told.standings(static_cast<int>(i));
      if (each.slot() == asked[i].slot) standings[i] = static_cast<Standing>(each.kind());
    }
    SAS_RETURN_IF_ERROR(Apply(call, asked, standings));
  }
  return absl::OkStatus();
}

// Most stand where they stood: looked at without the lock of a write, then judged again in it.
absl::Status DisplacedCheck::Apply(const base::Call& call, const std::vector<Look>& looks,
                                   const std::vector<Standing>& standings) {
  std::vector<Found> changed;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    changed.clear();
    for (std::size_t i = 0; i < looks.size(); ++i) {
      SAS_ASSIGN_OR_RETURN(const auto there, transaction.displaced().Get(looks[i].appointment));
      const auto act = JudgeDisplacement(State::kBooked, standings[i], KnownOf(there));
      if (act == DisplacementAct::kNone) continue;
      changed.push_back({looks[i].appointment, looks[i].slot, act, standings[i]});
    }
    return absl::OkStatus();
  }));
  // A few at a time: a confirmation beside them waits for no more, and each is judged by itself.
  for (std::size_t from = 0; from < changed.size(); from += kWrittenMax) {
    const std::size_t count = std::min(kWrittenMax, changed.size() - from);
    SAS_RETURN_IF_ERROR(
        Note(store_, call, std::span(changed).subspan(from, count), metrics_, clock_));
  }
  return absl::OkStatus();
}

absl::Status DisplacedCheck::Figures(const base::Call& call) {
  DisplacedFigures figures;
  std::optional<base::Instant> checked;
  const base::Instant now = clock_.Now();
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(figures, transaction.displaced().Figures(now + kDisplacedSoon));
    SAS_ASSIGN_OR_RETURN(checked, transaction.displaced().Checked());
    return absl::OkStatus();
  }));
  const auto age = std::chrono::duration<double>(now - checked.value_or(made_));
  metrics_.Stand(figures.open, figures.soon, std::max(0.0, age.count()));
  return absl::OkStatus();
}

}  // namespace sas::booking
