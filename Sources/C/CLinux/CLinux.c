#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

int linux_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

void linux_set_thread_name(const char *name) { pthread_setname_np(pthread_self(), name); }

void linux_signal_at_parents_end(int signal) { prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

static int stop_descriptor = -1;

static void note_stop(int signal) {
  (void)signal;
  int kept = errno;
  uint64_t one = 1;
  ssize_t written = write(stop_descriptor, &one, sizeof one);
  (void)written;
  errno = kept;
}

int linux_catch_stop_signals(void) {
  stop_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stop_descriptor < 0) return -1;
  struct sigaction action = {.sa_handler = note_stop, .sa_flags = SA_RESTART | SA_RESETHAND};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  return stop_descriptor;
}
