/// Cuts bytes into lines, no matter how they come in pieces; the line end (LF or CRLF) is not part
/// of them. A line over the limit is reported once and skipped.
struct LineSplitter {
  /// A line's number, from 1, and its bytes, or what is wrong with it.
  typealias Emit = (_ line: Int, _ bytes: Result<[UInt8], RowProblem>) throws -> Void

  private let lineBytesMax: Int
  private var line: [UInt8] = []
  private var number = 1
  private var isTooLong = false

  init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

  mutating func feed(_ bytes: UnsafeRawBufferPointer, _ emit: Emit) throws {
    for piece in bytes.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).enumerated() {
      if piece.offset > 0 { try end(emit) }
      if line.count + piece.element.count > lineBytesMax {
        isTooLong = true
        line.removeAll(keepingCapacity: true)
      } else if !isTooLong {
        line.append(contentsOf: piece.element)
      }
    }
  }

  mutating func finish(_ emit: Emit) throws {
    if !line.isEmpty || isTooLong { try end(emit) }
  }

  private mutating func end(_ emit: Emit) throws {
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    try emit(
      number,
      isTooLong
        ? .failure(RowProblem("the line is longer than \(lineBytesMax) bytes")) : .success(line))
    number += 1
    isTooLong = false
    line.removeAll(keepingCapacity: true)
  }
}
