internal import CBench
internal import Glibc
internal import RPC

/// A server of the benchmark in a process of its own, on a processor of its own.
final class EchoProcess {
  /// What its serving thread has used since it began.
  struct Marks: Sendable {
    let cpuNanoseconds: Int64
    /// -1 where they are not counted.
    let allocations: Int64
  }

  let server: EchoServer
  let port: UInt16
  private let pid: pid_t
  private let control: Int32

  /// - Parameter processor: also the calling thread's from here on, as what it starts inherits it;
  ///   nil leaves the choice to the kernel.
  init(_ server: EchoServer, on processor: Int32?) throws(CommandFailure) {
    self.server = server
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw CommandFailure("\(SystemError("socketpair"))")
    }
    defer { close(ends[1]) }
    control = ends[0]
    if let processor { bench_pin(processor) }
    pid = try Self.spawn(server.operand, control: ends[1])
    port = UInt16(Self.line(control)) ?? 0
    guard port != 0 else { throw CommandFailure("the \(server.name) server did not start") }
  }

  deinit {
    // Its input ends, and so does it.
    close(control)
    var status: Int32 = 0
    _ = retryingInterrupts { waitpid(pid, &status, 0) }
  }

  private static func spawn(_ operand: String, control: Int32) throws(CommandFailure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, control, STDIN_FILENO)
    var pid: pid_t = 0
    let arguments = ["brigade", BenchCommand.name, operand]
    let words = arguments.map { strdup($0) }
    defer { for word in words { free(word) } }
    let error = ServerEnvironment.withEntries {
      posix_spawn(&pid, "/proc/self/exe", &actions, nil, words + [nil], $0)
    }
    guard error == 0 else {
      throw CommandFailure("\(SystemError("start a server", number: error))")
    }
    return pid
  }

  func marks() throws(CommandFailure) -> Marks {
    _ = send(control, "m", 1, Int32(MSG_NOSIGNAL))
    let numbers = Self.line(control).split(separator: " ").compactMap { Int64($0) }
    guard numbers.count == 2 else { throw CommandFailure("the \(server.name) server is gone") }
    return Marks(cpuNanoseconds: numbers[0], allocations: numbers[1])
  }

  /// Up to a line's end, without it; what there is when the process ends.
  private static func line(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while retryingInterrupts({ read(descriptor, &byte, 1) }) == 1, byte != UInt8(ascii: "\n") {
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
