import TestSupport
import Testing

@testable import Inference

@Suite struct VersionInventoryTests {
  private let folder = TemporaryFolder()

  private func place(_ version: String) -> VersionFolder {
    VersionFolder(name: "m", version: version, path: folder.file("m/\(version)"))
  }

  /// A look that is the same for the same mark, and no other.
  private func look(_ mark: String) -> VersionStamp {
    let file = "looks/\(mark)/model.txt"
    if folder.bytes(of: file).isEmpty { folder.write(mark, to: file) }
    return VersionStamp(of: folder.file("looks/\(mark)"))
  }

  /// What expectations may change: they take values for constant.
  private final class Kept {
    private var inventory = VersionInventory()
    var versions: [LoadedVersion] { inventory.versions }
    var refusals: [(folder: VersionFolder, refusal: ModelRefusal)] { inventory.refusals }

    func observe(
      _ found: [VersionFolder: VersionStamp], settled: Bool = false
    ) -> VersionInventory.Changes {
      inventory.observe(found, settled: settled)
    }

    func tried(
      _ folder: VersionFolder, _ result: Result<LoadedVersion, ModelRefusal>, stamp: VersionStamp
    ) -> Bool {
      inventory.tried(folder, result, stamp: stamp)
    }
  }

  private let refusal = ModelRefusal(.scores, "m/2/warmup.csv", "wrong")

  @Test func `at the start everything is loaded at once, the highest first`() throws {
    let inventory = Kept()
    let found = [place("2"): look("a"), place("10"): look("b"), place("9"): look("c")]
    let changes = inventory.observe(found, settled: true)
    #expect(changes.toLoad.map(\.version) == ["10", "9", "2"])
    #expect(changes.dropped == [])
  }

  @Test func `a version that is being written is left until two looks find it the same`() throws {
    let inventory = Kept()
    #expect(inventory.observe([place("1"): look("half")]).toLoad == [])
    #expect(inventory.observe([place("1"): look("more")]).toLoad == [])
    #expect(inventory.observe([place("1"): look("more")]).toLoad == [place("1")])
  }

  @Test func `what was tried is not tried again until its files change`() throws {
    let inventory = Kept()
    let one = try SampleVersion.load("m", "1")
    _ = inventory.observe([place("1"): look("a"), place("2"): look("a")], settled: true)
    let isLoaded = inventory.tried(place("1"), .success(one), stamp: look("a"))
    let isRefused = inventory.tried(place("2"), .failure(refusal), stamp: look("a"))
    #expect(isLoaded && isRefused)
    #expect(inventory.versions.map(\.version) == ["1"])
    #expect(inventory.refusals.map(\.refusal) == [refusal])
    for _ in 0..<3 {
      let same = [place("1"): look("a"), place("2"): look("a")]
      #expect(inventory.observe(same) == .init())
    }
    let changed = [place("1"): look("a"), place("2"): look("b")]
    #expect(inventory.observe(changed).toLoad == [])
    #expect(inventory.observe(changed).toLoad == [place("2")])
    let two = try SampleVersion.load("m", "2")
    #expect(inventory.tried(place("2"), .success(two), stamp: look("b")))
    #expect(inventory.refusals.isEmpty)
    #expect(inventory.versions.count == 2)
  }

  @Test func `a bad file in a version's place leaves the good one, and says so`() throws {
    let inventory = Kept()
    _ = inventory.observe([place("1"): look("a")], settled: true)
    _ = inventory.tried(place("1"), .success(try SampleVersion.load("m", "1")), stamp: look("a"))
    _ = inventory.observe([place("1"): look("b")])
    _ = inventory.observe([place("1"): look("b")])
    #expect(inventory.tried(place("1"), .failure(refusal), stamp: look("b")))
    #expect(inventory.versions.count == 1)
    #expect(inventory.refusals.count == 1)
  }

  @Test func `what was read while it changed does not count`() throws {
    let inventory = Kept()
    _ = inventory.observe([place("1"): look("a")], settled: true)
    #expect(!inventory.tried(place("1"), .failure(refusal), stamp: look("b")))
    #expect(inventory.refusals.isEmpty)
    #expect(inventory.observe([place("1"): look("b")]).toLoad == [])
    #expect(inventory.observe([place("1"): look("b")]).toLoad == [place("1")])
  }

  @Test func `what is gone is dropped, and its refusal forgotten`() throws {
    let inventory = Kept()
    _ = inventory.observe([place("1"): look("a"), place("2"): look("a")], settled: true)
    _ = inventory.tried(place("1"), .success(try SampleVersion.load("m", "1")), stamp: look("a"))
    _ = inventory.tried(place("2"), .failure(refusal), stamp: look("a"))
    #expect(inventory.observe([:]).dropped == [place("1")])
    #expect(inventory.versions.isEmpty && inventory.refusals.isEmpty)
    #expect(!inventory.tried(place("1"), .failure(refusal), stamp: look("a")))
  }
}
