import CLinux
import Glibc
import RPC
import Synchronization
import TestSupport

/// A process that a test started. It is killed by its pid at the latest when the object goes, so
/// that a test that fails leaves nothing behind.
final class ChildProgram: Sendable {
  /// How a process ended.
  enum End: Equatable, Sendable {
    case exit(Int32)
    case signal(Int32)
  }

  /// Keeps its thread for good: `--exit-with-parent` takes the end of the thread that started a
  /// process for the parent's, and the threads that tests run on come and go.
  private static let starter: EventLoop? = {
    let loop = try? EventLoop(name: "starter")
    loop?.start()
    return loop
  }()

  let pid: pid_t
  let name: String
  private let folder: TemporaryFolder
  private let ended = Mutex<End?>(nil)

  /// - Parameter name: of its output files in the folder; unique in it.
  static func start(
    _ executable: String, _ arguments: [String], name: String, in folder: TemporaryFolder,
    environment: [String] = []
  ) async throws -> ChildProgram {
    let path = executable.hasPrefix("/") ? executable : try Executables.path(executable)
    guard let starter else { throw NotInTime(description: "no loop to start processes from") }
    let (out, error) = (folder.file("\(name).out"), folder.file("\(name).err"))
    let result: Result<pid_t, SystemError> = await withUnsafeContinuation { continuation in
      starter.post {
        continuation.resume(
          returning: spawn(path, arguments, environment, standardOutput: out, standardError: error))
      }
    }
    return ChildProgram(pid: try result.get(), name: name, folder: folder)
  }

  private init(pid: pid_t, name: String, folder: TemporaryFolder) {
    self.pid = pid
    self.name = name
    self.folder = folder
  }

  deinit { killAndReap() }

  private static func spawn(
    _ path: String, _ arguments: [String], _ variables: [String], standardOutput: String,
    standardError: String
  ) -> Result<pid_t, SystemError> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let mode = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, standardOutput, mode, 0o600)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, standardError, mode, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The threads of a test runner may block signals, and a child would inherit that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let words = ([path] + arguments).map { strdup($0) }
    let added = variables.map { strdup($0) }
    defer { for word in words + added { free(word) } }
    var inherited: [UnsafeMutablePointer<CChar>?] = []
    var next = environ
    while let variable = next.pointee {
      inherited.append(variable)
      next += 1
    }
    var pid: pid_t = 0
    let number = posix_spawn(
      &pid, path, &actions, &attributes, words + [nil], inherited + added + [nil])
    return number == 0 ? .success(pid) : .failure(SystemError("start \(path)", number: number))
  }

  // MARK: Signals and ending

  func send(_ signal: Int32) {
    ended.withLock { if $0 == nil { kill(pid, signal) } }
  }

  /// All of its threads stand still. A signal to stop is delivered some time after it was sent, and a
  /// thread on another processor runs until then.
  var isStopped: Bool {
    var info = siginfo_t()
    let options = WSTOPPED | WNOHANG | WNOWAIT
    return waitid(P_PID, id_t(pid), &info, options) == 0 && info.si_signo == SIGCHLD
  }

  /// Nil while it runs.
  var end: End? { ended.withLock { reap(&$0, options: WNOHANG) } }

  func waitForEnd(seconds: Double = 60) async throws -> End {
    try await wait(for: "the end of \(name) (pid \(pid)); \(tail)", seconds: seconds) { end != nil }
    return end ?? .exit(-1)
  }

  func killAndReap() {
    ended.withLock { ended in
      guard ended == nil else { return }
      kill(pid, SIGKILL)
      _ = reap(&ended, options: 0)
    }
  }

  private func reap(_ ended: inout End?, options: Int32) -> End? {
    if let ended { return ended }
    var status: Int32 = 0
    guard retryingInterrupts({ waitpid(pid, &status, options) }) == pid else { return nil }
    ended =
      linux_exited(status) != 0
      ? .exit(linux_exit_status(status)) : .signal(linux_signal(status))
    return ended
  }

  // MARK: Output

  var output: String { String(decoding: folder.bytes(of: "\(name).out"), as: UTF8.self) }
  var errorOutput: String { String(decoding: folder.bytes(of: "\(name).err"), as: UTF8.self) }

  /// The end of what it said, for the message of a failed test.
  var tail: String {
    "\(name) said: …\(String(errorOutput.suffix(600)))\(String(output.suffix(600)))"
  }
}

/// What a program that was run to its end did.
struct FinishedProgram: Sendable {
  let end: ChildProgram.End
  let output: String
  let errorOutput: String

  static func run(
    _ executable: String, _ arguments: [String], in folder: TemporaryFolder,
    environment: [String] = [], seconds: Double = 60
  ) async throws -> FinishedProgram {
    let name = "run-\(UInt64.random(in: 0...UInt64.max))"
    let program = try await ChildProgram.start(
      executable, arguments, name: name, in: folder, environment: environment)
    let end = try await program.waitForEnd(seconds: seconds)
    return FinishedProgram(end: end, output: program.output, errorOutput: program.errorOutput)
  }
}
