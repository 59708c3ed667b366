/// Text that takes its own place again. It is written over line by line and in one piece, so that
/// nothing flickers.
struct LiveScreen {
  private let console: Console
  private var linesShown = 0

  init(_ console: Console) { self.console = console }

  mutating func show(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    console.printRaw(Self.rewrite(lines, over: linesShown))
    linesShown = lines.count
  }

  /// Pure: the bytes that put lines over as many as were shown.
  static func rewrite(_ lines: [Substring], over shown: Int) -> String {
    let up = shown > 0 ? "\u{1B}[\(shown)A" : ""
    return up + lines.map { "\u{1B}[2K\($0)\n" }.joined() + "\u{1B}[J"
  }
}
