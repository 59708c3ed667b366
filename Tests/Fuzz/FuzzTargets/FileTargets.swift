internal import Commands
internal import Features
internal import Gateway
internal import JSON
internal import Node
internal import RPC

/// Files that people write, all in JSON: what is refused names its place, what is taken is taken the
/// same when it is laid out otherwise.
extension FuzzTarget {
  private static let file = "fuzz.json"

  private struct EverySetting: Configuration {
    init(reading settings: inout Settings) {
      _ = NodeSettings(reading: &settings)
      _ = GatewayConfiguration(reading: &settings)
    }
  }

  static let configuration = FuzzTarget(
    "configuration",
    dictionary: [
      "\"threads\":", "\"limits\":{", "\"policy\":{", "\"replicas\":", "\"file:/a\"", "1e3", "0.5",
      "-1",
    ]
  ) {
    [
      #"{"listen": "127.0.0.1:0", "threads": 2, "limits": {"frame_bytes_max": 65536}}"#,
      #"{"retrieval": {"replicas": "file:/a", "budget_ms": 40}, "log": {"level": "warn"}}"#,
      #"{"policy": {"exploration_rate": 0.25}, "light_model": {"enabled": false}, "edge": "[::]:1", "insecure": true}"#,
      #"{"lisen": 1, "budget_ms": "soon", "popular": "\u00e9"}"#,
    ].map { Array($0) }
  } read: { bytes in
    switch load(bytes) {
    case .run(_, let effective):
      guard case .run(_, let again) = load(laidOut(bytes)) else {
        throw BrokenPromise(description: "refused when it is laid out otherwise")
      }
      try promise(
        effective.map(\.value) == again.map(\.value), "\(effective) is \(again) when laid out anew")
      return .accepted
    case .refused(let problems):
      try namesPlaces(problems)
      return .refused
    case .help, .version: throw BrokenPromise(description: "a file cannot ask for help")
    }
  }

  private static func load(_ bytes: [UInt8]) -> ConfigurationOutcome<EverySetting> {
    let program = ProgramDescription(name: "fuzz", summary: "reads", version: "0")
    return loadConfiguration(
      EverySetting.self, program: program, arguments: ["--config", file]
    ) { _ in bytes }
  }

  private static func laidOut(_ bytes: [UInt8]) -> [UInt8] {
    guard let value = try? JSONValue(parsing: bytes) else { return [] }
    var writer = JSONWriter(pretty: true)
    writer.value(value)
    return writer.bytes
  }

  private static func namesPlaces(_ problems: [String]) throws {
    try promise(!problems.isEmpty, "refused without a reason")
    for problem in problems {
      try promise(problem.hasPrefix("\(file):"), "no place in: \(problem)")
    }
  }

