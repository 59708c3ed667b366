/// A chart of lines as one SVG file that needs nothing else: no script, no font, and readable on a
/// light and on a dark page.
struct LineChart {
  struct Series {
    let name: String
    /// Seen well on white and on near-black.
    let color: String
    /// Ascending in x.
    let points: [(x: Double, y: Double)]
    var isStep = false
    /// Down to the axis.
    var isFilled = false
  }

  struct Axis {
    let title: String
    let ticks: [(value: Double, label: String)]
    let most: Double
  }

  static let colors = ["#3b82f6", "#d97706", "#10a37f", "#c2410c", "#8b5cf6"]
  private static let (width, height) = (760.0, 380.0)
  private static let (left, right, top, bottom) = (64.0, 16.0, 64.0, 48.0)

  let title: String
  let x: Axis
  let y: Axis
  let series: [Series]

  /// Ticks at 1, 2 or 5 times a power of ten, four to ten of them, from 0 to beyond `most`.
  static func axis(_ title: String, most: Double) -> Axis {
    var step = 1.0
    while step * 8 < most {
      step *= 2
      if step * 8 < most { step *= 2.5 }
      if step * 8 < most { step *= 2 }
    }
    while most > 0, step * 4 > most, step > 1e-6 { step /= 2 }
    let count = Int((max(most, step) / step).rounded(.up))
    let ticks = (0...count).map { index in
      (Double(index) * step, shown(Double(index) * step))
    }
    return Axis(title: title, ticks: ticks, most: Double(count) * step)
  }

  private static func shown(_ value: Double) -> String {
    if value >= 1_000, value.truncatingRemainder(dividingBy: 1_000) == 0 {
      return "\(Int(value / 1_000)),000"
    }
    if value >= 1_000 {
      let whole = Int(value)
      let rest = String(whole % 1_000)
      return "\(whole / 1_000),\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }
    return value == value.rounded() ? "\(Int(value))" : value.fixed(1)
  }

  var svg: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.number(Self.width)) \
    \(Self.number(Self.height))" role="img" font-family="system-ui, sans-serif" font-size="12">
    <title>\(Self.escaped(title))</title>
    <style>
    text{fill:#57606a}.grid{stroke:#8c959f;stroke-opacity:.3}
    @media (prefers-color-scheme:dark){text{fill:#9198a1}}
    </style>
    <text x="\(Self.number(Self.left))" y="20" font-size="14" font-weight="600">\
    \(Self.escaped(title))</text>
    \((legend + grid + series.map(drawn)).joined(separator: "\n"))
    </svg>

    """
  }

  private var legend: [String] {
    var place = Self.left
    return series.map { one in
      let at = place
      place += 34 + 7 * Double(one.name.count)
      return """
        <rect x="\(Self.number(at))" y="34" width="12" height="12" rx="2" fill="\(one.color)"/>\
        <text x="\(Self.number(at + 17))" y="44">\(Self.escaped(one.name))</text>
        """
    }
  }

  private var grid: [String] {
    let (end, base) = (Self.width - Self.right, Self.height - Self.bottom)
    let rows = y.ticks.map { tick in
      let at = Self.number(placeY(tick.value))
      return """
        <path class="grid" d="M\(Self.number(Self.left)) \(at)H\(Self.number(end))"/>\
        <text x="\(Self.number(Self.left - 8))" y="\(at)" dy=".35em" text-anchor="end">\
        \(Self.escaped(tick.label))</text>
        """
    }
    let columns = x.ticks.map { tick in
      """
      <text x="\(Self.number(placeX(tick.value)))" y="\(Self.number(base + 18))" \
      text-anchor="middle">\(Self.escaped(tick.label))</text>
      """
    }
    let middle = Self.number((Self.left + end) / 2)
    return rows + columns + [
      """
      <text x="\(middle)" y="\(Self.number(Self.height - 8))" text-anchor="middle">\
      \(Self.escaped(x.title))</text>
      """,
      """
      <text x="\(Self.number(Self.left - 8))" y="\(Self.number(Self.top - 8))" \
      text-anchor="end">\(Self.escaped(y.title))</text>
      """,
    ]
  }

  private func drawn(_ one: Series) -> String {
    guard let first = one.points.first, let last = one.points.last else { return "" }
    var path = "M\(Self.number(placeX(first.x))) \(Self.number(placeY(first.y)))"
    var before = first.y
    for point in one.points.dropFirst() {
      if one.isStep {
        // What stays as it was needs no corner.
        guard point.y != before || point.x == last.x else { continue }
        path += "H\(Self.number(placeX(point.x)))"
        if point.y != before { path += "V\(Self.number(placeY(point.y)))" }
      } else {
        path += "L\(Self.number(placeX(point.x))) \(Self.number(placeY(point.y)))"
      }
      before = point.y
    }
    guard one.isFilled else {
      return "<path fill=\"none\" stroke=\"\(one.color)\" stroke-width=\"2\" d=\"\(path)\"/>"
    }
    let base = Self.number(placeY(0))
    path += "V\(base)H\(Self.number(placeX(first.x)))Z"
    return
      "<path fill=\"\(one.color)\" fill-opacity=\".25\" stroke=\"\(one.color)\" d=\"\(path)\"/>"
  }

  private func placeX(_ value: Double) -> Double {
    Self.left + (Self.width - Self.left - Self.right) * value / max(x.most, .leastNonzeroMagnitude)
  }

  private func placeY(_ value: Double) -> Double {
    let room = Self.height - Self.top - Self.bottom
    return Self.height - Self.bottom - room * value / max(y.most, .leastNonzeroMagnitude)
  }

  private static func number(_ value: Double) -> String {
    let text = value.fixed(1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
  }
}
