internal import Glibc
internal import Node
internal import RPC
internal import Telemetry

/// One inference process with a folder of models that a benchmark adds to.
final class ReloadBenchServer: Sendable {
  private static let startMilliseconds: Int64 = 60_000
  static let reloadMilliseconds = 100

  private let folder: String
  private let process: ChildProcess
  /// Keeps the process: it ends with the thread that started it.
  private let starter: Worker
  let address: Address

  /// - Parameter folder: gets the models and what the process writes.
  static func start(
    in folder: String, first files: [(String, [UInt8])]
  ) async throws(CommandFailure) -> ReloadBenchServer {
    try add("1", files, in: folder)
    let starter = Worker(name: "starter")
    let ready = "\(folder)/ready"
    let arguments = [
      "--models", "\(folder)/models", "--listen", "127.0.0.1:0", "--ready-file", ready,
      "--exit-with-parent", "--reload-ms", "\(reloadMilliseconds)",
    ]
    let program = "\(UpCommand.ownFolder())/\(ServiceKind.inference.program)"
    let result = await starter.run { () -> Result<ChildProcess, SystemError> in
      do throws(SystemError) {
        return .success(try ChildProcess.start(program, arguments, log: "\(folder)/log"))
      } catch {
        return .failure(error)
      }
    }
    guard case .success(let process)? = result else {
      throw CommandFailure("can't start \(program)")
    }
    let deadline = Instant.now().adding(milliseconds: startMilliseconds)
    while Instant.now() < deadline, process.poll() == nil {
      if let found = ReadyFile(reading: ready), let address = Address(found.listen) {
        return ReloadBenchServer(folder, process, starter, address)
      }
      usleep(20_000)
    }
    process.signal(SIGKILL)
    throw CommandFailure("the inference server did not start; see \(folder)/log")
  }

  private init(_ folder: String, _ process: ChildProcess, _ starter: Worker, _ address: Address) {
    self.folder = folder
    self.process = process
    self.starter = starter
    self.address = address
  }

  /// Blocks until it has ended.
  func stop() {
    process.signal(SIGTERM)
    while process.poll() == nil { usleep(10_000) }
    starter.stop()
  }

  /// Written out of sight of the server, which is to find it whole.
  func prepare(_ version: Int, _ files: [(String, [UInt8])]) throws(CommandFailure) {
    try Self.add(".\(version)", files, in: folder)
  }

  /// Puts a version that was prepared where the server looks.
  func show(_ version: Int) {
    let models = "\(folder)/models/bench"
    rename("\(models)/.\(version)", "\(models)/\(version)")
  }

  private static func add(
    _ version: String, _ files: [(String, [UInt8])], in folder: String
  ) throws(CommandFailure) {
    let path = "\(folder)/models/bench/\(version)"
    do throws(ImportError) {
      try FileContents.makeFolder(path)
      for (name, bytes) in files { try FileContents.write(bytes, to: "\(path)/\(name)") }
    } catch {
      throw CommandFailure("\(error)")
    }
  }
}
