internal import JSON
internal import RPC
internal import Telemetry

/// The traces that a gateway's admin port has.
struct TraceSource {
  /// As many as one page gives.
  static let limitMax = 1_000
  /// A thousand traces are four megabytes.
  private static let patienceMilliseconds: Int64 = 3_000

  let admin: Address

  struct Page {
    var traces: [Trace]
    /// Of each class, where they are kept.
    var capacity: Int
    /// In all of the time, and in the time that was asked for, however many are listed.
    var kept: Int
    var keptInTime: Int
  }

  /// - Parameter query: such as `class=slow&limit=5`.
  func list(_ query: String) throws(CommandFailure) -> Page {
    let json = try json("/traces?\(query)")
    var traces: [Trace] = []
    for value in json["traces"]?.array ?? [] {
      guard let trace = Trace(value) else { throw notOurs }
      traces.append(trace)
    }
    func number(_ name: String, _ unknown: Int) -> Int {
      json[name]?.int64.map { Int($0) } ?? unknown
    }
    return Page(
      traces: traces, capacity: number("capacity", .max), kept: number("kept", traces.count),
      keptInTime: number("keptInTime", traces.count))
  }

  /// - Parameter id: of the trace or of the request.
  func one(_ id: String) throws(CommandFailure) -> Trace {
    guard id.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x3F && $0 != 0x23 }) else {
      throw .usage("\"\(id)\" is no id of a trace or a request")
    }
    guard let trace = Trace(try json("/traces/\(id)")) else { throw notOurs }
    return trace
  }

  private var notOurs: CommandFailure {
    CommandFailure("what \(admin) has at /traces is no trace of a brigade gateway")
  }

  private func json(_ path: String) throws(CommandFailure) -> JSONValue {
    let answer: AdminExchange.Answer
    switch AdminClient.answer(path, at: admin, milliseconds: Self.patienceMilliseconds) {
    case .success(let whole): answer = whole
    case .failure(.nobody):
      throw CommandFailure(
        "nobody answers at \(admin): --admin names a gateway's admin port, as `brigade up` shows it"
      )
    case .failure(let problem):
      throw CommandFailure("\(admin) \(problem) within \(Self.patienceMilliseconds / 1_000) s")
    }
    guard answer.status == 200 else {
      let line = answer.body.prefix { $0 != "\n" }
      throw CommandFailure("\(admin): \(line.isEmpty ? "status \(answer.status)" : String(line))")
    }
    guard let json = try? JSONValue(parsing: Array(answer.body.utf8)) else { throw notOurs }
    return json
  }
}
