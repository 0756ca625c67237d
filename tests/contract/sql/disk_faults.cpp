#include "tests/contract/sql/disk_faults.h"

#include <sys/statfs.h>
#include <sys/statvfs.h>
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
  const std::string& ballast = Disk().room_without;
  const bool room = !ballast.empty() && ::access(ballast.c_str(), F_OK) != 0;
  if (Disk().full && !room) {
    errno = ENOSPC;
    return -1;
  }
  return ::syscall(SYS_pwrite64, file, bytes, size, offset);
}

int Room(const char* path, struct statvfs* disk) {
  struct statfs found {};

  const long result = ::syscall(SYS_statfs, path, &found);
  *disk = {};
  disk->f_frsize = static_cast<unsigned long>(found.f_bsize);
  disk->f_bavail = Disk().full ? 0 : found.f_bavail;
  return static_cast<int>(result);
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

int statvfs(const char* path, struct statvfs* disk) noexcept {
  return sas::testing::Room(path, disk);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
  return sas::testing::Write(file, bytes, size, offset);
}
}