  static let featureDefinition = FuzzTarget(
    "feature-definition",
    dictionary: [
      "\"kind\":", "\"window\"", "\"decay\"", "\"request\"", "\"cross\"", "\"half_life\":",
      "\"7d\"",
      "\"all\"", "\"share\"", "\"user_item\"", "\"sources\":", "9223372036854775807",
    ]
  ) {
    let features = [
      #"{"name": "price", "entity": "item", "kind": "attribute", "column": "price", "default": 1}"#,
      #"{"name": "n", "entity": "item", "kind": "window", "event": "order", "window": "7d", "aggregate": "count"}"#,
      #"{"name": "d", "entity": "user", "kind": "decay", "event": "order", "half_life": "3h"}"#,
      #"{"name": "km", "entity": "item", "kind": "request", "function": "distance_kilometres"}"#,
      #"{"name": "s", "entity": "user_item", "kind": "cross", "function": "share", "event": "order", "window": "all"}"#,
    ]
    return (features + [features.joined(separator: ",")]).map {
      Array(#"{"name": "x", "version": 1, "features": ["# + $0 + "]}")
    }
  } read: { bytes in
    let definition: FeatureDefinition
    do throws(FeatureDefinitionError) {
      definition = try FeatureDefinition(parsing: bytes, file: file)
    } catch {
      try namesPlaces(error.problems)
      return .refused
    }
    let again = try? FeatureDefinition(parsing: laidOut(bytes), file: file)
    try promise(
      again?.fingerprint == definition.fingerprint && again?.columnNames == definition.columnNames,
      "\(definition) is \(again as Any) when laid out anew")
    return .accepted
  }

  static let experiments = FuzzTarget(
    "experiments",
    dictionary: [
      "\"layers\":[", "\"unit\":\"user\"", "\"area\"", "\"area_km\":", "\"from\":", "\"share\":",
      "\"arms\":[", "\"weight\":", "\"set\":{", "\"model\":", "\"head\":", "0.000001", "1e-7",
    ]
  ) {
    let arms = #"[{"name": "a"}, {"name": "b", "weight": 2, "set": {"exploration_rate": 0.2}}]"#
    return [
      #"{"layers": [{"name": "l", "unit": "user", "experiments": [{"name": "x", "share": 0.1, "arms": \#(arms)}]}]}"#,
      #"{"layers": [{"name": "l", "unit": "area", "area_km": 5, "experiments": [{"name": "x", "from": 0.5, "share": 0.5, "arms": [{"name": "m", "set": {"model": "a/2", "head": "click=0.5,order=1"}}]}]}, {"name": "k", "unit": "request", "experiments": []}]}"#,
      #"{"layers": [{"name": "l", "unit": "user", "experiments": [{"name": "x", "share": 0.6, "arms": \#(arms)}, {"name": "y", "from": 0.5, "share": 0.6, "arms": []}]}]}"#,
    ].map { Array($0) }
  } read: { bytes in
    let set: ExperimentSet
    do throws(ExperimentError) {
      set = try ExperimentSet(parsing: bytes, file: file)
    } catch {
      try namesPlaces(error.problems)
      return .refused
    }
    let again = try? ExperimentSet(parsing: laidOut(bytes), file: file)
    try promise(again == set, "\(set) is \(again as Any) when laid out anew")
    try promise(set.chances.allSatisfy { $0 > 0 && $0 <= 1 }, "\(set.chances)")
    return .accepted
  }

  static let mapping = FuzzTarget(
    "import-mapping",
    dictionary: [
      "\"column\":", "\"constant\":", "\"scale\":", "\"unit\":\"seconds\"", "\"values\":{",
      "\"delimiter\":\";\"", "\"header\":[", "\"events\":{", "\"users\":{",
    ]
  ) {
    [
      #"{"items": {"id": "venue", "latitude": "lat", "longitude": {"column": "lon", "scale": 0.5}}}"#,
      #"{"events": {"time": {"column": "at", "unit": "seconds"}, "user": "u", "item": "i", "kind": {"column": "k", "values": {"a": "order"}}, "delimiter": ";", "header": ["at", "u"]}}"#,
      #"{"users": {"id": {"constant": 7}}}"#,
    ].map { Array($0) }
  } read: { bytes in
    let mapping: ImportMapping
    do throws(ImportError) {
      mapping = try ImportMapping(parsing: bytes, file: file)
    } catch {
      guard case .mapping(let problems) = error else { throw error }
      try namesPlaces(problems)
      return .refused
    }
    let again = try? ImportMapping(parsing: laidOut(bytes), file: file)
    try promise(again == mapping, "\(mapping) is \(again as Any) when laid out anew")
    return .accepted
  }

  static let address = FuzzTarget("address", dictionary: ["unix:", "file:", "127.0.0.1", "[::1]"]) {
    ["127.0.0.1:80", "[::1]:1,localhost:2", "unix:/run/x, a:0", "file:/etc/replicas", "dns:a.b:53"]
      .map { Array($0) }
  } read: { bytes in
    guard let source = ReplicaSource(String(decoding: bytes, as: UTF8.self)) else {
      return .refused
    }
    try promise(ReplicaSource(source.description) == source, "\(source) is read otherwise")
    return .accepted
  }
}
