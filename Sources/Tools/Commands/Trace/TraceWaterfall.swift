internal import Gateway
internal import Messages
internal import Telemetry

/// A trace as a person reads it: a row for each call and attempt, and bars in which what the request
/// waited for is solid. Readable without colours, and no wider than a terminal.
struct TraceWaterfall {
  private static let barWidth = 32
  private static let waitedFor: Character = "█"
  private static let beside: Character = "░"
  /// Named in the last line.
  private static let namedMax = 3

  private let trace: Trace
  private let path: CriticalPath

  init(_ trace: Trace) {
    self.trace = trace
    path = CriticalPath(trace)
  }

  func text(_ console: Console) -> String {
    var table = TextTable([
      "span": .left, "replica": .left, "start": .right, "ms": .right, "queue": .right,
      "handler": .right, "wire": .right, "waited": .right, "": .left,
    ])
    append(0, depth: 0, to: &table, console)
    return ([heading(console), "", table.text, "", waitedForLine] + notes(console))
      .joined(separator: "\n")
  }

  // MARK: Rows

  private func heading(_ console: Console) -> String {
    let classes = trace.reasons.classes.map(\.rawValue).joined(separator: ", ")
    let time = timestamp(unixMilliseconds: trace.startUnixNanoseconds / 1_000_000)
    let name = shortMethod(trace.root.name)
    return console.styled("trace \(trace.id)", .bold) + " · \(classes) · \(time)\n"
      + "\(name) \(milliseconds(trace.durationMicroseconds)) ms\(code(console))"
      + (trace.requestID.isEmpty ? "" : " · request \(trace.requestID)")
      + (trace.root.text("brigade.model").isEmpty
        ? "" : " · model \(trace.root.text("brigade.model"))")
      + (trace.root.arms.isEmpty ? "" : "\n" + trace.root.arms.described(console))
  }

  /// How it ended, where not well.
  private func code(_ console: Console) -> String {
    let code = trace.root.text("rpc.response.status_code")
    return code.isEmpty || code == "OK" ? "" : " · " + console.styled(code, .red)
  }

  private func append(_ index: Int, depth: Int, to table: inout TextTable, _ console: Console) {
    let span = trace.spans[index]
    let server = server(below: index)
    let children = trace.children(of: span.id).filter { $0 != index }
    table.append([
      String(repeating: "  ", count: min(depth, 4)) + name(span), replica(span, server),
      milliseconds(span.startMicroseconds), milliseconds(span.durationMicroseconds),
      time(index == 0 ? span : server, "brigade.queue_us"), time(server, "brigade.handler_us"),
      server == nil ? "" : time(trace.spans[index], "brigade.wire_us"), waited(index),
      bar(index, console),
    ])
    // Ids may come from anywhere: what is deeper than ours ever is stays away.
    guard depth < 3 else { return }
    for child in children where index == 0 || trace.spans[child].kind == .client {
      append(child, depth: depth + 1, to: &table, console)
    }
  }

  private func name(_ span: Span) -> String {
    let number = span.integer("brigade.attempt")
    guard number > 0 else { return shortMethod(span.name) }
    let isHedge = span["brigade.hedge"] == .flag(true)
    return "attempt \(number)\(isHedge ? ", hedge" : "")\(span.isLost ? ", lost" : "")"
  }

  private func replica(_ span: Span, _ server: Span?) -> String {
    if span.kind != .client { return span.instance }
    let asked = span.text("brigade.replica")
    if !asked.isEmpty { return asked }
    return server?.instance ?? "(\(rung(span)))"
  }

  /// In words, where it is one that we know.
  private func rung(_ span: Span) -> String {
    let label = span.text("brigade.rung")
    // In the place of a replica, "went on without" would be read as one.
    if label == "\(Rung.without)" { return "none, ranked without" }
    return Rung.allCases.first { "\($0)" == label }?.name ?? label
  }

