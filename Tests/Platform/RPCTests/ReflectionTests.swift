import RPC
import Testing

@Suite struct ReflectionTests {
  private func ask<Request: Message, Response: Message>(
    _ method: Method<Request, Response>, _ request: Request
  ) throws -> (head: ResponseHead, response: Response) {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    try peer.request(1, method.name, request)
    let (head, body) = try peer.response()
    return (head, try Response(decoding: body))
  }

  private func describe(_ name: String) throws -> (head: ResponseHead, response: DescribeResponse) {
    var request = DescribeRequest()
    request.name = name
    return try ask(.describe, request)
  }

  @Test func `methods are listed by name, with what is safe to do with them`() throws {
    let methods = try ask(.list, ListRequest()).response.methods
    #expect(
      methods.map(\.name) == [
        "brigade.v1.Health/Check", "brigade.v1.Reflection/Describe", "brigade.v1.Reflection/List",
        "test.Echo/Blow", "test.Echo/Fail", "test.Echo/Say", "test.Echo/Wait",
      ])
    #expect(methods[0].request == "brigade.v1.HealthRequest" && methods[0].safety == "pure")
  }

  @Test func `a method is described with all types that it needs`() throws {
    let health = try describe("brigade.v1.Health/Check").response
    #expect(health.methods.map(\.name) == ["brigade.v1.Health/Check"])
    #expect(
      health.messages.map(\.name) == ["brigade.v1.HealthRequest", "brigade.v1.HealthResponse"])
    #expect(health.enums.map(\.name) == ["brigade.v1.ServingStatus"])
    #expect(health.enums[0].values.map(\.number) == [0, 1, 2])
    let schema = try MessageSchema(health)
    let json = try schema.decode([0x08, 1], as: "brigade.v1.HealthResponse")
    #expect(json == #"{"status":"SERVING_STATUS_SERVING"}"#)
  }

  @Test func `a message or everything can be described too`() throws {
    let one = try describe("brigade.v1.DescribeRequest").response
    #expect(one.methods.isEmpty && one.messages.map(\.name) == ["brigade.v1.DescribeRequest"])
    let all = try describe("").response
    #expect(all.methods.count == 7)
    #expect(
      all.messages.map(\.name) == [
        "brigade.v1.DescribeRequest", "brigade.v1.DescribeResponse",
        "brigade.v1.EnumDescription", "brigade.v1.EnumValueDescription",
        "brigade.v1.FieldDescription", "brigade.v1.HealthRequest", "brigade.v1.HealthResponse",
        "brigade.v1.ListRequest", "brigade.v1.ListResponse", "brigade.v1.MessageDescription",
        "brigade.v1.MethodDescription",
      ])
  }

  @Test func `what is not there is said to be missing`() throws {
    let head = try describe("brigade.v1.Kitchen").head
    #expect(Code(rawValue: head.code) == .notFound && head.advice == .never)
    #expect(head.message.contains("methods are brigade.v1.Health/Check"), "\(head.message)")
  }

  @Test func `health tells a service that is here from one that is not`() throws {
    var request = HealthRequest()
    request.service = "test.Echo"
    #expect(try ask(.health, request).response.status == .serving)
    request.service = "test.Choir"
    #expect(try ask(.health, request).head.code == Code.notFound.rawValue)
  }
}
