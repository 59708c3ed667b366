/// What to import, from where, to where.
package struct ImportOptions: Sendable {
  /// Files of restaurants; one at least.
  package var items: [String]
  package var users: [String] = []
  package var events: [String] = []
  /// A mapping's file; nil for columns of the fields' names.
  package var mapping: String?
  /// The feature definition that is put beside the data.
  package var features: String
  /// The data folder.
  package var output: String
  /// Of items that name none: an IANA name.
  package var timeZone = "UTC"
  /// The largest share of bad rows in any of the tables. A hundredth: real exports have some, and
  /// more mean that the mapping is wrong.
  package var badShareMax = 0.01
  /// Bad rows that the report shows; it counts all.
  package var badRowsShown = 20

  package init(items: [String], features: String, output: String) {
    self.items = items
    self.features = features
    self.output = output
  }
}
