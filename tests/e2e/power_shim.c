/* A power cut for PostgreSQL, put before it by LD_PRELOAD. Its processes read what others of them have
 * written and not synced, so nothing may be held back as disk_shim.c does; instead each file is copied when
 * it is synced, and after kill -9 the test puts these copies in place of the files (disks.py). What no
 * fsync or fdatasync has returned for is then gone, as on a disk that writes nothing of itself. Names (files
 * that were made, renamed, unlinked) are kept as they are, as on a journalled file system.
 *
 *   POWER_SHIM_FILES  files below this folder are ours
 *   POWER_SHIM_KEPT   the copies, each called by its inode; on the same file system
 *   POWER_SHIM_LIE    while a file of this name exists, a sync says yes and does nothing
 *   POWER_SHIM_FAIL   while a file of this name exists, a sync of what lies in pg_wal fails with EIO
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIECE (64 * 1024)

static int told(const char* variable) {
  const char* name = getenv(variable);
  return name != NULL && access(name, F_OK) == 0;
}

static const char* below(const char* path) {
  const char* folder = getenv("POWER_SHIM_FILES");
  if (folder == NULL) return NULL;
  const size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && path[length] == '/' ? path + length : NULL;
}

static void copy_name(ino_t inode, char* name, size_t size) {
  snprintf(name, size, "%s/%llu", getenv("POWER_SHIM_KEPT"), (unsigned long long)inode);
}

/* The folder of the copies, locked: shared for who writes one, alone for who takes a name away. */
static int lock_copies(int kind) {
  const int folder = open(getenv("POWER_SHIM_KEPT"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 || flock(folder, kind) != 0) abort();  /* Else the test would blame others. */
  return folder;
}

/* In place, under a lock: an older copy never overwrites a newer one, and who is killed here leaves a
 * mixture of the two, as a power cut in the middle of a sync would. */
static int keep(const char* link, const struct stat* file) {
  static __thread char piece[PIECE];
  char name[4096];
  copy_name(file->st_ino, name, sizeof name);
  const int from = open(link, O_RDONLY | O_CLOEXEC);  /* Ours may be for writing only. */
  const int to = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  int failed = from < 0 || to < 0 || flock(to, LOCK_EX) != 0;
  off_t end = 0;
  ssize_t got = 0;
  while (!failed && (got = pread(from, piece, PIECE, end)) > 0) {
    failed = pwrite(to, piece, (size_t)got, end) != got;
    end += got;
  }
  if (!failed && (got < 0 || ftruncate(to, end) != 0)) failed = 1;
  if (from >= 0) close(from);
  if (to >= 0) close(to);
  return failed;
}

static int sync_file(int file, long call) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = '\0';
  const char* inside = below(path);
  if (inside == NULL) return (int)syscall(call, file);
  if (strncmp(inside, "/pg_wal/", 8) == 0 && told("POWER_SHIM_FAIL")) {
    errno = EIO;
    return -1;
  }
  if (told("POWER_SHIM_LIE")) return 0;
  const int result = (int)syscall(call, file);
  if (result != 0) return result;
  const int folder = lock_copies(LOCK_SH);
  struct stat about;
  /* A file without a name is gone after the cut, whatever it holds. */
  const int has_name = fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_nlink > 0;
  if (has_name && keep(link, &about) != 0) abort();
  close(folder);
  return result;
}

int fsync(int file) {
  return sync_file(file, SYS_fsync);
}

int fdatasync(int file) {
  return sync_file(file, SYS_fdatasync);
}

/* A file that has lost its last name: its inode may be given to another, which the copy is not of. */
static void forget(const struct stat* file) {
  char name[4096];
  if (!S_ISREG(file->st_mode) || file->st_nlink != 1) return;
  copy_name(file->st_ino, name, sizeof name);
  syscall(SYS_unlink, name);
}

int unlink(const char* path) {
  struct stat about;
  const int folder = lock_copies(LOCK_EX);
  const int known = lstat(path, &about) == 0;
  const int result = (int)syscall(SYS_unlink, path);
  const int reason = errno;
  if (result == 0 && known) forget(&about);
  close(folder);
  errno = reason;
  return result;
}

int rename(const char* from, const char* to) {
  struct stat mine, other;
  const int folder = lock_copies(LOCK_EX);
  const int replaces = lstat(to, &other) == 0 && lstat(from, &mine) == 0 && mine.st_ino != other.st_ino;
  const int result = (int)syscall(SYS_rename, from, to);
  const int reason = errno;
  if (result == 0 && replaces) forget(&other);
  close(folder);
  errno = reason;
  return result;
}
