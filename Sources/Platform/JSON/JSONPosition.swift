/// A place in a JSON text, both numbers from 1. Columns count Unicode scalars, as most editors do.
package struct JSONPosition: Equatable, Sendable, CustomStringConvertible {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// `3:14`, to be put after a file's name and a colon.
  package var description: String { "\(line):\(column)" }
}
