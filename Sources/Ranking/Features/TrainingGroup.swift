/// The rows of one request, as they would have been served, and what came of them.
package struct TrainingGroup: Equatable, Sendable {
  /// The request's id, or the order's event id where nothing was shown.
  package var id: String
  package var timeMilliseconds: Int64
  package var userID: String
  package var keys: [UInt64]
  /// By row. Of what was shown: 2 ordered, 1 clicked, 0 neither. Of an order without impressions: 1
  /// the ordered item, 0 the negatives.
  package var labels: [UInt8]
  package var rows: AssembledRows
}
