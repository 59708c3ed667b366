/// Text that takes its own place again. It is written over line by line and in one piece, so that
/// nothing flickers, and is no larger than the window: what wraps or scrolls could not be written
/// over.
struct LiveScreen {
  private let console: Console
  private var linesShown = 0
  private var size: TerminalSize?

  init(_ console: Console) { self.console = console }

  /// - Parameter footer: lines at the end that stay when others have no room.
  mutating func show(_ text: String, footer: Int = 0) {
    let now = TerminalSize.now()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let fitting = Self.fitted(lines, to: now, footer: footer)
    // A window that has another width has wrapped what was there in a way of its own.
    let start = size == nil || size == now ? "" : Self.clear
    console.printRaw(start + Self.rewrite(fitting, over: start.isEmpty ? linesShown : 0))
    (linesShown, size) = (fitting.count, now)
  }

  /// Takes away what is shown, for something that stays.
  mutating func wipe() {
    if linesShown > 0 { console.printRaw(Self.rewrite([], over: linesShown)) }
    linesShown = 0
  }

  private static let clear = "\u{1B}[H\u{1B}[2J"

  /// Pure: the bytes that put lines over as many as were shown.
  static func rewrite(_ lines: [String], over shown: Int) -> String {
    let up = shown > 0 ? "\u{1B}[\(shown)A" : ""
    return up + lines.map { "\u{1B}[2K\($0)\n" }.joined() + "\u{1B}[J"
  }

  /// Pure: cut to the width, and to a line less than the height, as the cursor is below them.
  static func fitted(_ lines: [Substring], to size: TerminalSize, footer: Int) -> [String] {
    let room = max(1, size.rows - 1)
    var kept = lines.map { String($0.prefix(size.columns)) }
    guard kept.count > room else { return kept }
    let end = kept.suffix(room > footer + 1 ? footer : 0)
    kept = Array(kept.prefix(room - 1 - end.count))
    let left = lines.count - kept.count - end.count
    return kept + [String("… \(left) more".prefix(size.columns))] + end
  }
}
