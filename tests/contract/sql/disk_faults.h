#pragma once

#include <atomic>
#include <string>

/// The disk under SQLite, as this program sees it: the test's own fsync, fdatasync, pwrite64
/// and statvfs take the place of the C library's, count and fail on demand.
namespace sas::testing {

struct DiskFaults {
  std::atomic<int> syncs{0};           ///< fsync and fdatasync so far.
  std::atomic<bool> fail_sync{false};  ///< EIO from now on.
  std::atomic<bool> full{false};       ///< ENOSPC from now on,
  std::string room_without;            ///< but not once this file is gone. Set it before `full`.
};

DiskFaults& Disk();

}  // namespace sas::testing
