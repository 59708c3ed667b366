import Testing

@testable import Commands

struct LineChartTests {
  private func chart(title: String = "Replicas", isStep: Bool = false) -> LineChart {
    LineChart(
      title: title, x: LineChart.axis("requests a second", most: 6_000),
      y: LineChart.axis("replicas", most: 13),
      series: [
        LineChart.Series(
          name: "gateway & co", color: "#3b82f6", points: [(0, 2), (3_000, 2), (6_000, 13)],
          isStep: isStep),
        LineChart.Series(
          name: "demand", color: "#d97706", points: [(0, 1), (6_000, 9)], isFilled: true),
      ])
  }

  /// Whether every element that is opened is closed, in order, and every attribute is quoted.
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      if rest[..<start].contains(">") { return false }
      guard let end = rest[start...].firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.filter({ $0 == "\"" }).count % 2 != 0 || tag.contains("<") { return false }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
    }
    return open.isEmpty
  }

  @Test func `the file is well formed and stands by itself`() {
    let svg = chart(title: "p99 < 50 ms & \"more\"").svg
    #expect(Self.isWellFormed(svg), "\(svg)")
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox="))
    #expect(svg.contains("<title>p99 &lt; 50 ms &amp; &quot;more&quot;</title>"))
    #expect(svg.contains("gateway &amp; co"))
    #expect(svg.contains("prefers-color-scheme:dark"))
    #expect(!svg.contains("href") && !svg.contains("script") && !svg.contains("nan"))
  }

  @Test func `the check of being well formed can fail`() {
    #expect(!Self.isWellFormed("<svg><g></svg>"))
    #expect(!Self.isWellFormed("<svg a=\"b></svg>"))
    #expect(Self.isWellFormed("<svg><path d=\"M0 0\"/></svg>"))
  }

  @Test func `a point is drawn where its values are`() {
    // From 64 to 744 and from 332 up to 64, to 6,000 and 14.
    let svg = chart().svg
    #expect(svg.contains("d=\"M64 293.7L404 293.7L744 83.1\""), "\(svg)")
    #expect(svg.contains("V332H64Z"))
    #expect(chart(isStep: true).svg.contains("d=\"M64 293.7H744V83.1\""))
  }

  @Test(arguments: [0.3, 1, 3, 7, 13, 95, 144, 999, 6_000, 12_345, 100_000])
  func `an axis reaches beyond what it shows with a few round ticks`(most: Double) {
    let axis = LineChart.axis("x", most: most)
    #expect(axis.most >= most && axis.most <= most * 2, "\(axis.most)")
    #expect((3...10).contains(axis.ticks.count), "\(axis.ticks)")
    #expect(axis.ticks[0].value == 0)
    #expect(axis.ticks.last?.value == axis.most)
  }

  @Test func `plans and days become charts`() throws {
    let planner = ServiceCosts.planner(requests: 500)
    let plans = try [500.0, 1_000].map { rate throws(CapacityProblem) in
      try planner.plan(requestsPerSecond: rate)
    }
    let rates = CapacityChart.rates(plans, p99Milliseconds: 50).svg
    #expect(Self.isWellFormed(rates))
    let curve = try DayCurve(requestsPerDay: 1e8, dinnerFactor: 5, rampMinutes: 60)
    let day = try DayPlanner(
      planner: planner, curve: curve, replicasMin: 3, podStartSeconds: 30
    ).plan(ramps: [5])
    let chart = CapacityChart.day(day, planner).svg
    #expect(Self.isWellFormed(chart))
    #expect(chart.utf8.count < 40_000, "\(chart.utf8.count)")
    for service in ServiceKind.allCases { #expect(chart.contains("\(service.rawValue) can take")) }
    let text = CapacityReport(planner: planner, plans: plans, day: day).text
    #expect(text.contains("100.0 million requests a day, 1157/s on average, 5787/s at dinner"))
    #expect(text.contains("left out: "))
  }
}
