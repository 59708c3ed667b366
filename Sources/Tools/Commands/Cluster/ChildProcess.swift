internal import CLinux
internal import Glibc
internal import RPC

/// A process that this one started.
struct ChildProcess: Equatable, Sendable {
  let pid: pid_t

  /// - Parameter log: file that its stdout and stderr are appended to.
  static func start(
    _ path: String, _ arguments: [String], log: String
  ) throws(SystemError) -> ChildProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, STDERR_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: Ctrl-C is for the parent, which then drains its children in order. The
    // signals that the parent blocks for itself are not to be blocked in it.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    var pid: pid_t = 0
    let words = ([path] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    let error = ServerEnvironment.withEntries {
      posix_spawn(&pid, path, &actions, &attributes, words + [nil], $0)
    }
    guard error == 0 else { throw SystemError("start \(path)", number: error) }
    return ChildProcess(pid: pid)
  }

  /// How it ended, in words; nil while it runs. Asked once more after that, it is somebody else's.
  func poll() -> String? {
    var status: Int32 = 0
    let result = retryingInterrupts { waitpid(pid, &status, WNOHANG) }
    guard result != 0 else { return nil }
    guard result == pid else { return "it is gone" }
    if linux_exited(status) != 0 { return "exit \(linux_exit_status(status))" }
    return "signal \(linux_signal(status))"
  }

  func signal(_ number: Int32) { kill(pid, number) }
}
