internal import Synchronization

/// `brigade.v1.Health/Check`, with gRPC health's meaning: a process that starts or drains is there
/// but not serving.
final class HealthStatus: Sendable {
  private let serving = Atomic<Bool>(false)

  func setServing(_ value: Bool) { serving.store(value, ordering: .relaxed) }

  func answer(in table: inout MethodTable) {
    // Every process has these two, added after the others.
    let names = Array(table.entries.keys) + [Method.health.name, Method.list.name]
    let services = Set(names.map { String($0.prefix { $0 != "/" }) })
    table.answer(.health) { (request, _) throws(RPCError) in
      guard request.service.isEmpty || services.contains(request.service) else {
        throw RPCError(.notFound, "no service \(request.service)", advice: .never)
      }
      var response = HealthResponse()
      response.status = self.serving.load(ordering: .relaxed) ? .serving : .notServing
      return response
    }
  }
}

extension Method where Request == HealthRequest, Response == HealthResponse {
  package static var health: Self { Method("brigade.v1.Health/Check", .pure) }
}
