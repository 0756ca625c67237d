#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/base/clock.h"

namespace sas::booking {

/// What a list sorts by.
using ListPosition = std::pair<base::Instant, std::string>;  ///< Start, name.

struct AppointmentQuery {
  std::string region;
  std::vector<std::string> territories;  ///< Empty: all.
  std::string regulation_case;           ///< Empty: all.
  std::string site;                      ///< Empty: all.
  std::string booker;                    ///< Subject of who booked; empty: all.
  std::optional<base::Instant> start;    ///< Inclusive.
  std::optional<base::Instant> end;      ///< Exclusive.
  bool include_cancelled = false;
  std::optional<ListPosition> after;
  int limit = 0;
};

/// A seat whose truth the slots do not know yet. The mark is not the truth: a reader gets with it
/// what the ledger says now, so that marks may be sent late or twice, and so that even the mark of
/// a refused attempt tells slots that have forgotten (a restored copy) who has the seat.
struct SeatMark {
  std::int64_t sequence = 0;  ///< Given by the store.
  std::string slot;
  std::int32_t seat = 0;
  std::string appointment;  ///< When read: the live one of this seat, if there is one.
  bool taken = false;       ///< When read: whether there is.
  base::Instant time;       ///< When it was written.
};

/// How much the slots do not know yet.
struct SeatBacklog {
  std::int64_t count = 0;   ///< Marks that wait.
  std::int64_t parked = 0;  ///< Marks that the slots refused for good.
  std::optional<base::Instant> oldest;
};

/// Live appointments of a practitioner that start in [start, end), over all sites of a region.
struct CappedWeek {
  std::string region;        ///< Id.
  std::string practitioner;  ///< RPPS.
  base::Instant start;
  base::Instant end;
  std::string except;  ///< This one does not count: it is the one that is moved.
};

/// Live appointments of an agenda that start in [start, end), in seats beyond those of its slots.
struct CappedSession {
  std::string site;
  std::string agenda;
  int seats = 0;  ///< Of each slot: seats from this number on lie beyond them.
  base::Instant start;
  base::Instant end;
  std::string except;  ///< As above.
};

/// What appointments are counted in under caps. Sets: everybody takes them in one order, days
/// first, as one appointment by itself does.
struct CountedIn {
  std::set<std::pair<std::string, base::Instant>>
      days;                     ///< Site, start of the day or of its hours.
  std::set<std::string> names;  ///< Weeks and sessions: CountedName.
};

/// A form that was filled in while the suite was away.
struct PaperForm {
  std::string owner;  ///< Organization, or else `territory:…`, whose numbers these are.
  std::string number;
  std::string appointment;
};

/// Place of an audit record in a history: when, chain, number in the chain.
using HistoryPosition = std::tuple<base::Instant, int, std::int64_t>;

}  // namespace sas::booking
