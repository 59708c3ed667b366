/// Gateways, the services behind them, and what every request asks of those.
package struct Fleet: Sendable {
  package struct Service: Sendable {
    package let name: String
    package var replicas: Int
    /// By method.
    package let serviceTimes: [ServiceTime]

    package init(_ name: String, replicas: Int, serviceTimes: [ServiceTime]) {
      precondition(!serviceTimes.isEmpty, "\(name) has no method")
      self.name = name
      self.replicas = replicas
      self.serviceTimes = serviceTimes
    }
  }

  /// A call that every request makes.
  package struct Step: Sendable {
    package let method: String
    /// Index of the service, and of its service time.
    package let service: Int
    package let serviceTime: Int
    /// For all attempts, and for one of them.
    package let budgetMilliseconds: Int64
    package let attemptMilliseconds: Int64
    /// A request whose step fails is degraded, but for those that it can do without.
    package let isEssential: Bool

    package init(
      _ method: String, service: Int, serviceTime: Int = 0, budgetMilliseconds: Int64,
      attemptMilliseconds: Int64, isEssential: Bool = true
    ) {
      self.method = method
      self.service = service
      self.serviceTime = serviceTime
      self.budgetMilliseconds = budgetMilliseconds
      self.attemptMilliseconds = attemptMilliseconds
      self.isEssential = isEssential
    }
  }

  package var gateways: Int
  /// Of a gateway's thread for a whole request; spread evenly over its stages and its end.
  package let gatewayTime: ServiceTime
  package var services: [Service]
  /// One after the other; the steps of a stage are taken at once, and the last one ends it.
  package let stages: [[Step]]
  /// For a whole request.
  package let budgetMilliseconds: Int64

  package init(
    gateways: Int, gatewayTime: ServiceTime, services: [Service], stages: [[Step]],
    budgetMilliseconds: Int64 = 200
  ) {
    self.gateways = gateways
    self.gatewayTime = gatewayTime
    self.services = services
    self.stages = stages
    self.budgetMilliseconds = budgetMilliseconds
  }
}
