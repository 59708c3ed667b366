#define _GNU_SOURCE
#include "CLinux.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/socket.h>

int linux_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

void linux_set_thread_name(const char *name) { pthread_setname_np(pthread_self(), name); }

void linux_signal_at_parents_end(int signal) { prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }
