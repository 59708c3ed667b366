/// What a reader of untrusted JSON accepts at most.
package struct JSONLimits: Equatable, Sendable {
  /// Reading, writing and releasing a value recurse once a level, so the depth bounds the stack; our own
  /// documents are no deeper than ten.
  package var depthMax: Int

  /// The frame limit of the wire: no message or file that we take as JSON is larger.
  package var bytesMax: Int

  /// A value takes about 50 bytes of memory and as little as two of text (`1,`), so bytes alone would
  /// let a small text grow twentyfold. A matrix of 200 rows of 50 features is 10,000.
  package var valuesMax: Int

  /// Thread stacks of 512 KiB hold this many levels with room to spare, in debug builds too.
  package static let depthMaxCeiling = 256

  package init(depthMax: Int = 64, bytesMax: Int = 16 << 20, valuesMax: Int = 1_000_000) {
    precondition((1...Self.depthMaxCeiling).contains(depthMax), "depthMax \(depthMax)")
    self.depthMax = depthMax
    self.bytesMax = bytesMax
    self.valuesMax = valuesMax
  }
}
