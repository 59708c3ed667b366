internal import JSON
internal import Storage

/// What is known of a model beside its trees: `card.json`, as `deploy/train` writes it. Everything
/// on it is optional; what else it has (metrics, parameters) is for people.
package struct ModelCard: Equatable, Sendable {
  static let fileName = "card.json"
  /// Warm-up scores and the snapshot of a few hundred features are a tenth of it.
  static let bytesMax = 4 << 20
  /// Heads of a version: each is a model of its own to be scored.
  static let headsMax = 16

  /// One of several models that a version scores its rows with.
  package struct Head: Equatable, Sendable {
    package var name: String
    /// In the version's folder.
    package var file: String
  }

  /// Fingerprint of the feature definition that it was trained on; 0 where none is recorded.
  package var schema: UInt64 = 0
  /// Names of the columns, in order; empty where they are not recorded.
  package var features: [String] = []
  /// Whom to ask; empty where nobody is named.
  package var author = ""
  /// Times of the first and last row that it learnt from, Unix milliseconds.
  package var trainedOn: ClosedRange<Int64>?
  /// Empty: one model, in `model.txt`, whose head has no name.
  package var heads: [Head] = []
  /// Of the rows in `warmup.csv`, rows × heads; empty where they are not recorded.
  package var warmUpScores: [Double] = []
  /// What it was trained on, to hold live rows against.
  package var snapshot: TrainingSnapshot?
  /// It scores beside the version that serves, and answers nobody that does not name it.
  package var isShadow = false

  package init() {}

  package struct Invalid: Error, CustomStringConvertible {
    package let description: String
  }

  package init(parsing bytes: [UInt8]) throws(Invalid) {
    do throws(JSONError) {
      try self.init(CardFields(try JSONValue(parsing: bytes)))
    } catch {
      throw Invalid(description: "\(Self.fileName):\(error)")
    }
  }

  private init(_ fields: CardFields) throws(JSONError) {
    schema = try fields.hexadecimal("schema") ?? 0
    features = try fields.strings("features")
    author = try fields.string("author") ?? ""
    trainedOn = try fields.object("trained_on")?.times("first_ms", "last_ms")
    heads = try fields.objects("heads", limit: Self.headsMax).map { fields throws(JSONError) in
      Head(name: try fields.required("name"), file: try fields.fileName("file"))
    }
    warmUpScores = try fields.numbers("warm_up_scores")
    snapshot = try fields.object("snapshot").map { fields throws(JSONError) in
      try TrainingSnapshot(fields)
    }
    isShadow = try fields.flag("shadow")
  }

  /// The card in a version's folder; a folder without one has one on which nothing is recorded.
  static func read(in folder: String) throws -> ModelCard {
    let bytes: [UInt8]
    do {
      bytes = try DiskFile.read("\(folder)/\(fileName)", limitBytes: bytesMax)
    } catch DiskFile.Failure.cannotOpen {
      return ModelCard()
    }
    return try ModelCard(parsing: bytes)
  }
}
