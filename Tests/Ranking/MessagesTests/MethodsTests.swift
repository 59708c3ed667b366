import CMessages
import Messages
import RPC
import Testing

@Suite struct MethodsTests {
  /// `brigade.v1.Gateway/Rank(brigade.v1.RankRequest) brigade.v1.RankResponse` of a .proto file.
  private func declared(_ service: ProtobufCServiceDescriptor) -> [String] {
    let name = String(cString: service.name)
    return UnsafeBufferPointer(start: service.methods, count: Int(service.n_methods)).map {
      let (input, output) = ($0.input.pointee.name!, $0.output.pointee.name!)
      return "\(name)/\(String(cString: $0.name))(\(String(cString: input))) "
        + String(cString: output)
    }
  }

  private func written<Request, Response>(_ method: Method<Request, Response>) -> String {
    "\(method.name)(\(Request.messageName)) \(Response.messageName)"
  }

  @Test func `methods are those of the services in the .proto files`() {
    let swift = [
      written(.search), written(.get), written(.assemble), written(.score), written(.rank),
      written(.append), written(.follow), written(.promote),
    ]
    let services = [
      brigade__v1__retrieval__descriptor, brigade__v1__features__descriptor,
      brigade__v1__inference__descriptor, brigade__v1__gateway__descriptor,
      brigade__v1__events__descriptor,
    ]
    #expect(services.flatMap(declared) == swift)
  }

  @Test func `what leaves a trace is idempotent, and all else pure`() {
    #expect(Method.search.safety == .pure)
    #expect(Method.get.safety == .pure)
    #expect(Method.assemble.safety == .pure)
    #expect(Method.score.safety == .pure)
    #expect(Method.rank.safety == .idempotent)
    #expect(Method.append.safety == .idempotent)
    #expect(Method.follow.safety == .pure)
    #expect(Method.promote.safety == .idempotent)
  }
}
