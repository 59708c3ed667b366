/// A text that all processes of a cluster share, so that those of another, or a tool that was
/// pointed at the wrong port, are turned away. It travels in the clear: a guard against accidents,
/// not against who can read the network.
package struct ClusterToken: Equatable, Sendable, CustomStringConvertible {
  package static let none = ClusterToken(unchecked: "")
  /// Fewer could be guessed at a glance; more is another file than was meant.
  package static let bytes = 16...256

  /// As it travels; empty for none.
  package let text: String

  private init(unchecked text: String) { self.text = text }

  /// Why a file's contents are no token.
  package struct Invalid: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// - Parameter contents: of a file: the token, and spaces or line ends around it.
  package init(contents: [UInt8]) throws(Invalid) {
    let isSpace: (UInt8) -> Bool = { " \t\r\n".utf8.contains($0) }
    let start = contents.firstIndex { !isSpace($0) } ?? contents.endIndex
    let end = contents.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start
    let token = contents[start..<end]
    guard Self.bytes.contains(token.count) else {
      throw Invalid(
        description: "a token has \(Self.bytes.lowerBound) to \(Self.bytes.upperBound) characters,"
          + " this one \(token.count)")
    }
    guard token.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw Invalid(description: "a token is visible ASCII without spaces")
    }
    text = String(decoding: token, as: UTF8.self)
  }

  package var isPresent: Bool { !text.isEmpty }

  /// Never the token itself, which would end up in logs.
  package var description: String { isPresent ? "set" : "none" }
}
