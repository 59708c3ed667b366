import JSON
import RPC
import Testing

@testable import HTTP

@Suite struct ConnectErrorTests {
  @Test func `every code has the name and the status of the specification`() {
    let table: [Code: (String, Int)] = [
      .cancelled: ("canceled", 499), .unknown: ("unknown", 500),
      .invalidArgument: ("invalid_argument", 400), .deadlineExceeded: ("deadline_exceeded", 504),
      .notFound: ("not_found", 404), .alreadyExists: ("already_exists", 409),
      .permissionDenied: ("permission_denied", 403),
      .resourceExhausted: ("resource_exhausted", 429),
      .failedPrecondition: ("failed_precondition", 400), .aborted: ("aborted", 409),
      .outOfRange: ("out_of_range", 400), .unimplemented: ("unimplemented", 501),
      .internal: ("internal", 500), .unavailable: ("unavailable", 503),
      .dataLoss: ("data_loss", 500), .unauthenticated: ("unauthenticated", 401),
    ]
    for code in Code.allCases where code != .ok {
      #expect(code.connectName == table[code]?.0)
      #expect(code.httpStatus == table[code]?.1)
    }
  }

  @Test func `an error is JSON with its code and a message of bounded length`() throws {
    let error = RPCError(.notFound, "no \"é\"" + String(repeating: "x", count: 5_000))
    let response = HTTPResponse(error)
    #expect(response.status.code == 404)
    #expect(response.headers.map(\.value) == ["application/json"])
    let json = try JSONValue(parsing: response.body)
    #expect(json["code"]?.string == "not_found")
    let message = try #require(json["message"]?.string)
    #expect(message.hasPrefix("no \"é\"xxx") && message.utf8.count <= ServerLoop.messageBytesMax)
    #expect(HTTPResponse(RPCError(.aborted, "")).body == Array(#"{"code":"aborted"}"#.utf8))
  }

  @Test func `refusals of HTTP keep their status and say a code`() throws {
    for (status, code) in [
      (400, "invalid_argument"), (408, "deadline_exceeded"), (413, "resource_exhausted"),
      (431, "resource_exhausted"), (501, "unimplemented"), (505, "unimplemented"),
    ] {
      let response = HTTPResponse(HTTPRefusal(status, "why"))
      #expect(response.status.code == status)
      #expect(try JSONValue(parsing: response.body)["code"]?.string == code)
    }
  }
}
