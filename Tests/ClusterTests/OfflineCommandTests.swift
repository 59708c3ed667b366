import Definitions
import Glibc
import JSON
import Messages
import Node
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// Commands that work on files, and what they make put to use.
  @Suite(.serialized) struct OfflineCommandTests {
    private static let nyc = "data/nyc/venues.csv.gz"
    private let folder = TemporaryFolder()

    private func brigade(_ arguments: [String]) async throws -> FinishedProgram {
      try await FinishedProgram.run("brigade", arguments, in: folder)
    }

    @Test func `without a command the overview is printed with status 64`() async throws {
      let bare = try await brigade([])
      #expect(bare.end == .exit(64))
      let help = try await brigade(["--help"])
      #expect(help.end == .exit(0))
      #expect(help.output == bare.output)
      for command in ["up", "rank", "call", "load", "import", "score"] {
        let own = try await brigade([command, "--help"])
        #expect(own.end == .exit(0))
        #expect(own.output.contains("Examples:\n  brigade \(command) "), "\(own.output)")
        #expect(help.output.contains("\n\(command) "))
      }
      let typo = try await brigade(["rnak"])
      #expect(typo.end == .exit(64))
      #expect(typo.errorOutput.contains("did you mean rank?"))
    }

    @Test func `score prints one line a row`() async throws {
      let town = try SmallTown(in: folder)
      let columns = Int(SmallTown.featureCount)
      let near = Array(repeating: "0", count: columns).joined(separator: ",")
      let far = (["9"] + Array(repeating: "nan", count: columns - 1)).joined(separator: ",")
      folder.write("\(near)\n\(far)\n", to: "rows.csv")
      let run = try await brigade([
        "score", "--model", "\(town.modelsFolder)/browse/1/model.txt", "--input",
        folder.file("rows.csv"), "--raw",
      ])
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      // The first stump splits at 1.5, the others at 0.5 with NaN going left.
      let others = -0.125 * Double(columns - 1)
      #expect(run.output == "\(0.5 + others)\n\(-0.5 + others)\n")

      folder.write("1,2\n", to: "short.csv")
      let short = try await brigade([
        "score", "--model", "\(town.modelsFolder)/browse/1/model.txt", "--input",
        folder.file("short.csv"),
      ])
      #expect(short.end == .exit(1))
      #expect(short.errorOutput.contains("short.csv"))
      #expect(short.errorOutput.contains("line 1"))
    }

    @Test func `import counts bad rows and names their lines`() async throws {
      folder.write(
        """
        id,name,latitude,longitude,categories,price,rating
        a,Ann's,37.76,-122.41,Thai,2,4.5
        b,Bob's,91,-122.41,Thai,2,4.5
        c,Cid's,37.77,-122.42,Pizza,1,3.5

        """, to: "items.csv")
      folder.write(
        """
        time,kind,user,item
        2025-10-01T12:00:00Z,order,u1,a
        2025-10-02T12:00:00Z,order,u1,c

        """, to: "events.csv")
      let arguments = [
        "import", "--items", folder.file("items.csv"), "--events", folder.file("events.csv"),
        "--features", SmallTown.definitionPath, "--output-folder", folder.file("data"),
      ]
      let strict = try await brigade(arguments)
      #expect(strict.end == .exit(1))
      #expect(strict.errorOutput.contains("items.csv:3"), "\(strict.errorOutput)")
      #expect(!folder.names.contains("data") || !hasCatalogue)

      let run = try await brigade(arguments + ["--bad-rows-max", "0.5", "-o", "json"])
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let report = try JSONValue(parsing: Array(run.output.utf8))
      #expect(report["items"]?.number == "2")
      #expect(report["events"]?.number == "2")
      #expect(report["users_added"]?.number == "1")
      #expect(run.output.contains("\"line\": 3"), "\(run.output)")
      let catalogue = try Catalogue(loading: folder.file("data/catalogue.brigade"))
      #expect(catalogue.items.map(\.id) == ["a", "c"])
    }

    private var hasCatalogue: Bool { access(folder.file("data/catalogue.brigade"), F_OK) == 0 }

    @Test(.enabled(if: SharedData.has(nyc), Comment(rawValue: SharedData.absence(nyc))))
    func `real visits are imported, and a real user is ranked at a real place and time`()
      async throws
    {
      let shared = "\(SharedData.folder)/data/nyc"
      let data = folder.file("nyc")
      let run = try await brigade([
        "import", "--items", "\(shared)/venues.csv.gz", "--events", "\(shared)/visits.csv.gz",
        "--mapping", "\(Checkout.root)/deploy/mappings/foursquare-nyc.json", "--timezone",
        "America/New_York", "--features", SmallTown.definitionPath, "--output-folder", data,
      ])
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let catalogue = try Catalogue(loading: "\(data)/catalogue.brigade")
      #expect(catalogue.items.count > 1_000)

      var visits: [Event] = []
      try EventLog.read("\(data)/events.brigade") { event, _ in
        if event.kind == .order, event.place != nil { visits.append(event) }
      }
      let visit = try #require(visits.dropFirst(visits.count * 3 / 4).first)
      let place = try #require(visit.place)
      let town = try SmallTown(in: folder)
      let up = try await ChildProgram.start(
        "brigade",
        [
          "up", "--data", data, "--models", town.modelsFolder, "--run", folder.file("run"),
          "--port", "0", "--admin-port", "0", "--replicas", "retrieval=1,features=1,inference=1",
        ], name: "up", in: folder)
      try await wait(for: "the cluster to be ready; \(up.tail)", seconds: 60) {
        up.output.contains("ready: gateways at ") || up.end != nil
      }
      let gateway = try #require(ReadyFile(reading: folder.file("run/gateway-1.ready")))
      var json: JSONValue?
      try await wait(for: "a whole answer") {
        let answer = try await brigade([
          "rank", "--gateway", gateway.listen, "--user", visit.userID, "--at",
          "\(place.latitude),\(place.longitude)", "--now", "\(visit.timeMilliseconds)", "-o",
          "json",
        ])
        #expect(answer.end == .exit(0), "\(answer.errorOutput)")
        json = try JSONValue(parsing: Array(answer.output.utf8))
        return json?["degraded"]?.bool != true
      }
      up.send(SIGINT)
      #expect(try await up.waitForEnd() == .exit(0))
      let items = json?["items"]?.array ?? []
      #expect(items.count == 10)
      let known = Set(catalogue.items.map(\.id))
      #expect(items.allSatisfy { known.contains($0["id"]?.string ?? "") })
      #expect(items.allSatisfy { ($0["distanceKm"]?.double ?? 0) <= 10 })
      #expect(json?["model"]?.string == "browse/1")
      #expect(json?["nowMs"]?.string == "\(visit.timeMilliseconds)")
    }
  }
}
