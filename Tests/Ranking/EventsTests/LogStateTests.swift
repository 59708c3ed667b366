import Storage
import TestSupport
import Testing

@testable import Events

struct LogStateTests {
  private let folder = TemporaryFolder()

  private func base(_ ids: String...) -> LogMark {
    var mark = LogMark()
    for id in ids { mark.advance(by: id) }
    return mark
  }

  private func problem(base: LogMark) -> String {
    do throws(LogProblem) {
      return "\(try LogState.read(in: folder.path, base: base) == nil ? "none" : "read")"
    } catch { return error.description }
  }

  @Test func `what was written is read again, whole epochs included`() throws {
    #expect(try LogState.read(in: folder.path, base: base()) == nil)
    for epoch: UInt64 in [1, 1 << 63, .max] {
      let state = LogState(
        base: base("a"), leadership: LogLeadership(epoch: epoch, isWriter: epoch == 1))
      try state.write(in: folder.path)
      #expect(try LogState.read(in: folder.path, base: base("a")) == state)
    }
  }

  @Test func `a folder that continues another log is refused`() throws {
    try LogState(base: base("a"), leadership: .founder).write(in: folder.path)
    #expect(problem(base: base("b")).contains("continues another log, of 1 events"))
    #expect(problem(base: base("a", "b")).contains("continues another log, of 1 events"))
    #expect(problem(base: base("a")) == "read")
  }

  @Test func `bytes that are no state are named`() throws {
    folder.write("nonsense", to: LogState.fileName)
    #expect(problem(base: base()).contains("not a Brigade record file"))
    for text in ["", "{", "{}", #"{"epoch":"x","writer":true,"base":"0","chain":"1"}"#] {
      let writer = try RecordWriter(
        creating: folder.file(LogState.fileName), kind: LogState.kind)
      try writer.append(Array(text.utf8))
      try writer.finish()
      #expect(problem(base: base()).hasPrefix(folder.file(LogState.fileName)), "\(text)")
    }
  }
}
