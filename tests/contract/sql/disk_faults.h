#pragma once

#include <atomic>

/// The disk under SQLite, as this program sees it: the test's own fsync, fdatasync and pwrite64
/// take the place of the C library's, count and fail on demand.
namespace sas::testing {

struct DiskFaults {
  std::atomic<int> syncs{0};           ///< fsync and fdatasync so far.
  std::atomic<bool> fail_sync{false};  ///< EIO from now on.
  std::atomic<bool> full{false};       ///< ENOSPC from now on.
};

DiskFaults& Disk();

}  // namespace sas::testing
