internal import JSON

/// One line before it is written.
struct LogLine {
  let timeMilliseconds: Int64
  let level: LogLevel
  let message: String
  let fields: [LogField]

  func bytes(_ format: LogFormat) -> [UInt8] {
    switch format {
    case .logfmt: logfmt
    case .json: json
    }
  }

  private var logfmt: [UInt8] {
    var line: [UInt8] = []
    line.append(contentsOf: "time=\(timestamp(unixMilliseconds: timeMilliseconds))".utf8)
    line.append(contentsOf: " level=\(level.rawValue) msg=".utf8)
    appendQuoted(LogField.cut(message), to: &line)
    for field in fields {
      line.append(contentsOf: " \(field.name)=".utf8)
      if needsQuotes(field.value) {
        appendQuoted(field.value, to: &line)
      } else {
        line.append(contentsOf: field.value.utf8)
      }
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }

  private var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("time", timestamp(unixMilliseconds: timeMilliseconds))
      writer.member("level", level.rawValue)
      writer.member("msg", LogField.cut(message))
      for field in fields {
        writer.key(field.name)
        if field.isBare { writer.raw(field.value.utf8) } else { writer.value(field.value) }
      }
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private func needsQuotes(_ value: String) -> Bool {
    value.isEmpty
      || value.utf8.contains { $0 <= 0x20 || $0 == 0x7F || $0 == 0x22 || $0 == 0x3D || $0 == 0x5C }
  }

  /// JSON's escapes are what readers of logfmt understand, and they keep a value on its line.
  private func appendQuoted(_ text: String, to line: inout [UInt8]) {
    var writer = JSONWriter()
    writer.value(text)
    line.append(contentsOf: writer.bytes)
  }
}
