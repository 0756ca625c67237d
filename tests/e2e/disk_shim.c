/* A disk that tells the truth about fsync, put before SQLite by LD_PRELOAD:
 *
 *   DISK_SHIM_FILES    writes to files whose path contains this text stay in this process' memory until
 *                      fsync or fdatasync: kill -9 then loses what a power cut would have lost. (kill -9
 *                      alone keeps the page cache, so it cannot show that an fsync is missing.)
 *   DISK_SHIM_FAIL     fsync of these files fails with EIO while a file of this name exists.
 *   DISK_SHIM_NO_SYNC  set: "PRAGMA synchronous=FULL" becomes OFF, to show that the test would see it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_MAX 1024

struct write_op {
  off_t offset;
  size_t size;
  struct write_op* next;
  char bytes[];
};

/* By descriptor: SQLite keeps one for each file. */
static struct {
  int known; /* 0 not looked at, 1 ours, 2 not ours */
  struct write_op *first, *last;
  off_t end; /* Of what waits. */
} files[FILES_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int ours(int file) {
  if (file < 0 || file >= FILES_MAX) return 0;
  if (files[file].known == 0) {
    const char* wanted = getenv("DISK_SHIM_FILES");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = '\0';
    files[file].known = wanted != NULL && strstr(path, wanted) != NULL ? 1 : 2;
  }
  return files[file].known == 1;
}

static int flush(int file) {
  int failed = 0;
  while (files[file].first != NULL) {
    struct write_op* op = files[file].first;
    if (syscall(SYS_pwrite64, file, op->bytes, op->size, op->offset) != (long)op->size) failed = -1;
    files[file].first = op->next;
    free(op);
  }
  files[file].last = NULL;
  files[file].end = 0;
  return failed;
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off_t offset) {
  pthread_mutex_lock(&lock);
  if (!ours(file)) {
    pthread_mutex_unlock(&lock);
    return syscall(SYS_pwrite64, file, bytes, size, offset);
  }
  struct write_op* op = malloc(sizeof *op + size);
  op->offset = offset;
  op->size = size;
  op->next = NULL;
  memcpy(op->bytes, bytes, size);
  if (files[file].last != NULL) {
    files[file].last->next = op;
  } else {
    files[file].first = op;
  }
  files[file].last = op;
  if (offset + (off_t)size > files[file].end) files[file].end = offset + (off_t)size;
  pthread_mutex_unlock(&lock);
  return (ssize_t)size;
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  return pwrite64(file, bytes, size, offset);
}

static off_t size_of(int file) {
  struct stat real;
  if (syscall(SYS_fstat, file, &real) != 0) return 0;
  return real.st_size > files[file].end ? real.st_size : files[file].end;
}

ssize_t pread64(int file, void* bytes, size_t size, off_t offset) {
  pthread_mutex_lock(&lock);
  if (!ours(file)) {
    pthread_mutex_unlock(&lock);
    return syscall(SYS_pread64, file, bytes, size, offset);
  }
  const off_t end = size_of(file);
  if (offset >= end) size = 0;
  if ((off_t)size > end - offset) size = size == 0 ? 0 : (size_t)(end - offset);
  memset(bytes, 0, size);
  if (size > 0 && syscall(SYS_pread64, file, bytes, size, offset) < 0) size = 0;
  for (const struct write_op* op = files[file].first; op != NULL; op = op->next) {
    const off_t from = op->offset > offset ? op->offset : offset;
    const off_t op_end = op->offset + (off_t)op->size;
    const off_t to = op_end < offset + (off_t)size ? op_end : offset + (off_t)size;
    if (from < to) {
      memcpy((char*)bytes + (from - offset), op->bytes + (from - op->offset), (size_t)(to - from));
    }
  }
  pthread_mutex_unlock(&lock);
  return (ssize_t)size;
}

ssize_t pread(int file, void* bytes, size_t size, off_t offset) {
  return pread64(file, bytes, size, offset);
}

static int sync_file(int file, long call) {
  const char* fail = getenv("DISK_SHIM_FAIL");
  pthread_mutex_lock(&lock);
  const int mine = ours(file);
  if (mine && fail != NULL && access(fail, F_OK) == 0) {
    pthread_mutex_unlock(&lock);
    errno = EIO;
    return -1;
  }
  const int failed = mine ? flush(file) : 0;
  pthread_mutex_unlock(&lock);
  return failed != 0 ? failed : (int)syscall(call, file);
}

int fsync(int file) {
  return sync_file(file, SYS_fsync);
}

int fdatasync(int file) {
  return sync_file(file, SYS_fdatasync);
}

int fstat64(int file, struct stat64* told) {
  const int result = (int)syscall(SYS_fstat, file, told);
  pthread_mutex_lock(&lock);
  if (result == 0 && ours(file) && files[file].end > told->st_size) told->st_size = files[file].end;
  pthread_mutex_unlock(&lock);
  return result;
}

int fstat(int file, struct stat* told) {
  return fstat64(file, (struct stat64*)told);
}

/* Cutting a file is rare and is taken as done at once, with what was written before it. */
int ftruncate64(int file, off_t size) {
  pthread_mutex_lock(&lock);
  if (ours(file)) flush(file);
  pthread_mutex_unlock(&lock);
  return (int)syscall(SYS_ftruncate, file, size);
}

int ftruncate(int file, off_t size) {
  return ftruncate64(file, size);
}

int close(int file) {
  pthread_mutex_lock(&lock);
  if (file >= 0 && file < FILES_MAX) {
    if (files[file].first != NULL) flush(file);
    files[file].known = 0;
  }
  pthread_mutex_unlock(&lock);
  return (int)syscall(SYS_close, file);
}

int sqlite3_exec(void* database, const char* statement, void* callback, void* context, char** error) {
  static int (*real)(void*, const char*, void*, void*, char**);
  if (real == NULL) *(void**)&real = dlsym(dlopen("libsqlite3.so.0", RTLD_NOW), "sqlite3_exec");
  if (getenv("DISK_SHIM_NO_SYNC") != NULL && strcmp(statement, "PRAGMA synchronous=FULL") == 0) {
    statement = "PRAGMA synchronous=OFF";
  }
  return real(database, statement, callback, context, error);
}
