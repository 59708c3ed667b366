internal import Definitions
internal import Features
internal import Messages

/// `brigade trainset`: the log of a data folder replayed into training rows, each as it would have
/// been served at the time.
///
/// The file has the header `group,label,time_ms,<features…>`; a row belongs to the group of its
/// number, groups are in log order from 0, and an empty field is a missing value (NaN). Numbers have
/// the digits that read back as the same 32-bit float. Beside it, `FILE.json` (in place of a name's
/// `.csv`) has the schema.
package struct TrainingSet {
  private static let definitionBytesMax = 16 << 20

  private let lines: LineFile
  private var summary = TrainingSetSummary()

  /// Where the schema of the rows in `output` is put.
  package static func sidecarPath(of output: String) -> String {
    (output.hasSuffix(".csv") ? String(output.dropLast(4)) : output) + ".json"
  }

  /// `data` is a data folder. The seed decides the negatives of orders that answer no impressions.
  /// Throws errors that describe themselves; no file is put in place then.
  package static func run(
    data: String, output: String, seed: UInt64 = 1, negatives: NegativeCounts = NegativeCounts(),
    progress: (String) -> Void = { _ in }
  ) throws -> TrainingSetSummary {
    let definition = try definition(of: data)
    let catalogue = try Catalogue(loading: "\(data)/catalogue.brigade")
    var set = TrainingSet(lines: try LineFile(output))
    set.describe(definition)
    let sampler = NegativeSampler(catalogue, counts: negatives)
    var replay = Replay(definition: definition, catalogue: catalogue, seed: seed)
    progress("replaying \(data)/events.brigade")
    try replay.run(
      { body in
        sampler.forget()
        try EventLog.read("\(data)/events.brigade") { event, _ in
          try body(event)
          sampler.note(event)
        }
      },
      negatives: { sampler.negatives($0, &$1) },
      emit: { group in
        try set.add(group.labels, group.rows.matrix, at: group.timeMilliseconds)
        set.report(progress)
      })
    return try set.finish(output: output)
  }

  /// Groups made of the candidates that retrieval finds for each visit, in parts to learn from and to
  /// tune by; the sidecar says where the one ends and the other begins.
  package static func runCandidates(
    data: String, output: String, _ options: CandidateSetOptions = CandidateSetOptions(),
    progress: (String) -> Void = { _ in }
  ) throws -> TrainingSetSummary {
    let path = "\(data)/features.json"
    let bytes = try FileContents.read(path, bytesMax: definitionBytesMax)
    let definition = try FeatureDefinition(parsing: bytes, file: path)
    let sources = try options.sources(parsing: bytes, file: path)
    let catalogue = try Catalogue(loading: "\(data)/catalogue.brigade")
    progress("reading \(data)/events.brigade")
    let visits = VisitLog(folder: data, catalogue: catalogue)
    let count = try visits.count()
    let split = TimeSplit(
      visits: count, learnUntilPercent: options.learnUntilPercent,
      tuneUntilPercent: options.untilPercent)
    let first = TimeSplit.share(options.fromPercent, of: count)
    var set = TrainingSet(lines: try LineFile(output))
    set.describe(definition)
    var replay = CandidateReplay(catalogue, definition, sources, options)
    try visits.forEach(in: split) { event, visit, part in
      guard part != .test else { return }
      if let visit, visit >= first {
        let group = try replay.group(of: event, isToLearnFrom: part == .learn)
        try set.add(group.labels, group.matrix, at: group.timeMilliseconds)
        if part == .learn { set.summary.learningGroups = set.summary.groups }
        set.report(progress)
      }
      replay.apply(event)
    }
    return try set.finish(output: output)
  }

  private static func definition(of data: String) throws -> FeatureDefinition {
    let path = "\(data)/features.json"
    return try FeatureDefinition(
      parsing: try FileContents.read(path, bytesMax: definitionBytesMax), file: path)
  }

  private init(lines: LineFile) { self.lines = lines }

  private mutating func describe(_ definition: FeatureDefinition) {
    summary.name = definition.name
    summary.version = definition.version
    summary.fingerprint = definition.fingerprint
    summary.features = definition.columnNames
    lines.append((["group", "label", "time_ms"] + definition.columnNames).joined(separator: ","))
  }

  private func report(_ progress: (String) -> Void) {
    let groupsPerProgress = 1_000
    if summary.groups % groupsPerProgress == 0 { progress("\(summary.groups) groups") }
  }

  private mutating func add(
    _ labels: [UInt8], _ matrix: [Float], at timeMilliseconds: Int64
  ) throws {
    guard labels.contains(where: { $0 > 0 }), labels.count > 1 else {
      summary.groupsWithoutLabel += 1
      return
    }
    let columns = summary.features.count
    for (row, label) in labels.enumerated() {
      var line = "\(summary.groups),\(label),\(timeMilliseconds)"
      for value in matrix[(row * columns)..<((row + 1) * columns)] {
        line += ","
        line += Self.text(value)
      }
      lines.append(line)
      summary.rowsByLabel[Int(label), default: 0] += 1
    }
    try lines.flushIfFull()
    summary.groups += 1
    summary.rows += labels.count
    summary.firstMilliseconds = min(summary.firstMilliseconds ?? .max, timeMilliseconds)
    summary.lastMilliseconds = max(summary.lastMilliseconds ?? .min, timeMilliseconds)
  }

  private static func text(_ value: Float) -> String {
    if value.isNaN { return "" }
    if let whole = Int32(exactly: value), !(value == 0 && value.sign == .minus) {
      return "\(whole)"
    }
    return value.description
  }

  private mutating func finish(output: String) throws -> TrainingSetSummary {
    try FileContents.write(Array((summary.json + "\n").utf8), to: Self.sidecarPath(of: output))
    try lines.finish()
    return summary
  }
}
