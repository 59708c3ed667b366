internal import Simulation
import Testing

struct AutoscalerTests {
  private func settings(_ change: (inout Autoscaler.Settings) -> Void = { _ in })
    -> Autoscaler.Settings
  {
    var settings = Autoscaler.Settings()
    settings.replicasMin = 2
    change(&settings)
    return settings
  }

  @Test func `it multiplies by what is seen over what is wanted, and rounds up`() {
    var autoscaler = Autoscaler(settings(), replicas: 10)
    autoscaler.sync(0, busyShare: 0.71)
    #expect(autoscaler.replicas == 15)
  }

  @Test(arguments: [0.46, 0.5, 0.54])
  func `within the tolerance nothing happens`(busyShare: Double) {
    var autoscaler = Autoscaler(settings(), replicas: 10)
    autoscaler.sync(0, busyShare: busyShare)
    #expect(autoscaler.replicas == 10)
  }

  @Test func `new replicas take traffic when they have started`() {
    var autoscaler = Autoscaler(settings { $0.podStartSeconds = 40 }, replicas: 4)
    autoscaler.sync(0, busyShare: 1)
    #expect(autoscaler.replicas == 8)
    #expect(autoscaler.ready(39) == 4)
    #expect(autoscaler.ready(40) == 8)
  }

  @Test func `those that start count as idle, so that they are not asked for again`() {
    var autoscaler = Autoscaler(settings { $0.podStartSeconds = 40 }, replicas: 4)
    autoscaler.sync(0, busyShare: 0.9)
    #expect(autoscaler.replicas == 8)
    autoscaler.sync(15, busyShare: 0.95)
    #expect(autoscaler.replicas == 8)
  }

  @Test func `the policy doubles at most in each period`() {
    var autoscaler = Autoscaler(
      settings {
        $0.targetBusyShare = 0.1
        $0.podStartSeconds = 0
      }, replicas: 3)
    autoscaler.sync(0, busyShare: 1)
    #expect(autoscaler.replicas == 6)
    autoscaler.sync(5, busyShare: 1)
    #expect(autoscaler.replicas == 6, "the same period")
    autoscaler.sync(15, busyShare: 1)
    #expect(autoscaler.replicas == 12)
  }

  @Test func `fewer only when all of the window says so, and a fifth a minute`() {
    var autoscaler = Autoscaler(settings(), replicas: 20)
    for second in stride(from: 0.0, to: 300, by: 15) {
      autoscaler.sync(second, busyShare: second == 0 ? 0.5 : 0.1)
      #expect(autoscaler.replicas == 20)
    }
    autoscaler.sync(300, busyShare: 0.1)
    #expect(autoscaler.replicas == 16)
    autoscaler.sync(315, busyShare: 0.1)
    #expect(autoscaler.replicas == 16, "the same minute")
    autoscaler.sync(360, busyShare: 0.1)
    #expect(autoscaler.replicas == 12)
  }

  @Test func `it stays within its limits`() {
    var autoscaler = Autoscaler(settings { $0.replicasMax = 5 }, replicas: 4)
    autoscaler.sync(0, busyShare: 1)
    #expect(autoscaler.replicas == 5)
    for second in stride(from: 15.0, to: 3_600, by: 15) { autoscaler.sync(second, busyShare: 0) }
    #expect(autoscaler.replicas == 2)
  }
}
