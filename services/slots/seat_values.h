#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"

namespace sas::slots {

inline constexpr std::chrono::seconds kHoldStandard{120};
inline constexpr std::chrono::seconds kHoldMin{10};
inline constexpr std::chrono::seconds kHoldMax{120};
inline constexpr std::chrono::minutes kHoldTotalMax{10};  ///< All renewals together (hazard H-25).
inline constexpr std::chrono::seconds kPrepareMax{60};    ///< Ledger write must be done by then.
inline constexpr int kHoldsPerHolderMax = 3;
inline constexpr int kHoldsPerOrganizationStandard = 50;
inline constexpr int kHoldsOfGroupMax = 8;  ///< Instead, while a group is put together.
inline constexpr int kChangesMax = 1000;    ///< Of one reading of the stream.
/// A load that has not moved for so long is dead.
inline constexpr std::chrono::seconds kLoadMax{10};
/// A refresh that takes longer is another replica's to repeat.
inline constexpr std::chrono::milliseconds kRefreshMax{2000};

/// Which hold, and whose.
struct HoldKey {
  std::string region;
  std::string slot;
  std::string token;
  std::string holder;  ///< Subject of the operator.
};

/// A hold that becomes a seat of an appointment.
struct Preparation {
  HoldKey hold;
  std::string appointment;
};

/// A change of a slot's seats, as the change stream carries it.
struct SeatChange {
  std::string slot;  ///< Empty: the book has a new epoch.
  int free_seats = 0;
  base::Instant hold_expire{};  ///< When the first hold ends; zero when none lives.
  std::int64_t epoch = 0;
  /// In the change stream, by the book's own clock (SeatBook::Time); zero when it is not from
  /// there.
  base::Instant written{};
};

/// A live hold, held or prepared.
struct Hold {
  std::string slot;
  int seat = 0;
  std::string token;
  std::string holder;         ///< Subject of the operator.
  std::string order;          ///< May be empty.
  std::string profession;     ///< May be empty.
  std::string appointment;    ///< Set when prepared.
  std::string beyond_reason;  ///< Why the seat lies beyond those of the slot; else empty.
  std::string lifted;         ///< Rules that do not stop it, by commas; may be empty.
  std::string criteria;       ///< Of the patient, by commas (need_criteria.h); may be empty.
  std::int64_t fence =
      0;  ///< Grows with each hold of the region; survives a flush (epoch above it).
  base::Instant expire{};
  base::Instant renew_limit{};
  SeatChange after;  ///< The slot once this was done.
};

/// A seat's hot state.
struct SeatState {
  enum class Kind { kFree, kHeld, kPrepared, kTaken };
  Kind kind = Kind::kFree;
  base::Instant expire{};   ///< For kHeld and kPrepared.
  std::string appointment;  ///< For kPrepared and kTaken.
};

/// What the ledger says of one seat.
struct SeatFact {
  std::string slot;
  int seat = 0;
  std::string appointment;  ///< That takes or frees it.
  bool taken = false;
  std::int64_t sequence = 0;  ///< Of the slots ledger, grows with each change of a region's seats.
};

/// A slot to open, with the seats that the ledger knows as taken.
struct OpenSlot {
  std::string slot;
  int seats = 1;
  base::Instant start{};
  base::Instant end{};
  std::vector<SeatFact> taken;
  bool patients_only = false;  ///< Open for those alone: no hold could be confirmed, none lives on.
};

/// One load of a region's book.
struct Load {
  std::string region;
  std::int64_t epoch = 0;
  bool keep_holds = false;         ///< The book is to be believed: only the directory has changed.
  std::int64_t seat_sequence = 0;  ///< Of the ledger when it was read.
  std::string directory;           ///< Version of the directory that it was made from.
  std::string horizon;             ///< Last day that it covers, YYYY-MM-DD.
};

/// Some sites of a book that is to be believed, opened and closed anew under its present epoch.
struct Refresh {
  std::string region;
  std::int64_t epoch = 0;          ///< Of the book.
  std::int64_t directory = 0;      ///< Of the ledger when it was read.
  std::int64_t seat_sequence = 0;  ///< The same.
};

/// Where a book stands.
struct BookState {
  std::int64_t epoch = 0;    ///< 0: none.
  std::int64_t loading = 0;  ///< Epoch of a load at work, 0 when there is none.
  base::Instant loading_since{};
  std::int64_t fence = 0;
  std::int64_t seat_sequence = 0;
  std::string directory;
  std::string horizon;

  /// `directory` as a number; 0 when it is none.
  std::int64_t DirectoryVersion() const;
};

/// A site whose slots were opened and closed anew: what is known of it must be read again.
struct SiteChange {
  /// Full resource name. Empty: every site that changed up to `directory` has been told.
  std::string site;
  std::int64_t directory = 0;  ///< Version that the site is of, or the whole book.
};

struct ChangeBatch {
  std::string position;  ///< To go on from.
  std::vector<SeatChange> changes;
  std::vector<SiteChange> sites;
  /// Of the book, 0 for none; asked when nothing came, because a lost book is silent too.
  std::optional<std::int64_t> epoch{};
};

}  // namespace sas::slots
