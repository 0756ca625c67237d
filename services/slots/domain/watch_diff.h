#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sas::slots {

/// A match as far as a watcher is told when it changes.
struct WatchedSlot {
  std::string name;
  std::string content;  ///< Any bytes that differ when he is to be told.

  bool operator==(const WatchedSlot&) const = default;
};

/// The way from one list to another: take out what is taken or changed, then put what is added or
/// changed at its position, lowest position first.
struct WatchDiff {
  std::vector<std::size_t> added;    ///< Positions in the new list, ascending.
  std::vector<std::size_t> changed;  ///< The same: of another content, or at another place.
  std::vector<std::string> taken;    ///< Names, in the order of the old list.

  bool empty() const { return added.empty() && changed.empty() && taken.empty(); }
};

/// Names are unique in each list. As few as possible are told to have moved. Time grows with the
/// square of the length: lists are pages.
WatchDiff Diff(const std::vector<WatchedSlot>& before, const std::vector<WatchedSlot>& after);

}  // namespace sas::slots
