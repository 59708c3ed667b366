// Linux calls and macros that Swift's Glibc module leaves out. Only headers which that module does
// not already define: it is compiled without _GNU_SOURCE, and types must agree.
#pragma once
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/types.h>
#include <sys/wait.h>

// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC.
int linux_accept(int listener);
// pthread_setname_np(3) for the calling thread; longer names than 15 bytes are refused.
void linux_set_thread_name(const char *name);

// How waitpid's status reads; function-like macros in <sys/wait.h>.
static inline int linux_exited(int status) { return WIFEXITED(status); }
static inline int linux_exit_status(int status) { return WEXITSTATUS(status); }
static inline int linux_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

// prctl(PR_SET_PDEATHSIG): the signal that this process gets when the one that started it ends.
void linux_signal_at_parents_end(int signal);

// An eventfd that turns readable when SIGINT or SIGTERM comes, on whichever thread; -1 where none
// can be made. For programs that cannot block the signals before their threads start. A second
// signal of the kind ends the process. To be called once.
int linux_catch_stop_signals(void);
