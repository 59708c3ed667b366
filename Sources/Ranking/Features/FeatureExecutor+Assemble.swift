package import Definitions

extension FeatureExecutor {
  /// One row for each key, in order. Waits for nothing; O(rows × columns × log n).
  ///
  /// `clock` gives monotonic nanoseconds, and is read three times. Without a coordinate, all
  /// distances from the request's place are missing.
  package func assemble(
    userID: String, nowMilliseconds: Int64, coordinate: Coordinate?, keys: [UInt64],
    clock: () -> UInt64
  ) throws(AssembleError) -> AssembledRows {
    guard keys.count <= limits.rowsMax else {
      throw .tooManyRows(keys.count, limit: limits.rowsMax)
    }
    let start = clock()
    let request = AssemblyContext(
      self, userID: userID, instant: RequestInstant(milliseconds: nowMilliseconds),
      coordinate: coordinate, keys: keys)
    var matrix = [Float](repeating: .nan, count: keys.count * definition.features.count)
    fill(&matrix, request, dependingOnRequest: false)
    let between = clock()
    fill(&matrix, request, dependingOnRequest: true)
    for derived in plan.derived { derived.fill(&matrix, columns: definition.features.count) }
    let end = clock()
    return AssembledRows(
      fingerprint: definition.fingerprint, columns: definition.features.count, matrix: matrix,
      unknownItems: request.items.count { $0 < 0 }, storedNanoseconds: between &- start,
      requestNanoseconds: end &- between, logPosition: position)
  }

  private func fill(
    _ matrix: inout [Float], _ request: AssemblyContext, dependingOnRequest: Bool
  ) {
    let columns = definition.features.count
    for (column, feature) in definition.features.enumerated()
    where feature.computation.dependsOnRequest == dependingOnRequest {
      let values = ColumnValues(self, request, plan.columns[column])
      for row in request.items.indices {
        let value = values[row]
        matrix[row * columns + column] = value.isNaN ? feature.missing : value
      }
    }
  }
}
