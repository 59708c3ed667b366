/// A reader of untrusted bytes, and what must hold of whatever it makes of them.
package struct FuzzTarget: Sendable, CustomStringConvertible {
  package enum Outcome: Sendable {
    case accepted
    case refused
  }

  /// Inputs are cut to it, so that an input is quick: what needs more is bounded by a limit that the
  /// target sets lower.
  package static let inputBytesMax = 4_096

  /// For command lines and file names: letters and hyphens.
  package let name: String
  /// Words that mutations put in, as chance would hardly spell them.
  package let dictionary: [[UInt8]]
  private let makeSeeds: @Sendable () -> [[UInt8]]
  private let read: @Sendable ([UInt8]) throws -> Outcome

  package init(
    _ name: String, dictionary: [String] = [], seeds: @escaping @Sendable () -> [[UInt8]],
    read: @escaping @Sendable ([UInt8]) throws -> Outcome
  ) {
    self.name = name
    self.dictionary = dictionary.map { Array($0.utf8) }
    makeSeeds = seeds
    self.read = read
  }

  package var description: String { name }

  /// Where the search begins: inputs that reach far into the reader.
  package var seeds: [[UInt8]] { makeSeeds() }

  /// - Throws: when something does not hold that must; that bytes are refused is an outcome.
  package func run(_ bytes: [UInt8]) throws -> Outcome {
    try read(bytes.count > Self.inputBytesMax ? Array(bytes.prefix(Self.inputBytesMax)) : bytes)
  }

  package static let all: [FuzzTarget] = [
    frameDecoder, heads, bodies, json, toJSON, fromJSON, httpRequest, adminRequest, gzip,
    configuration, featureDefinition, experiments, mapping, csv, model, xgboost, address,
  ]
}

/// What must hold and does not.
package struct BrokenPromise: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}

func promise(_ holds: Bool, _ what: @autoclosure () -> String) throws(BrokenPromise) {
  if !holds { throw BrokenPromise(description: what()) }
}

extension Array where Element == UInt8 {
  init(_ text: String) { self = Array(text.utf8) }
}