  /// What the replica did that an attempt was sent to, or that answered one of a call's attempts.
  private func server(below index: Int) -> Span? {
    guard trace.spans[index].kind == .client else { return nil }
    let children = trace.children(of: trace.spans[index].id).map { trace.spans[$0] }
    if let own = children.first(where: { $0.kind == .server }) { return own }
    return children.lazy.flatMap { child in
      trace.children(of: child.id).map { trace.spans[$0] }.filter {
        $0.kind == .server && $0["error.type"] == nil
      }
    }.first
  }

  private func time(_ span: Span?, _ attribute: String) -> String {
    guard let span, span[attribute] != nil else { return "" }
    return milliseconds(span.integer(attribute))
  }

  /// Positions of a span and of all below it.
  private func family(_ index: Int) -> Set<Int> {
    var family: Set<Int> = [index]
    var left = [index]
    while let next = left.popLast() {
      for child in trace.children(of: trace.spans[next].id) where family.insert(child).inserted {
        left.append(child)
      }
    }
    return family
  }

  private func pieces(_ index: Int) -> [CriticalPath.Piece] {
    let members = index == 0 ? [0] : family(index)
    return path.pieces.filter { members.contains($0.span) }
  }

  private func waited(_ index: Int) -> String {
    let sum = pieces(index).reduce(0) { $0 + $1.durationMicroseconds }
    return sum == 0 ? "" : milliseconds(sum)
  }

  private func bar(_ index: Int, _ console: Console) -> String {
    let span = trace.spans[index]
    var cells = [Character](repeating: " ", count: Self.barWidth)
    fill(&cells, span.startMicroseconds, span.endMicroseconds, Self.beside)
    for piece in pieces(index) {
      fill(&cells, piece.startMicroseconds, piece.endMicroseconds, Self.waitedFor)
    }
    let text = String(String(cells).reversed().drop { $0 == " " }.reversed())
    return span.failure == nil ? text : console.styled(text, .yellow)
  }

  /// At least one cell, for what there was.
  private func fill(
    _ cells: inout [Character], _ start: UInt64, _ end: UInt64, _ mark: Character
  ) {
    // In doubles no number of another process is too large.
    let whole = Double(max(1, trace.durationMicroseconds))
    func cell(_ time: UInt64) -> Double { min(1, Double(time) / whole) * Double(cells.count) }
    guard start < end || mark == Self.beside else { return }
    let first = min(Int(cell(start)), cells.count - 1)
    let last = max(first, min(Int(cell(end).rounded(.up)), cells.count) - 1)
    for index in first...last where mark == Self.waitedFor || cells[index] == " " {
      cells[index] = mark
    }
  }

  // MARK: In words

  private var waitedForLine: String {
    let whole = Double(max(1, trace.durationMicroseconds))
    let named = TraceBreakdown(trace).shares.prefix(Self.namedMax).map { share in
      let percent = (Double(share.microseconds) / whole * 100).fixed(0)
      return "\(share.described) \(milliseconds(share.microseconds)) ms (\(percent) %)"
    }
    return "\(Self.waitedFor) waited for: \(named.joined(separator: " · "))"
  }

  private func notes(_ console: Console) -> [String] {
    let degraded = trace.spans.compactMap { span -> String? in
      let why = span.text("brigade.why")
      guard !why.isEmpty else { return nil }
      return console.styled("\(shortMethod(span.name)): \(rung(span))", .yellow) + " — \(why)"
    }
    return ended(console) + degraded
  }

  /// Who asks wrongly, or leaves, is no failure of the gateway's.
  private func ended(_ console: Console) -> [String] {
    if let failure = trace.root.failure { return [console.styled("failed", .red) + ": \(failure)"] }
    let message = trace.root.text("brigade.message")
    return message.isEmpty ? [] : [console.styled("not answered", .yellow) + ": \(message)"]
  }
}

extension TraceBreakdown.Share {
  /// `Inference/Score, handler of inference-2`
  var described: String {
    switch part {
    case .own: hop == TraceBreakdown.gateway ? "the gateway itself" : hop
    case .wire: "\(hop), wire\(replica.isEmpty ? "" : " to \(replica)")"
    case .lost: "\(hop), in vain\(replica.isEmpty ? "" : " for \(replica)")"
    case .pause: "\(hop), between attempts"
    case .queue, .handler: "\(hop), \(part.rawValue) of \(replica)"
    }
  }
}
