internal import Glibc
internal import JSON
internal import Storage

/// What a replica's folder says about its log besides the events: whose continuation it is and who
/// writes it. One record in a file of its own, replaced as a whole and synced.
struct LogState: Equatable, Sendable {
  static let kind = "log-state"
  static let fileName = "epoch"

  var base: LogMark
  var leadership: LogLeadership

  /// Nil when there is none yet.
  static func read(in folder: String, base: LogMark) throws(LogProblem) -> LogState? {
    let path = "\(folder)/\(fileName)"
    guard access(path, F_OK) == 0 else { return nil }
    do {
      let reader = try RecordReader(path: path, kind: kind)
      guard let record = try reader.next() else { throw LogProblem("\(path): is empty") }
      let json = try JSONValue(parsing: Array(record.payload))
      guard let epoch = json["epoch"]?.string.flatMap({ UInt64($0) }),
        let isWriter = json["writer"]?.bool,
        let position = json["base"]?.string.flatMap({ UInt64($0) }),
        let chain = json["chain"]?.string.flatMap({ UInt64($0, radix: 16) })
      else { throw LogProblem("\(path): epoch, writer, base and chain are required") }
      guard position == base.position, chain == base.chain else {
        throw LogProblem(
          "\(folder) continues another log, of \(position) events "
            + "(\(String(chain, radix: 16))); the data folder's is \(base)")
      }
      return LogState(base: base, leadership: LogLeadership(epoch: epoch, isWriter: isWriter))
    } catch let problem as LogProblem {
      throw problem
    } catch {
      throw LogProblem("\(path): \(error)")
    }
  }

  func write(in folder: String) throws(StorageError) {
    var json = JSONWriter()
    json.beginObject()
    json.key("epoch")
    json.value(String(leadership.epoch))
    json.key("writer")
    json.value(leadership.isWriter)
    json.key("base")
    json.value(String(base.position))
    json.key("chain")
    json.value(String(base.chain, radix: 16))
    json.endObject()
    let writer = try RecordWriter(creating: "\(folder)/\(Self.fileName)", kind: Self.kind)
    try writer.append(json.bytes)
    try writer.finish()
  }
}

/// Why a replica's log can't be used.
package struct LogProblem: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
