package import Messages
internal import RPC
internal import Storage

/// Everything there is to rank, and for whom, in memory; it never changes.
package final class Catalogue: Sendable {
  /// Kind of the record file with everything.
  package static let kind = "catalogue"
  /// Kind of the record file with the most popular items only, best first.
  package static let popularKind = "popular"

  /// In the order of the records.
  package let items: [CatalogueItem]
  /// By id.
  package let users: [String: CatalogueUser]
  package let categoryNames: [String]
  package let zones: [ZoneTable]
  /// Equal for equal records in equal order.
  package let fingerprint: UInt64
  private let rows: KeyTable

  /// Reads and checks a record file; it must be whole.
  package convenience init(loading path: String, kind: String = Catalogue.kind) throws(DataError) {
    var builder = CatalogueBuilder(source: path)
    do {
      let reader = try RecordReader(path: path, kind: kind)
      let arena = Arena()
      while let view = try reader.next() {
        builder.record = view.number
        try builder.add(decoding: view.payload, checksum: view.checksum, in: arena)
      }
      if case .tornTail(let offset) = reader.end {
        throw StorageError.damaged(
          path: path, offset: offset, record: builder.record + 1, reason: "it is incomplete")
      }
    } catch let error as DataError {
      throw error
    } catch let error as StorageError {
      throw DataError(source: error.path, reason: error.reason)
    } catch {
      throw DataError(source: path, reason: "\(error)")
    }
    self.init(builder)
  }

  package convenience init(records: some Sequence<CatalogueRecord>) throws(DataError) {
    var builder = CatalogueBuilder(source: "records")
    for record in records {
      builder.record += 1
      try builder.add(record, checksum: RecordFile.checksum(ofRecord: record.encoded()))
    }
    self.init(builder)
  }

  private init(_ builder: CatalogueBuilder) {
    items = builder.items
    users = builder.users
    categoryNames = builder.categoryNames
    zones = builder.zones
    fingerprint = builder.fingerprint
    rows = builder.rows
  }

  /// Where in `items` the item of this key is; O(1).
  package func row(ofKey key: UInt64) -> Int? {
    rows.row(of: key)
  }
}
