internal import JSON

/// What a set of training rows is made of; the sidecar file says the same.
package struct TrainingSetSummary: Equatable, Sendable {
  /// Of the feature definition.
  package internal(set) var name = ""
  package internal(set) var version = 0
  package internal(set) var fingerprint: UInt64 = 0
  package internal(set) var features: [String] = []
  /// Requests that showed something, or orders that answer none.
  package internal(set) var groups = 0
  /// Of these, the first so many are to learn from and the others to tune by; nil where whoever
  /// trains is to split.
  package internal(set) var learningGroups: Int?
  package internal(set) var rows = 0
  /// Rows by label.
  package internal(set) var rowsByLabel: [Int: Int] = [:]
  /// Groups without a click or an order: nothing can be learnt from them, so they are left out.
  package internal(set) var groupsWithoutLabel = 0
  package internal(set) var firstMilliseconds: Int64?
  package internal(set) var lastMilliseconds: Int64?

  /// 16 digits: how models name the definition that they were trained on.
  package var fingerprintHex: String {
    let digits = String(fingerprint, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  package var text: String {
    "\(rows) rows of \(features.count) features in \(groups) groups "
      + "(\(groupsWithoutLabel) groups without a click or an order are left out), "
      + "schema \(fingerprintHex)"
  }

  /// One JSON object. The fingerprint as a text: most readers of JSON round 64-bit numbers.
  package var json: String {
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.member("definition", name)
      writer.member("definition_version", version)
      writer.member("schema", fingerprintHex)
      writer.member("schema_decimal", String(fingerprint))
      writer.key("features")
      writer.array { writer in features.forEach { writer.value($0) } }
      writer.member("groups", groups)
      writer.member("groups_without_label", groupsWithoutLabel)
      if let learningGroups {
        writer.key("split")
        writer.object { writer in
          writer.member("learn", learningGroups)
          writer.member("tune", groups - learningGroups)
        }
      }
      writer.member("rows", rows)
      writer.key("rows_by_label")
      writer.object { writer in
        for (label, count) in rowsByLabel.sorted(by: { $0.key < $1.key }) {
          writer.member(String(label), count)
        }
      }
      if let firstMilliseconds, let lastMilliseconds {
        writer.member("first_ms", firstMilliseconds)
        writer.member("last_ms", lastMilliseconds)
      }
    }
    return writer.string
  }
}
