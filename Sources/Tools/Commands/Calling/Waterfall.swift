internal import Messages
internal import RPC

/// Where a request's time went: a bar a hop, on the gateway's clock; queue and handler are what the
/// replica measured, the rest is the wire.
struct Waterfall {
  private static let width = 44

  private let response: RankResponse

  init(_ response: RankResponse) { self.response = response }

  func text(_ console: Console) -> String {
    var table = TextTable([
      "hop": .left, "replica": .left, "start": .right, "ms": .right, "queue": .right,
      "handler": .right, "wire": .right, "": .left,
    ])
    for hop in response.hops {
      let replica = hop.replica.isEmpty ? "(\(hop.rung.name))" : hop.replica
      table.append([
        hop.method.replacingPrefix("brigade.v1.", ""), replica,
        milliseconds(hop.startMicroseconds), milliseconds(hop.elapsedMicroseconds),
        milliseconds(hop.queueMicroseconds), milliseconds(hop.handlerMicroseconds),
        milliseconds(hop.wireMicroseconds),
        bar(hop.startMicroseconds, hop.elapsedMicroseconds),
      ])
      for (index, attempt) in hop.attempts.enumerated() where hop.attempts.count > 1 {
        table.append([
          "  attempt \(index + 1)", attempt.replica, milliseconds(attempt.startMicroseconds),
          milliseconds(attempt.elapsedMicroseconds), "", "", "",
          Code(rawValue: attempt.code)?.name ?? "code \(attempt.code)",
        ])
      }
    }
    table.append([
      "rules", response.replica,
      milliseconds(response.elapsedMicroseconds - min(rules, response.elapsedMicroseconds)),
      milliseconds(rules), "", "", "", bar(response.elapsedMicroseconds - rules, rules),
    ])
    table.append([
      "answer", response.replica, milliseconds(response.elapsedMicroseconds), "", "", "", "", "",
    ])
    return table.text
  }

  private var rules: UInt64 { min(response.rulesMicroseconds, response.elapsedMicroseconds) }

  private func bar(_ start: UInt64, _ elapsed: UInt64) -> String {
    // The numbers are a server's: in doubles none is too large.
    let scale = Double(Self.width) / Double(max(response.elapsedMicroseconds, 1))
    let from = Int(min(Double(start) * scale, Double(Self.width)))
    let to = Int(min((Double(start) + Double(elapsed)) * scale, Double(Self.width)))
    return String(repeating: " ", count: from) + String(repeating: "█", count: max(1, to - from))
  }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, _ replacement: String) -> String {
    hasPrefix(prefix) ? replacement + dropFirst(prefix.count) : self
  }
}
