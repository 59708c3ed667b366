import Storage
import TestSupport
import Testing

@testable import Inference

@Suite struct VersionLoaderTests {
  private let folder = TemporaryFolder()
  private static let warmUp = "distance,cuisine,price=level\n0,0,-2\n1,5,9\n,,\n"

  private func load() throws -> LoadedVersion {
    try VersionLoader().load(
      VersionFolder(name: "taste", version: "4", path: folder.file("taste/4")))
  }

  private func refusal() -> ModelRefusal? {
    do {
      _ = try load()
      return nil
    } catch {
      return error as? ModelRefusal
    }
  }

  private func add(
    _ text: String = SampleModel.mixed, card: String? = nil, warmUp: String? = nil
  ) {
    folder.addModel("taste/4", text, card: card, warmUp: warmUp)
  }

  private func scores() throws -> [Double] {
    let rows = try WarmUpRows(parsing: Array(Self.warmUp.utf8))
    return try SampleModel.load(SampleModel.mixed).score(matrix: rows.matrix, columns: 3)
  }

  @Test func `a version is its model under the folder's names, with its card`() throws {
    add(card: #"{"schema": "ff", "author": "Ada"}"#)
    let version = try load()
    #expect(version.reference == "taste/4")
    #expect(version.schema == 0xFF)
    #expect(version.card.author == "Ada")
    #expect(version.heads[0].model.schema == 0xFF)
  }

  @Test func `a version whose warm-up rows score as the card says is served`() throws {
    add(card: #"{"warm_up_scores": \#(try scores())}"#, warmUp: Self.warmUp)
    #expect(try load().reference == "taste/4")
  }

  @Test func `other scores than the card's are refused with the row`() throws {
    var wrong = try scores()
    wrong[1] += 0.01
    add(card: #"{"warm_up_scores": \#(wrong)}"#, warmUp: Self.warmUp)
    let found = refusal()
    let refusal = try #require(found)
    #expect(refusal.reason == .scores)
    #expect(refusal.path == folder.file("taste/4/warmup.csv"))
    #expect(refusal.detail == "row 2 scores \(wrong[1] - 0.01), the card says \(wrong[1])")
  }

  @Test func `scores without rows, and another number of them, are refused`() throws {
    add(card: #"{"warm_up_scores": [1, 2]}"#)
    #expect(refusal()?.reason == .scores)
    #expect(refusal()?.detail == "is not there, but the card has its scores")
    add(card: #"{"warm_up_scores": [1, 2]}"#, warmUp: Self.warmUp)
    #expect(refusal()?.detail == "the card has 2 warm-up scores, the rows have 3")
  }

  @Test func `differences that a library's arithmetic makes are none`() {
    func difference(_ found: Double, _ expected: Double) -> String? {
      VersionLoader.difference([found], [expected], heads: 1)
    }
    #expect(difference(1_000_000, 1_000_000.5) == nil)
    #expect(difference(0.5, 0.5 + 9e-7) == nil)
    #expect(difference(0.5, 0.5 + 2e-6) != nil)
    #expect(difference(.nan, 0.5) != nil)
  }

  @Test func `a card, warm-up rows and a model that differ in a feature are refused with it`() {
    add(card: #"{"features": ["distance", "kitchen", "price=level"]}"#)
    #expect(refusal()?.reason == .features)
    #expect(refusal()?.path == folder.file("taste/4/model.txt"))
    #expect(refusal()?.detail == "column 2 is cuisine, not kitchen")
    add(card: "{}", warmUp: "distance,cuisine\n1,2\n")
    #expect(refusal()?.path == folder.file("taste/4/warmup.csv"))
    #expect(refusal()?.detail == "column 3, price=level, is missing")
    add(
      card: #"{"snapshot": {"features": [{"name": "distance"}, {"name": "price=level"}]}}"#)
    #expect(refusal()?.detail == "column 2 is price=level, not cuisine")
  }

  @Test func `a file that is damaged or missing is refused with its path`() {
    folder.makeFolder("taste/4")
    #expect(refusal()?.reason == .file)
    #expect(refusal()?.detail == "cannot be opened: No such file or directory")
    add("tree\nversion=v1\n")
    #expect(refusal()?.reason == .file)
    #expect(refusal()?.description.hasPrefix(folder.file("taste/4/model.txt") + ": line 2") == true)
    add(card: "{")
    #expect(refusal()?.reason == .card)
    #expect(refusal()?.path == folder.file("taste/4/card.json"))
    add(card: "{}", warmUp: "distance,cuisine,price=level\nx,1,2\n")
    #expect(refusal()?.reason == .file)
    #expect(refusal()?.detail == "line 2, column 1: 'x' is not a number")
  }

  @Test func `heads are the files that the card names, of one list of features`() throws {
    folder.write(SampleModel.mixed, to: "taste/4/click.txt")
    folder.write(SampleModel.mixed, to: "taste/4/order.txt")
    folder.write(
      #"{"heads": [{"name": "click", "file": "click.txt"}, {"name": "order", "file": "order.txt"}]}"#,
      to: "taste/4/card.json")
    let version = try load()
    #expect(version.headNames == ["click", "order"])
    #expect(version.headCount == 2)
    folder.write(
      SampleModel.mixed(replacing: "cuisine", with: "kitchen"), to: "taste/4/order.txt")
    #expect(refusal()?.reason == .features)
    #expect(refusal()?.path == folder.file("taste/4/order.txt"))
  }

  @Test func `the shipped models prove themselves`() throws {
    let directory = ModelDirectory("\(Checkout.root)/deploy/models")
    let folders = try directory.list().keys
    #expect(!folders.isEmpty)
    for folder in folders {
      let version = try VersionLoader().load(folder)
      #expect(version.card.warmUpScores.count == 200)
      #expect(version.card.snapshot?.features.count == version.columnCount)
      #expect(version.card.trainedOn != nil)
    }
  }
}
