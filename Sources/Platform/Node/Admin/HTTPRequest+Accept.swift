/// What a scraper would rather have.
extension HTTPRequest {
  private static let openMetrics = "application/openmetrics-text"

  /// It names OpenMetrics, and Prometheus' own format not before it.
  var prefersOpenMetrics: Bool {
    var (open, plain) = (0.0, 0.0)
    for element in accept.split(separator: ",") {
      let parts = element.split(separator: ";")
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
        .map { Double($0.dropFirst(2)) ?? 0 }
      switch parts.first {
      case Self.openMetrics[...]?: open = max(open, quality ?? 1)
      case "text/plain"?: plain = max(plain, quality ?? 1)
      default: break
      }
    }
    return open > 0 && open >= plain
  }
}
