internal import Glibc

/// SIGTERM and SIGINT, taken by the one thread that waits for them.
struct Signals {
  private var set = sigset_t()

  /// Blocks them in this thread and in all that it starts; writing to a closed pipe is an error
  /// result, not a signal.
  init() {
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  /// The name of the signal that came. After that, the next one ends the process at once.
  func wait() -> String {
    var set = self.set
    var number: Int32 = 0
    while sigwait(&set, &number) != 0 {}
    signal(SIGTERM, SIG_DFL)
    signal(SIGINT, SIG_DFL)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    return number == SIGTERM ? "SIGTERM" : "SIGINT"
  }
}
