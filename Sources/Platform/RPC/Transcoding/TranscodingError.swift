package import JSON

/// Why a JSON text is no message of its type, or why bytes are none; and where.
package struct TranscodingError: Error, Equatable, CustomStringConvertible {
  package enum Place: Equatable, Sendable, CustomStringConvertible {
    case text(JSONPosition)
    /// Offset in the encoded message, from 0.
    case byte(Int)

    package var description: String {
      switch self {
      case .text(let position): "\(position)"
      case .byte(let offset): "byte \(offset)"
      }
    }
  }

  /// From the outermost message in: `filters.prices[2]`; empty for that message itself.
  package private(set) var path: String
  /// Nil where a schema is at fault.
  package let place: Place?
  package let message: String

  init(_ message: String, at place: Place?, path: String = "") {
    self.path = path
    self.place = place
    self.message = message
  }

  /// The same error, seen from the message or list that holds what it was found in.
  func inside(_ component: String) -> TranscodingError {
    var error = self
    let separator = path.isEmpty || path.hasPrefix("[") ? "" : "."
    error.path = component + separator + path
    return error
  }

  /// `filters.radiusKm (1:34): expected a number, got a string`
  package var description: String {
    let location = [path, place.map { "(\($0))" } ?? ""].filter { !$0.isEmpty }
    return (location.isEmpty ? "" : location.joined(separator: " ") + ": ") + message
  }
}

/// What transcoding takes at most.
package struct TranscodingLimits: Equatable, Sendable {
  /// Messages inside messages, which bounds the stack; our own are no deeper than five.
  package var depthMax = 64
  /// Scalars of one message, where a submessage counts for `messageCost`: a frame full of floats
  /// passes, a frame full of empty submessages does not.
  package var valuesMax = (16 << 20) / 4 + 1_024
  /// A submessage takes about this many times the memory of a scalar.
  static let messageCost = 16

  package init() {}
}
