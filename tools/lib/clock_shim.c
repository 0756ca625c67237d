/* A clock that is put forward while a service runs, put before it by LD_PRELOAD:
 *
 *   CLOCK_SHIM_FILE    eight bytes, a signed number of nanoseconds in the machine's order: what
 *                      CLOCK_BOOTTIME is ahead of the machine's.
 *
 * The services read the hour from CLOCK_BOOTTIME alone (common/base/clock.h), so whoever writes the file
 * says what time it is. CLOCK_MONOTONIC, by which threads and gRPC wait, stays the machine's: nothing sleeps
 * longer or shorter. For benchmarks and tests; a service knows nothing of it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS 1000000000LL

static const volatile int64_t* ahead_ns;

__attribute__((constructor)) static void find_file(void) {
  const char* path = getenv("CLOCK_SHIM_FILE");
  if (path == NULL) return;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) abort();
  void* map = mmap(NULL, sizeof *ahead_ns, PROT_READ, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) abort();
  close(file);
  ahead_ns = map;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const int failed = (int)syscall(SYS_clock_gettime, clock, now);
  if (failed != 0 || clock != CLOCK_BOOTTIME || ahead_ns == NULL) return failed;
  const int64_t ns = now->tv_nsec + *ahead_ns % SECOND_NS;
  now->tv_sec += *ahead_ns / SECOND_NS + ns / SECOND_NS;
  now->tv_nsec = ns % SECOND_NS;
  return 0;
}
