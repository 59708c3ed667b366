internal import Messages
internal import RPC

/// A request told as a story, each step at the time it was done, beside the times of the textbook's
/// design of the same system.
struct RequestTimeline {
  /// What is done, when it was, and when the textbook has it; milliseconds after the request.
  struct Step: Equatable {
    var name: String
    /// Nil when the request went on without it.
    var milliseconds: Double?
    var textbookMilliseconds: Int
  }

  let steps: [Step]

  init(_ response: RankResponse) {
    func done<Request, Answer>(_ method: Method<Request, Answer>) -> Hop? {
      response.hops.first { $0.method == method.name && !$0.replica.isEmpty }
    }
    func end(_ hop: Hop) -> Double {
      Double(hop.startMicroseconds + hop.elapsedMicroseconds) / 1_000
    }
    let rows = done(.assemble)
    // The replica works out stored features first, then those of the request; the way back is
    // counted to the latter.
    let stored = rows.map {
      end($0) - Double($0.requestMicroseconds + $0.wireMicroseconds / 2) / 1_000
    }
    let total = Double(response.elapsedMicroseconds) / 1_000
    steps = [
      Step(name: "request in", milliseconds: 0, textbookMilliseconds: 0),
      Step(name: "user features", milliseconds: done(.get).map(end), textbookMilliseconds: 3),
      Step(name: "candidates", milliseconds: done(.search).map(end), textbookMilliseconds: 23),
      Step(name: "restaurant features", milliseconds: stored, textbookMilliseconds: 28),
      Step(name: "real-time features", milliseconds: rows.map(end), textbookMilliseconds: 30),
      Step(name: "scored", milliseconds: done(.score).map(end), textbookMilliseconds: 83),
      Step(
        name: "rules", milliseconds: total, textbookMilliseconds: 93),
      Step(name: "answer", milliseconds: total, textbookMilliseconds: 115),
    ]
  }

  /// - Parameter answered: when the caller had the answer, milliseconds after it asked.
  func text(answered: Double) -> String {
    var table = TextTable(["step": .left, "ms": .right, "textbook ms": .right])
    for step in steps {
      let time = step.name == "answer" ? answered : step.milliseconds
      table.append([
        step.name, time.map { $0.fixed(2) } ?? "-", String(step.textbookMilliseconds),
      ])
    }
    return table.text
  }
}
