/// Why a text is not acceptable JSON, and where.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  package var position: JSONPosition
  package var message: String

  package init(position: JSONPosition, message: String) {
    self.position = position
    self.message = message
  }

  /// `3:14: expected ':' after a key, found '}'`
  package var description: String { "\(position): \(message)" }
}
