internal import JSON
internal import Node
internal import RPC

/// `brigade call`: any method of any Brigade process, JSON in and out. The types are the server's
/// own, asked for by reflection, so that it works with versions that this program has never seen.
enum CallCommand: Command {
  static let name = "call"
  static let summary = "calls a method with JSON, or lists and describes what a server has"
  static let operands = "HOST:PORT METHOD|list|describe [JSON|NAME]"
  static let operandCount = 2...3
  static let examples = [
    "brigade call 127.0.0.1:7000 list",
    "brigade call 127.0.0.1:7000 describe brigade.v1.Gateway/Rank",
    #"brigade call 127.0.0.1:7000 brigade.v1.Gateway/Rank '{"userId":"u17","place":{"latitude":37.76,"longitude":-122.41}}'"#,
    "brigade call unix:/run/brigade/inference.sock brigade.v1.Health/Check",
  ]

  struct Options: Configuration {
    let timeoutMilliseconds: Int
    let defaults: Bool
    let token: ClusterToken
    let output: OutputFormat

    init(reading settings: inout Settings) {
      timeoutMilliseconds = settings.integer(
        "timeout_ms", default: 5_000, in: 1...60_000, unit: "milliseconds", "to wait")
      defaults = settings.flag(
        "defaults", default: false, "also print fields that have their default value")
      token = settings.clusterToken()
      output = settings.outputFormat()
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    guard let address = Address(operands[0]) else {
      throw .usage("\"\(operands[0])\" is neither HOST:PORT nor unix:/PATH")
    }
    let client = try await Brigade.client("\(address)", at: .list([address]), token: options.token)
    defer { client.shutDown() }
    let session = CallSession(client: client, options: options)
    switch operands[1] {
    case "list": console.print(try await session.list())
    case "describe":
      console.print(try await session.describe(operands.count > 2 ? operands[2] : ""))
    default:
      let json = operands.count > 2 ? operands[2] : "{}"
      console.print(try await session.call(operands[1], json))
    }
  }
}

/// The calls of one `brigade call`.
private struct CallSession {
  let client: Client
  let options: CallCommand.Options

  func list() async throws(CommandFailure) -> String {
    let response = try await answer(.list, ListRequest())
    if options.output == .json { return try json(response) }
    var table = TextTable([
      "method": .left, "request": .left, "response": .left, "safety": .left,
    ])
    for method in response.methods {
      table.append([method.name, method.request, method.response, method.safety])
    }
    return table.text
  }

  func describe(_ name: String) async throws(CommandFailure) -> String {
    let response = try await described(name)
    return options.output == .json ? try json(response) : ProtoText(response).text
  }

  func call(_ name: String, _ text: String) async throws(CommandFailure) -> String {
    let types = try await described(name)
    guard let method = types.methods.first(where: { $0.name == name }) else {
      throw .usage("\(name) is a message, not a method")
    }
    let schema = try schema(of: types)
    let request: [UInt8]
    do {
      request = try schema.encode(JSONValue(parsing: Array(text.utf8)), as: method.request)
    } catch {
      throw .usage("\(method.request): \(error)")
    }
    let safety = Safety(rawValue: method.safety) ?? .once
    let response = try await answer(
      Method<OpaqueMessage, OpaqueMessage>(name, safety), OpaqueMessage(request))
    do {
      return try schema.decode(
        response.bytes, as: method.response, pretty: true, defaults: options.defaults)
    } catch {
      throw CommandFailure("the answer is no \(method.response): \(error)")
    }
  }

  /// Tells a server without such a name from one that can't be reached, and offers what it has.
  private func described(_ name: String) async throws(CommandFailure) -> DescribeResponse {
    var request = DescribeRequest()
    request.name = name
    return try await answer(.describe, request)
  }

  private func schema(of types: DescribeResponse) throws(CommandFailure) -> MessageSchema {
    do {
      return try MessageSchema(types)
    } catch {
      throw CommandFailure("the server's description of its types: \(error)")
    }
  }

  private func answer<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request
  ) async throws(CommandFailure) -> Response {
    let end = await client.call(
      method, request, .within(milliseconds: options.timeoutMilliseconds))
    switch end.result {
    case .success(let response): return response
    case .failure(let error): throw CommandFailure(error)
    }
  }

  private func json<M: Message>(_ message: M) throws(CommandFailure) -> String {
    let schema = MessageSchema(types: [MessageType(M.descriptor)])
    do {
      return try schema.decode(message.encoded(), as: M.messageName, pretty: true)
    } catch {
      throw CommandFailure("\(error)")
    }
  }
}
