internal import Definitions
internal import Messages
internal import Node
internal import RPC
internal import Storage
internal import Telemetry

/// Options that several commands share.
extension Settings {
  mutating func outputFormat() -> OutputFormat {
    choice("output", default: OutputFormat.table, "how results are printed; -o for short")
  }

  mutating func gateway() -> ReplicaSource {
    value(
      "gateway", default: .list([.tcp(host: "127.0.0.1", port: UpCommand.defaultPort)]),
      shown: \.description, placeholder: "HOST:PORT,…", "gateways to ask",
      parse: replicaSource)
  }

  /// A place as `LAT,LON`; nil where none was given.
  mutating func place(_ key: String, _ help: String) -> Coordinate? {
    value(
      key, default: nil, shown: { $0.map { "\($0.latitude),\($0.longitude)" } ?? "" },
      placeholder: "LAT,LON", help
    ) { text throws(SettingProblem) in
      let parts = text.split(separator: ",").map { Double($0.filter { $0 != " " }) }
      guard parts.count == 2, let latitude = parts[0], let longitude = parts[1] else {
        throw SettingProblem("\"\(text)\" is not LAT,LON in degrees")
      }
      var place = Place()
      place.latitude = latitude
      place.longitude = longitude
      guard let coordinate = Coordinate(place) else {
        throw SettingProblem("\(text) is no place on Earth")
      }
      return coordinate
    }
  }

  /// The time to rank at, Unix milliseconds; 0 stands for the clock.
  mutating func now() -> Int64 { time("now", "time to rank at") }

  /// Unix milliseconds; 0 where none was given.
  mutating func time(_ key: String, _ help: String) -> Int64 {
    value(
      key, default: Int64(0), shown: { $0 == 0 ? "" : String($0) }, placeholder: "TIME",
      "\(help): ISO 8601 as 2012-11-02T18:45-04:00, or Unix milliseconds"
    ) { text throws(SettingProblem) in
      if let number = Int64(text), number > 0 { return number }
      guard let time = try? Timestamp.parse(text, unit: .iso8601) else {
        throw SettingProblem("\"\(text)\" is neither ISO 8601 nor Unix milliseconds")
      }
      return time
    }
  }
}

func replicaSource(_ text: String) throws(SettingProblem) -> ReplicaSource {
  guard let source = ReplicaSource(text) else {
    throw SettingProblem(
      "\"\(text)\" is neither HOST:PORT, with commas between several, file:PATH nor dns:NAME:PORT")
  }
  return source
}

extension Brigade {
  /// Longest file that a command reads whole: models and CSVs to score.
  static let fileBytesMax = 1 << 30

  static func readFile(_ path: String) throws(DiskFile.Failure) -> [UInt8] {
    try DiskFile.read(path, limitBytes: fileBytesMax)
  }

  static let identity = Identity(replica: "brigade", software: "brigade \(brigadeVersion)")

  static func client(
    _ service: String, at source: ReplicaSource, token: ClusterToken = .none
  ) async throws(CommandFailure) -> Client {
    var identity = identity
    identity.token = token.text
    do throws(SystemError) {
      return try await Client(service, at: source, identity: identity)
    } catch {
      throw CommandFailure("\(error)")
    }
  }
}

extension CommandFailure {
  /// 64 + gRPC's code, so that scripts can tell failures apart.
  init(_ error: RPCError) {
    self.init("\(error)", status: ExitStatus.usage + Int32(error.code.rawValue))
  }
}

extension CallOptions {
  static func within(milliseconds: Int) -> CallOptions {
    CallOptions(
      deadline: Instant.now().adding(milliseconds: Int64(milliseconds)),
      // Another replica is tried well before the caller gives up.
      attemptNanoseconds: Int64(milliseconds) * 400_000)
  }
}
