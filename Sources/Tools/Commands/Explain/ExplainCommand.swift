internal import Messages
internal import Node
internal import RPC

/// `brigade explain`: why a list is what it is, or why an item is not in it.
enum ExplainCommand: Command {
  static let name = "explain"
  static let summary = "tells of each item how it came to its place, or where it was lost"
  static let examples = [
    "brigade explain --user u17 --at 37.7599,-122.4148",
    "brigade explain --user u17 --at 37.7599,-122.4148 --item r17,r18",
    "brigade explain --user u17 --at 37.76,-122.41 --request-id 2564a86019b6915a --top 20 -o json",
  ]

  struct Options: Configuration {
    let asked: AskedRanking
    let items: [String]
    let top: Int
    let output: OutputFormat

    init(reading settings: inout Settings) {
      asked = AskedRanking(reading: &settings)
      items = settings.strings(
        "item", default: [], "ids of items to tell of, wherever they are or were lost")
      top = settings.integer(
        "top", default: 0, in: 0...200, unit: "items",
        "to tell of, from the first place down; 0: 5, none beside --item")
      output = settings.outputFormat()
    }
  }

  private static let topDefault = 5

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    var request = try options.asked.request()
    var explain = Explain()
    explain.itemIDs = options.items
    explain.candidates = UInt32(
      options.top == 0 && options.items.isEmpty ? topDefault : options.top)
    request.explain = explain
    let client = try await Brigade.client(
      "gateway", at: options.asked.gateway, token: options.asked.token)
    defer { client.shutDown() }
    let end = await client.call(
      .rank, request, .within(milliseconds: options.asked.timeoutMilliseconds))
    switch end.result {
    case .failure(let error): throw CommandFailure(error)
    case .success(let response):
      guard let explanation = response.explanation else {
        throw CommandFailure("the gateway explains nothing: it is of an earlier version")
      }
      try options.asked.check(response)
      switch options.output {
      case .json: console.print(explanation.prettyJSON)
      case .table: console.print(ExplanationReport(explanation, response).text(console))
      }
    }
  }
}
