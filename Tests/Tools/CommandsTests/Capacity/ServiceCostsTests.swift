import Simulation
import Testing

@testable import Commands

struct ServiceCostsTests {
  @Test func `a file gives back what was measured`() throws {
    let costs = ServiceCosts.sample
    #expect(try ServiceCosts(parsing: Array(costs.json.utf8)) == costs)
  }

  @Test(arguments: [
    ("\"candidates\": 200", "\"candidates\": 0", "candidates"),
    ("\"model\": \"model.txt\"", "\"model\": 1", "model: a string"),
    ("\"retrieval\": 600", "\"retrieval\": -1", "processor_us.retrieval"),
    ("\"retrieval\": 600", "\"retrieval\": 1e300", "processor_us.retrieval"),
    ("\"Search\"", "\"Find\"", "handlers.Search.mean_us"),
    ("{", "[", ":"),
  ])
  func `a file that was changed is refused with the key`(
    old: String, new: String, complaint: String
  ) {
    let text = ServiceCosts.sample.json
    guard let place = text.firstRange(of: old) else {
      Issue.record("\(old) is not in \(text)")
      return
    }
    var bad = text
    bad.replaceSubrange(place, with: new)
    #expect {
      try ServiceCosts(parsing: Array(bad.utf8))
    } throws: {
      "\($0)".contains(complaint)
    }
  }

  @Test func `a service takes as long for a request as was measured`() {
    let fleet = ServiceCosts.sample.fleet([.features: 3, .retrieval: 2])
    let means = fleet.services.map { service in
      service.serviceTimes.reduce(0) { $0 + $1.meanMilliseconds }
    }
    for (mean, expected) in zip(means, [0.6, 1.0, 0.4]) { #expect(abs(mean - expected) < 1e-9) }
    #expect(fleet.services.map(\.replicas) == [2, 3, 1])
    #expect(abs(fleet.gatewayTime.meanMilliseconds - 0.5) < 1e-9)
  }

  @Test func `handlers that were interrupted count for no more than the processor's time`() {
    var costs = ServiceCosts.sample
    costs.processorMicroseconds[.features] = 400
    let times = costs.fleet([:]).services[1].serviceTimes
    let sum: Double = times.map(\.meanMilliseconds).reduce(0, +)
    #expect(abs(sum - 0.4) < 1e-9)
  }

  @Test func `another model changes what inference takes, and nothing else`() {
    var costs = ServiceCosts.sample
    costs.replaceScoring(of: 100, by: 350)
    #expect(costs.processorMicroseconds[.inference] == 650)
    #expect(
      costs.handlers["Score"]
        == ServiceCosts.Handler(meanMicroseconds: 550, p99Microseconds: 850))
    #expect(costs.processorMicroseconds[.features] == 1_000)
  }
}
