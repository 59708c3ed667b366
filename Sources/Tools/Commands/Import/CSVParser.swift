/// What a reader of untrusted rows accepts at most; beyond it, the row is bad and is skipped.
package struct RowLimits: Equatable, Sendable {
  /// Names and descriptions are far shorter; a field of more is a quote that was never closed.
  package var fieldBytesMax = 64 << 10
  /// Bounds what one row, or one line of JSON, can take of memory.
  package var rowBytesMax = 1 << 20
  /// The widest tables of this field have a few hundred columns.
  package var fieldsMax = 1_024

  package init() {}
}

/// RFC 4180 as a value: bytes in, rows out, no matter how the bytes are cut into pieces.
///
/// Fields may be in quotes, then hold delimiters, line ends and doubled quotes. A quote inside a
/// field that does not begin with one stands for itself. Rows end with LF, CRLF or CR; empty lines
/// are no rows; a byte order mark at the beginning is dropped. A row with a problem is reported and
/// skipped up to the next line end.
package struct CSVParser {
  /// A row's first line, from 1, and its fields or what is wrong with it.
  package typealias Emit = (_ line: Int, _ row: Result<[String], RowProblem>) throws -> Void

  private enum State { case fieldStart, unquoted, quoted, quoteInQuoted, skipping }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
  private static let quote = UInt8(ascii: "\"")

  private let delimiter: UInt8
  private let limits: RowLimits
  private var state = State.fieldStart
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var rowBytes = 0
  private var line = 1
  private var rowLine = 1
  private var afterCarriageReturn = false
  /// A field that is in quotes makes a row even when it is empty.
  private var hasQuotedField = false
  /// Nil once it is clear whether the text begins with a byte order mark.
  private var markBytesSeen: Int? = 0

  package init(delimiter: UInt8 = UInt8(ascii: ","), limits: RowLimits = RowLimits()) {
    self.delimiter = delimiter
    self.limits = limits
  }

  package mutating func feed(_ bytes: some Sequence<UInt8>, _ emit: Emit) throws {
    for byte in bytes {
      if let seen = markBytesSeen {
        if byte == Self.byteOrderMark[seen] {
          markBytesSeen = seen == 2 ? nil : seen + 1
          continue
        }
        markBytesSeen = nil
        for held in Self.byteOrderMark[..<seen] { try take(held, emit) }
      }
      try take(byte, emit)
    }
  }

  /// After the last bytes: a row may end without a line end.
  package mutating func finish(_ emit: Emit) throws {
    if let seen = markBytesSeen {
      markBytesSeen = nil
      for held in Self.byteOrderMark[..<seen] { try take(held, emit) }
    }
    if state == .quoted {
      try emit(rowLine, .failure(RowProblem("a quoted field is never closed")))
      reset()
    } else {
      try endRow(emit)
    }
  }

  private mutating func take(_ byte: UInt8, _ emit: Emit) throws {
    let isSecondOfLineEnd = afterCarriageReturn && byte == Self.lineFeed
    afterCarriageReturn = byte == Self.carriageReturn
    let isLineEnd = byte == Self.lineFeed || byte == Self.carriageReturn
    if isLineEnd, !isSecondOfLineEnd { line += 1 }
    if isLineEnd, state != .quoted {
      if !isSecondOfLineEnd { try endRow(emit) }
      rowLine = line
      return
    }
    if state == .skipping { return }
    rowBytes += 1
    guard rowBytes <= limits.rowBytesMax else {
      return try fail(RowProblem("the row is longer than \(limits.rowBytesMax) bytes"), emit)
    }
    try takeInRow(byte, emit)
  }

  private mutating func takeInRow(_ byte: UInt8, _ emit: Emit) throws {
    switch (state, byte) {
    case (.fieldStart, Self.quote):
      state = .quoted
      hasQuotedField = true
    case (.quoted, Self.quote): state = .quoteInQuoted
    case (.quoteInQuoted, Self.quote):
      state = .quoted
      try append(byte, emit)
    case (.fieldStart, delimiter), (.unquoted, delimiter), (.quoteInQuoted, delimiter):
      try endField(emit)
    case (.quoteInQuoted, _):
      try fail(RowProblem("text after a closing quote"), emit)
    default:
      if state == .fieldStart { state = .unquoted }
      try append(byte, emit)
    }
  }

  private mutating func append(_ byte: UInt8, _ emit: Emit) throws {
    field.append(byte)
    guard field.count <= limits.fieldBytesMax else {
      return try fail(RowProblem("a field is longer than \(limits.fieldBytesMax) bytes"), emit)
    }
  }

  private mutating func endField(_ emit: Emit) throws {
    guard !field.contains(0) else {
      return try fail(RowProblem("a field holds a zero byte"), emit)
    }
    guard let text = String(validating: field, as: UTF8.self) else {
      return try fail(RowProblem("a field is not UTF-8"), emit)
    }
    guard fields.count < limits.fieldsMax else {
      return try fail(RowProblem("the row has more than \(limits.fieldsMax) fields"), emit)
    }
    fields.append(text)
    field.removeAll(keepingCapacity: true)
    state = .fieldStart
  }

  private mutating func endRow(_ emit: Emit) throws {
    let isEmpty = fields.isEmpty && field.isEmpty && !hasQuotedField
    if state != .skipping, !isEmpty {
      try endField(emit)
      if state != .skipping { try emit(rowLine, .success(fields)) }
    }
    reset()
  }

  private mutating func fail(_ problem: RowProblem, _ emit: Emit) throws {
    state = .skipping
    try emit(rowLine, .failure(problem))
  }

  private mutating func reset() {
    state = .fieldStart
    field.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    rowBytes = 0
    hasQuotedField = false
  }
}
