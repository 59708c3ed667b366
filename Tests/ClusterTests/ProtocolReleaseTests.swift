import Synchronization
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// deploy/check-protocol: what may become of messages that are out.
  @Suite(.serialized, .enabled(if: OutsideTool.python.isPresent, OutsideTool.python.absence))
  struct ProtocolReleaseTests {
    private static let released = """
      syntax = "proto3";
      package test.v1;
      service Kitchen { rpc Cook(Order) returns (Dish); }
      // A comment = 1;
      message Order {
        string id = 1;
        repeated uint32 numbers = 2 [packed = false];
        Size size = 3;
        oneof payment { string card = 4; uint64 cash = 5; }
        reserved 6, 8 to 9;
        reserved "old";
      }
      message Dish { message Plate { bool hot = 1; } Plate plate = 1; }
      enum Size { SIZE_SMALL = 0; SIZE_LARGE = 1; }

      """

    private let temporary = TemporaryFolder()

    /// What the first release of the above wrote: the same for every change of it.
    private static let firstRelease = Mutex<[UInt8]?>(nil)
    /// Itself: a version manager's stand-in for it takes longer than the check.
    private static let interpreter = Mutex<String?>(nil)

    private func interpreter() async throws -> String {
      if let known = Self.interpreter.withLock({ $0 }) { return known }
      let run = try await OutsideTool.python.run(
        ["-c", "import sys; print(sys.executable, end='')"], in: temporary)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      Self.interpreter.withLock { $0 = run.output }
      return run.output
    }

    private func check(_ arguments: [String] = []) async throws -> FinishedProgram {
      try await FinishedProgram.run(
        try await interpreter(),
        [
          "\(DeployedFile.folder)/check-protocol", "--proto", temporary.file("proto"),
          "--released", temporary.file("released"),
        ] + arguments, in: temporary)
    }

    private func release() async throws {
      temporary.write(Self.released, to: "proto/kitchen.proto")
      if let lines = Self.firstRelease.withLock({ $0 }) {
        return temporary.write(lines, to: "released")
      }
      #expect(try await check(["--release"]).end == .exit(0))
      Self.firstRelease.withLock { $0 = temporary.bytes(of: "released") }
    }

    /// After a release of the above.
    private func check(_ old: String, becomes new: String) async throws -> FinishedProgram {
      try await release()
      let parts = Self.released.split(separator: old, omittingEmptySubsequences: false)
      #expect(parts.count == 2, "\(old) should stand there once")
      temporary.write(parts.joined(separator: new), to: "proto/kitchen.proto")
      return try await check()
    }

    @Test func `the messages of this package keep what is released`() async throws {
      let run = try await FinishedProgram.run(
        "\(DeployedFile.folder)/check-protocol", [], in: temporary)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
    }

    @Test(arguments: [
      ("string id = 1", "string id = 7", "Order 1"),
      ("string id = 1", "bytes id = 1", "Order 1"),
      ("string id = 1", "string name = 1", "Order 1"),
      ("string id = 1;", "", "reserve 1 and \"id\""),
      ("string id = 1;", "reserved 1;", "Order 1"),
      ("repeated uint32", "uint32", "Order 2"),
      (" [packed = false]", "", "Order 2"),
      ("Size size", "uint32 size", "Order 3"),
      ("uint64 cash = 5;", "", "Order 5"),
      (
        "oneof payment { string card = 4; uint64 cash = 5; }", "string card = 4; uint64 cash = 5;",
        "Order 4"
      ),
      ("8 to 9", "8", "reserved test.v1.Order 9"),
      ("reserved \"old\";", "", "reserved test.v1.Order old"),
      ("bool hot", "bool cold", "Dish.Plate 1"),
      ("SIZE_LARGE = 1", "SIZE_LARGE = 2", "Size 1"),
      ("SIZE_LARGE", "SIZE_HUGE", "Size 1"),
      ("rpc Cook(Order)", "rpc Cook(Dish)", "Kitchen/Cook"),
      ("rpc Cook", "rpc Boil", "Kitchen/Cook"),
    ])
    func `what would break a program that is out is refused`(
      old: String, new: String, complaint: String
    ) async throws {
      let run = try await check(old, becomes: new)
      #expect(run.end == .exit(1), "\(run.output)")
      #expect(run.errorOutput.contains(complaint), "\(run.errorOutput)")
      let before = temporary.bytes(of: "released")
      #expect(try await check(["--release"]).end == .exit(1))
      #expect(temporary.bytes(of: "released") == before, "what is broken is not released")
    }

    @Test(arguments: [
      ("string id = 1;", "string id = 1; string note = 7;"),
      ("string id = 1;", "reserved 1; reserved \"id\";"),
      ("SIZE_LARGE = 1;", "SIZE_LARGE = 1; SIZE_HUGE = 2;"),
      ("SIZE_LARGE = 1;", "reserved 1; reserved \"SIZE_LARGE\";"),
      (
        "rpc Cook(Order) returns (Dish);",
        "rpc Cook(Order) returns (Dish); rpc Boil(Order) returns (Dish);"
      ),
      ("A comment", "Another comment"),
    ])
    func `what is added, or given up for good, is fine`(old: String, new: String) async throws {
      let run = try await check(old, becomes: new)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      #expect(try await check(["--release"]).end == .exit(0))
      #expect(try await check().end == .exit(0))
    }

    @Test(arguments: [
      "message A { map<string, string> a = 1; }", "message A { string a = 1; bytes b = 1; }",
      "message A { string a = 1;", "extend A {}",
    ])
    func `what is not understood is not let through`(text: String) async throws {
      temporary.write("package a; \(text)", to: "proto/a.proto")
      temporary.write("", to: "released")
      let run = try await check()
      #expect(run.end == .exit(65), "\(run.output)")
      #expect(run.errorOutput.contains("a.proto"), "\(run.errorOutput)")
    }
  }
}
