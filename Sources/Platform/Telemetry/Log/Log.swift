internal import Synchronization

/// Takes one line with its newline; false where it had to be dropped. Must not block.
package typealias LogSink = @Sendable (_ line: [UInt8]) -> Bool

/// In the order of the line. Values are written by their description; numbers and booleans stay
/// what they are in JSON.
package typealias LogFields = KeyValuePairs<String, any CustomStringConvertible>

/// Structured log lines. A copy is cheap and writes to the same sink; may be used on any thread.
package struct Log: Sendable {
  private let output: Output
  private let context: [LogField]

  private final class Output: Sendable {
    let level: LogLevel
    let format: LogFormat
    let nowMilliseconds: @Sendable () -> Int64
    let sink: LogSink
    let droppedLines = Atomic<Int>(0)

    init(
      level: LogLevel, format: LogFormat, nowMilliseconds: @escaping @Sendable () -> Int64,
      sink: @escaping LogSink
    ) {
      self.level = level
      self.format = format
      self.nowMilliseconds = nowMilliseconds
      self.sink = sink
    }
  }

  /// - Parameters:
  ///   - level: lines below it are not written.
  ///   - nowMilliseconds: Unix time, UTC.
  package init(
    level: LogLevel = .info, format: LogFormat = .logfmt,
    nowMilliseconds: @escaping @Sendable () -> Int64 = wallClockMilliseconds,
    sink: @escaping LogSink = descriptorSink(standardErrorDescriptor)
  ) {
    output = Output(level: level, format: format, nowMilliseconds: nowMilliseconds, sink: sink)
    context = []
  }

  private init(output: Output, context: [LogField]) {
    self.output = output
    self.context = context
  }

  /// A log whose every line carries these fields before its own.
  package func with(_ fields: LogFields) -> Log {
    Log(output: output, context: context + fields.map(LogField.init))
  }

  package func debug(_ message: String, _ fields: @autoclosure () -> LogFields = [:]) {
    write(.debug, message, fields)
  }

  package func info(_ message: String, _ fields: @autoclosure () -> LogFields = [:]) {
    write(.info, message, fields)
  }

  package func warn(_ message: String, _ fields: @autoclosure () -> LogFields = [:]) {
    write(.warn, message, fields)
  }

  package func error(_ message: String, _ fields: @autoclosure () -> LogFields = [:]) {
    write(.error, message, fields)
  }

  private func write(_ level: LogLevel, _ message: String, _ fields: () -> LogFields) {
    guard level >= output.level else { return }
    var all = context + fields().map(LogField.init)
    // The reader of the log has to learn of the gap, and the next line that fits is the first chance.
    let dropped = output.droppedLines.exchange(0, ordering: .relaxed)
    if dropped > 0 { all.append(LogField("dropped_lines_before", dropped)) }
    let line = LogLine(
      timeMilliseconds: output.nowMilliseconds(), level: level, message: message, fields: all)
    if !output.sink(line.bytes(output.format)) {
      output.droppedLines.add(dropped + 1, ordering: .relaxed)
    }
  }
}
