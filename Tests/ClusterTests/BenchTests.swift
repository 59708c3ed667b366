import JSON
import TestSupport
import Testing

extension RealProcesses {
  /// Benchmarks of real processes, for moments only: that they run, not how fast.
  @Suite(.serialized) struct BenchTests {
    private let folder = TemporaryFolder()

    private func bench(_ arguments: [String], from place: String) async throws -> FinishedProgram {
      try await FinishedProgram.run(
        "/usr/bin/env", ["-C", place, try Executables.path("brigade"), "bench"] + arguments,
        in: folder, seconds: 120)
    }

    @Test func `the edge is measured in every protocol`() async throws {
      let run = try await bench(
        ["edge", "--milliseconds", "20", "--rounds", "1", "--json"], from: Checkout.root)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let json = try JSONValue(parsing: Array(run.output.utf8))
      let rows = json["rows"]?.array ?? []
      #expect(
        rows.map { "\($0["protocol"]?.string ?? "") \($0["connections"]?.number ?? "")" } == [
          "binary 1", "http-proto 1", "http-json 1", "http-json-gzip 1",
          "binary 4", "http-proto 4", "http-json 4", "http-json-gzip 4",
        ])
      for row in rows {
        for column in ["rps", "p50_us", "p99_us", "gateway_cpu_us", "cpu_ratio"] {
          #expect((row[column]?.double ?? 0) > 0, "\(column) of \(row)")
        }
      }
      func bytes(_ index: Int) -> Double { rows[index]["response_bytes"]?.double ?? 0 }
      #expect(bytes(0) < bytes(1) && bytes(1) < bytes(2) && bytes(3) < bytes(2))
    }

