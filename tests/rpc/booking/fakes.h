#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "services/booking/regulation_client.h"
#include "services/booking/slots_client.h"
#include "services/booking/store.h"

/// The other services, as booking sees them through its seams.
namespace sas::booking {

/// Slots that keep holds and prepared seats as the real ones do: a hold belongs to its holder and
/// ends; preparing is idempotent for one appointment and ends too.
class FakeSlots final : public SlotsClient {
 public:
  explicit FakeSlots(const base::Clock& clock) : clock_(clock) {}

  std::vector<absl::StatusOr<slots::v1::PreparedSeat>> PrepareSeats(
      const base::Call& call, const std::vector<slots::v1::PrepareSeatRequest>& requests) override;
  absl::Status CommitSeats(const base::Call& call,
                           const slots::v1::CommitSeatsRequest& request) override;
  absl::StatusOr<slots::v1::ListTakenSeatsResponse> ListTakenSeats(
      const base::Call& call, const slots::v1::ListTakenSeatsRequest& request) override;
  absl::StatusOr<slots::v1::SearchNextSlotsResponse> SearchNextSlots(
      const base::Call& call, const slots::v1::SearchNextSlotsRequest& request) override;
  absl::StatusOr<slots::v1::GetSlotStandingsResponse> GetSlotStandings(
      const base::Call& call, const slots::v1::GetSlotStandingsRequest& request) override;

  /// A hold of `holder` on a seat, for two minutes; its token. Seats are not unique here: that is
  /// the ledger's matter.
  std::string Hold(const std::string& slot, int seat, const std::string& holder);
  /// Until when `holder` has the hold of the token; nothing when he does not.
  std::optional<base::Instant> HeldUntil(const std::string& token, const std::string& holder) const;
  /// The hold goes to another; false when it was lost.
  bool Give(const std::string& token, const std::string& holder, const std::string& to);
  void Release(const std::string& token, const std::string& holder);
  void SetRule(const slots::v1::EntryRule& rule);
  /// What every call is refused with; OK to answer again.
  void FailWith(absl::Status status);
  /// Refuses a batch that has this slot.
  void RefuseSlot(const std::string& slot, absl::Status status);
  /// Called in PrepareSeat, without lock.
  void OnPrepare(std::function<void()> hook);
  void SetStart(base::Instant start);
  /// The sites take so many appointments a day; 0: as many as come.
  void SetDayCap(int appointment_max);
  /// The same of each hour from o'clock to o'clock.
  void SetHoursCap(int appointment_max);
  /// Who receives takes so many a week, which begins on Thursdays here; 0: as many as come.
  void SetWeekCap(int appointment_max);
  /// Seats lie beyond those of their slots, for this reason. An agenda's day takes so many from
  /// seat `seat_count` on; 0: as many as come.
  void SetSupernumerary(const std::string& reason_code, int appointment_max = 0,
                        int seat_count = 1);
  /// Whose word counts about every slot.
  void SetMaster(slots::v1::AgendaMaster master, const std::string& booking_url = "");
  /// What this slot is, where it differs from the others.
  void SetSlot(const std::string& slot, base::Instant start, std::chrono::minutes length,
               sas::type::v1::ConsultationMode mode);

  /// Who receives there; empty: nobody is named. Otherwise each agenda has a doctor of its own.
  void SetDoctor(const std::string& slot, const std::string& rpps);

  /// What stands behind a slot; somebody holds every other one.
  void SetStanding(const std::string& slot, slots::v1::SlotStanding::Kind kind);
  /// Slots that GetSlotStandings was asked about, one question after the other.
  std::vector<std::size_t> standings_asked() const;

  /// What every search for next slots finds; a fault: it fails.
  void SetNextSlots(absl::StatusOr<std::vector<std::string>> names);
  std::vector<slots::v1::SearchNextSlotsRequest> searched() const;

  std::vector<slots::v1::PrepareSeatRequest> prepared() const;

  /// Exchanges of PrepareSeats.
  int prepare_exchanges() const { return exchanges_; }

  std::vector<slots::v1::CommitSeatsRequest> committed() const;
  /// Appointment that has the seat by what was committed; empty when free.
  /// The slots come to believe this of a seat, whatever was committed; empty: free.
  void Believe(const std::string& slot, int seat, const std::string& appointment);
  std::string OwnerOf(const std::string& slot, int seat) const;
  /// Hot availability has this of a seat, whatever their ledger says, until the slots are told of
  /// it; empty: free.
  void Show(const std::string& slot, int seat, const std::string& appointment);
  /// What a question for hot availability is refused with; OK to answer again.
  void FailShownWith(absl::Status status);

