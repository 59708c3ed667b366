#define _GNU_SOURCE
#include "CBench.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int64_t bench_thread_cpu(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int bench_processors(int *processors, int max) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
  int count = 0;
  for (int processor = 0; processor < CPU_SETSIZE && count < max; processor++)
    if (CPU_ISSET(processor, &set)) processors[count++] = processor;
  return count;
}

void bench_pin(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  sched_setaffinity(0, sizeof set, &set);
}

void bench_write_marks(int control) {
  int64_t cpu = bench_thread_cpu(), allocations = bench_allocations();
  char line[64];
  int length = snprintf(line, sizeof line, "%" PRId64 " %" PRId64 "\n", cpu, allocations);
  ssize_t written = write(control, line, (size_t)length);
  (void)written;
}
