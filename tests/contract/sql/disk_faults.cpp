#include "tests/contract/sql/disk_faults.h"

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>

namespace sas::testing {

DiskFaults& Disk() {
  static DiskFaults disk;
  return disk;
}

namespace {

int Sync(long call, int file) {
  ++Disk().syncs;
  if (Disk().fail_sync) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(call, file));
}

ssize_t Write(int file, const void* bytes, size_t size, off_t offset) {
  if (Disk().full) {
    errno = ENOSPC;
    return -1;
  }
  return ::syscall(SYS_pwrite64, file, bytes, size, offset);
}

}  // namespace
}  // namespace sas::testing

// libsqlite3.so finds these before the C library's, because the program comes first.
extern "C" {

int fsync(int file) {
  return sas::testing::Sync(SYS_fsync, file);
}

int fdatasync(int file) {
  return sas::testing::Sync(SYS_fdatasync, file);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
  return sas::testing::Write(file, bytes, size, offset);
}
}
