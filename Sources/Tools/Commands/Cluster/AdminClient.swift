internal import Glibc
internal import RPC
internal import Telemetry

/// Reads pages of processes' admin ports, waiting for them at most a moment.
enum AdminClient {
  static let patienceMilliseconds: Int64 = 1_000

  /// The body of a 200 answer.
  static func get(_ path: String, at address: Address) -> String? {
    guard let answer = try? answer(path, at: address).get(), answer.status == 200 else {
      return nil
    }
    return answer.body
  }

  static func answer(
    _ path: String, at address: Address, milliseconds: Int64 = patienceMilliseconds
  ) -> Result<AdminExchange.Answer, AdminProblem> {
    answers(path, at: [address], milliseconds: milliseconds)[0]
  }

  /// Of all at the same time, so that one that hangs keeps nobody waiting for the others.
  static func answers(
    _ path: String, at addresses: [Address], milliseconds: Int64 = patienceMilliseconds
  ) -> [Result<AdminExchange.Answer, AdminProblem>] {
    let end = Instant.now().adding(milliseconds: milliseconds)
    var exchanges = addresses.map { AdminExchange(path, at: $0) }
    while exchanges.contains(where: { $0.result == nil }) {
      let left = end.nanoseconds(since: .now())
      guard left > 0 else { break }
      var watched = exchanges.map(\.interest)
      _ = poll(&watched, nfds_t(watched.count), Int32(clamping: left / 1_000_000 + 1))
      for index in exchanges.indices where watched[index].revents != 0 { exchanges[index].move() }
    }
    return exchanges.indices.map { index in
      exchanges[index].giveUp()
      return exchanges[index].result ?? .failure(.nobody)
    }
  }
}
