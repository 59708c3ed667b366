internal import Glibc
internal import Synchronization

/// Where a command writes: data to stdout, everything else to stderr, and animation only where a
/// person looks at it.
struct Console: Sendable {
  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  let outputIsTerminal: Bool
  let errorIsTerminal: Bool
  private let hasColor: Bool

  /// - Parameter environment: `NO_COLOR`, when not empty, leaves colours out; see no-color.org.
  init(noColor: Bool) {
    outputIsTerminal = isatty(STDOUT_FILENO) == 1
    errorIsTerminal = isatty(STDERR_FILENO) == 1
    hasColor = !noColor
  }

  func print(_ text: String) { Self.write(text + "\n", to: STDOUT_FILENO) }
  func printRaw(_ text: String) { Self.write(text, to: STDOUT_FILENO) }
  func note(_ text: String) { Self.write(text + "\n", to: STDERR_FILENO) }

  /// One line that replaces itself; nothing where nobody watches.
  func progress(_ text: String) {
    if errorIsTerminal { Self.write("\r\u{1B}[2K\(text)", to: STDERR_FILENO) }
  }

  func endProgress() {
    if errorIsTerminal { Self.write("\r\u{1B}[2K", to: STDERR_FILENO) }
  }

  func styled(_ text: String, _ style: Style) -> String {
    outputIsTerminal && hasColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// All of it, or until the reader is gone.
  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var sent = 0
      while sent < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress! + sent, bytes.count - sent)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        sent += count
      }
    }
  }
}

/// How a command prints data.
enum OutputFormat: String, CaseIterable, Sendable {
  case table
  case json
}
