/// A record of a data file, or of what is to become one, that cannot be used.
package struct DataError: Error, Equatable, CustomStringConvertible {
  /// The file, or what else the records come from.
  package let source: String
  /// Counts from 1; 0 when it is the source as a whole.
  package let record: UInt64
  package let reason: String

  package init(source: String, record: UInt64 = 0, reason: String) {
    self.source = source
    self.record = record
    self.reason = reason
  }

  package var description: String {
    record == 0 ? "\(source): \(reason)" : "\(source): record \(record): \(reason)"
  }
}