    @Test func `a request whose trace is not kept allocates nothing for it`() async throws {
      let run = try await bench(
        ["trace", "--milliseconds", "50", "--rounds", "1", "--json"], from: folder.path)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let json = try JSONValue(parsing: Array(run.output.utf8))
      let rows = json["rows"]?.array ?? []
      #expect(rows.map { $0["trace"]?.string } == ["sampled out", "kept"])
      for row in rows { #expect((row["hop_ns"]?.double ?? 0) > 0, "\(row)") }
      let allocations = try #require(rows[0]["request_allocations"]?.double)
      // Without an optimizer, what is inlined else is boxed.
      #expect(allocations < 0.02 || !isOptimised, "\(rows[0])")
    }

    @Test func `gateways that keep more and less traces are measured in turn`() async throws {
      let run = try await bench(
        ["sampling", "--milliseconds", "60", "--rounds", "1", "--json"], from: Checkout.root)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let rows = try JSONValue(parsing: Array(run.output.utf8))["rows"]?.array ?? []
      #expect(rows.map { $0["sample_rate"]?.double } == [0, 0, 0.01, 1])
      for row in rows {
        #expect(row["turns"]?.int64 == 2)
        for column in ["rps", "gateway_cpu_us"] {
          #expect((row[column]?.double ?? 0) > 0, "\(column) of \(row)")
        }
        for column in ["rps", "cpu"] {
          let bounds = ["low", "ratio", "high"].map { row["\(column)_\($0)"]?.double ?? 0 }
          #expect(bounds[0] > 0 && bounds == bounds.sorted(), "\(column) of \(row)")
        }
      }
      #expect(rows.first?["cpu_ratio"]?.double == 1)
    }

    @Test func `a synchronous call allocates nothing, and all are measured beside the floor`()
      async throws
    {
      let run = try await bench(
        ["rpc", "--milliseconds", "100", "--rounds", "1", "--json"], from: folder.path)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let json = try JSONValue(parsing: Array(run.output.utf8))
      let rows = json["rows"]?.array ?? []
      let handlers = [
        "floor", "sync", "sync-counted", "sync-values", "async", "refused", "fanout",
      ]
      #expect(rows.count == 4 * handlers.count)
      for (index, row) in rows.enumerated() {
        #expect(row["handler"]?.string == handlers[index % handlers.count])
        for column in [
          "payload_bytes", "connections", "in_flight", "server_cpu_us", "floor_ratio",
          "p50_us", "p99_us", "rps",
        ] {
          #expect((row[column]?.double ?? 0) > 0, "\(column) of \(row)")
        }
        let allocations = try #require(row["allocations"]?.double)
        // A timer of the server's own ticks now and then; a sanitizer keeps them from being counted.
        // Code that is not optimised boxes what optimised code keeps in place.
        let isFree =
          isOptimised && ["floor", "sync", "sync-counted"].contains(row["handler"]?.string)
        #expect(!isFree || allocations < 0.02, "\(row)")
      }
    }

    @Test func `a model is scored by each kernel, with the scores that its trees give`()
      async throws
    {
      let shipped = Checkout.root + "/deploy/models/browse/1/model.txt"
      let run = try await bench(
        [
          "inference", "--model", "\(shipped),\(shipped)", "--rows",
          "40", "--milliseconds", "5", "--rounds", "1", "--json",
        ], from: folder.path)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let rows = try JSONValue(parsing: Array(run.output.utf8))["rows"]?.array ?? []
      let kernels = rows.compactMap { $0["kernel"]?.string }
      // LightGBM itself is measured where Python has it.
      #expect(kernels.contains("lightgbm") || run.errorOutput.contains("is not measured"))
      #expect(kernels.first == "portable")
      #expect(kernels.suffix(2).map { $0.hasSuffix(" heads apart") } == [true, false])
      #expect(kernels.last?.hasSuffix(", 2 heads together") == true)
      for row in rows {
        #expect(row["rows"]?.int64 == 40)
        for column in [
          "features", "trees", "leaves", "batch_us_p50", "batch_us_p99", "row_us_p50",
        ] {
          #expect((row[column]?.double ?? 0) > 0, "\(column) of \(row)")
        }
      }
      let nameless = try await bench(["inference"], from: folder.path)
      #expect(nameless.end == .exit(64))
      #expect(nameless.errorOutput.contains("--model FILE"))
    }

    @Test func `models are loaded between requests, none of which fails`() async throws {
      let run = try await bench(
        ["reload", "--milliseconds", "900", "--rounds", "1", "--json"], from: folder.path)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let json = try JSONValue(parsing: Array(run.output.utf8))
      let rows = json["rows"]?.array ?? []
      #expect(rows.map { $0["windows"]?.string } == ["quiet", "reload"])
      for row in rows {
        for column in ["rps", "requests", "p50_us", "p99_us", "p99_ratio"] {
          #expect((row[column]?.double ?? 0) > 0, "\(column) of \(row)")
        }
        #expect(row["failed"]?.number == "0")
      }
      #expect(rows.first?["reloads"]?.number == "0")
      #expect((rows.last?["reloads"]?.double ?? 0) > 0)
    }

    @Test func `a second replica of each service is measured beside a single one`() async throws {
      let run = try await bench(
        ["scale", "--milliseconds", "500", "--rounds", "1", "--json"], from: Checkout.root)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let json = try JSONValue(parsing: Array(run.output.utf8))
      let rows = json["rows"]?.array ?? []
      #expect(
        rows.map { "\($0["service"]?.string ?? "") \($0["replicas"]?.number ?? "")" } == [
          "retrieval 1", "retrieval 2", "features 1", "features 2", "inference 1", "inference 2",
        ])
      for row in rows {
        #expect((row["cpu_us"]?.double ?? 0) > 0, "\(row)")
        // For moments on a busy machine; what a second replica costs takes longer to see.
        #expect((0.2...5).contains(row["cpu_ratio"]?.double ?? 0), "\(row)")
      }
    }

    @Test func `outside of a checkout it says what is missing`() async throws {
      let run = try await bench(["edge"], from: folder.path)
      #expect(run.end == .exit(1))
      #expect(run.errorOutput.contains("deploy/features.json"), "\(run.errorOutput)")
      let nameless = try await bench([], from: folder.path)
      #expect(nameless.end == .exit(64))
      #expect(nameless.errorOutput.contains("edge: the gateway's processor time"))
    }
  }
}

#if DEBUG
  private let isOptimised = false
#else
  private let isOptimised = true
#endif
