package import RPC

/// W3C Trace Context's second header: what other systems keep with the trace, passed on as it came.
extension TraceContext {
  /// What calls carry it as.
  package static let stateName = "tracestate"
  /// The recommendation's bounds.
  private static let membersMax = 32
  private static let bytesMax = 512

  /// The members of all headers in one; empty where one is invalid, or there are too many, as the
  /// recommendation has it.
  /// - Parameter members: without the spaces around them.
  package static func tracestate(_ members: [String]) -> String {
    let members = members.filter { !$0.isEmpty }
    var keys: Set<Substring> = []
    for member in members {
      guard let equals = member.firstIndex(of: "="),
        isKey(member[..<equals]), isValue(member[member.index(after: equals)...]),
        keys.insert(member[..<equals]).inserted
      else { return "" }
    }
    let state = members.joined(separator: ",")
    return members.count <= membersMax && state.utf8.count <= bytesMax ? state : ""
  }

  /// Lower-case letters, digits and `_-*/`, after a letter or a digit; a tenant may stand before an @.
  private static func isKey(_ key: Substring) -> Bool {
    let parts = key.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count <= 2 && key.utf8.count <= 256
      && parts.allSatisfy { part in
        guard let first = part.utf8.first, isLetterOrDigit(first) else { return false }
        return part.utf8.allSatisfy { isLetterOrDigit($0) || "_-*/".utf8.contains($0) }
      }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
  }

  /// Printable ASCII but for comma and equals sign.
  private static func isValue(_ value: Substring) -> Bool {
    (1...256).contains(value.utf8.count)
      && value.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x2C && $0 != 0x3D }
  }
}