 private:
  absl::StatusOr<slots::v1::PreparedSeat> Prepare(const base::Call& call,
                                                  const slots::v1::PrepareSeatRequest& request);
  /// Under the lock.
  void FillCaps(base::Instant start, slots::v1::PreparedSeat& seat) const;

  struct Held {
    std::string slot;
    int seat = 0;
    std::string holder;
    base::Instant expire;
    std::string appointment;     ///< Prepared for it.
    base::Instant held_until{};  ///< When the hold would have ended.
    bool taken = false;          ///< The ledger's word has come.
  };

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Held> holds_;
  std::map<std::pair<std::string, int>, std::string> taken_;
  std::map<std::pair<std::string, int>, std::string> shown_;  ///< Where it differs.
  absl::Status shown_failure_;
  slots::v1::EntryRule rule_;
  absl::Status failure_;
  std::map<std::string, absl::Status> refused_slots_;
  std::function<void()> on_prepare_ = [] {};
  std::atomic<int> exchanges_{0};
  int day_cap_ = 0;
  int hours_cap_ = 0;
  int week_cap_ = 0;
  slots::v1::SupernumeraryCap session_cap_;

  struct Shape {
    base::Instant start;
    std::chrono::minutes length{15};
    sas::type::v1::ConsultationMode mode = sas::type::v1::CONSULTATION_MODE_AMB;
  };

  base::Instant start_;
  std::map<std::string, Shape> shapes_;
  std::map<std::string, slots::v1::SlotStanding::Kind> standings_;
  std::vector<std::size_t> standings_asked_;
  absl::StatusOr<std::vector<std::string>> next_slots_ = std::vector<std::string>();
  std::vector<slots::v1::SearchNextSlotsRequest> searched_;
  std::map<std::string, std::string> doctors_;  ///< By slot, where it is not its agenda's.
  std::string supernumerary_;
  slots::v1::AgendaMaster master_ = slots::v1::AGENDA_MASTER_UNSPECIFIED;
  std::string booking_url_;
  std::vector<slots::v1::PrepareSeatRequest> prepared_;
  std::vector<slots::v1::CommitSeatsRequest> committed_;
};

class FakeRegulation final : public RegulationClient {
 public:
  std::vector<absl::StatusOr<Word>> CheckBookings(const base::Call& call,
                                                  const std::vector<Check>& checks) override;
  absl::StatusOr<std::vector<regulation::v1::CareOrder>> ListCareOrders(const base::Call& call,
                                                                        const std::string& region,
                                                                        int limit) override;
  absl::StatusOr<std::vector<regulation::v1::CareOrder>> ListOpenOrders(
      const base::Call& call, const std::string& region, const std::string& territory,
      int limit) override;

  /// Has every dossier, in territory 85, until told otherwise.
  absl::StatusOr<regulation::v1::CaseReference> GetCaseReference(const base::Call& call,
                                                                 const std::string& name) override;

  /// What it says of bookings without an order from now on.
  void SayOfDirect(absl::Status status);
  void Put(const regulation::v1::CareOrder& order);
  /// It does not have this dossier, or this patient.
  void Forget(const std::string& name);
  void SetTerritory(const std::string& territory);
  void FailWith(absl::Status status);

 private:
  absl::StatusOr<Word> CheckOrder(const std::string& name) const;
  absl::StatusOr<Word> CheckDirect(const base::Call& call,
                                   const regulation::v1::DirectBooking& booking);

  mutable std::mutex mutex_;
  std::set<std::string> forgotten_;
  std::string territory_ = "85";
  std::map<std::string, regulation::v1::CareOrder> orders_;
  absl::Status direct_;
  absl::Status failure_;
};

/// A store whose next writes can be made to fail, before or after their commit.
class FaultyStore final : public BookingStore {
 public:
  enum class Fault { kNone, kBeforeCommit, kAfterCommit };

  explicit FaultyStore(BookingStore& inner) : inner_(inner) {}

  absl::Status Write(const base::Call& call, const Work& work) override;

  absl::Status Read(const base::Call& call, const Work& work) override {
    return inner_.Read(call, work);
  }

  ledger::Feed& feed() override { return inner_.feed(); }

  void FailNextWrite(Fault fault);

 private:
  BookingStore& inner_;
  std::mutex mutex_;
  Fault next_ = Fault::kNone;
};

}  // namespace sas::booking
