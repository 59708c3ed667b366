internal import Glibc

/// Where the addresses of a service's replicas come from.
package enum ReplicaSource: Equatable, Sendable, CustomStringConvertible {
  case list([Address])
  /// A file with one address a line, watched; `#` begins a comment. A file that is not there
  /// lists nobody yet.
  case file(String)
  /// A host name that stands for all replicas, resolved again every few seconds.
  case name(host: String, port: UInt16)

  /// `file:/path`, `dns:name:port`, or addresses separated by commas; blanks around each are left
  /// out.
  package init?(_ text: String) {
    let text = text.withoutOuterBlanks
    if text.hasPrefix("dns:") {
      guard case .tcp(let host, let port)? = Address(String(text.dropFirst("dns:".count))) else {
        return nil
      }
      self = .name(host: host, port: port)
      return
    }
    if text.hasPrefix("file:"), text.utf8.count > "file:".utf8.count {
      self = .file(String(text.dropFirst("file:".count)))
      return
    }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let addresses = parts.compactMap { Address($0.withoutOuterBlanks) }
    guard addresses.count == parts.count else { return nil }
    self = .list(addresses)
  }

  package var description: String {
    switch self {
    case .list(let addresses): addresses.map(\.description).joined(separator: ",")
    case .file(let path): "file:\(path)"
    case .name(let host, let port): "dns:\(Address.tcp(host: host, port: port))"
    }
  }
}

extension StringProtocol where SubSequence == Substring {
  fileprivate var withoutOuterBlanks: String {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}

/// Reads a replica file when it has changed.
struct ReplicaFile {
  /// A list of replicas, not a data set.
  static let bytesMax = 1 << 20

  let path: String
  private var seen: (inode: ino_t, size: off_t, seconds: Int, nanoseconds: Int)?

  init(path: String) { self.path = path }

  /// The addresses, or nil when nothing changed. Lines that are no address are left out.
  mutating func changed() -> [Address]? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let mark = (
      status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec
    )
    if let seen, seen == mark { return nil }
    guard let text = read() else { return nil }
    seen = mark
    return Self.parse(text)
  }

  static func parse(_ text: String) -> [Address] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      Address(line.prefix { $0 != "#" }.withoutOuterBlanks)
    }
  }

  private func read() -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: Self.bytesMax)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
