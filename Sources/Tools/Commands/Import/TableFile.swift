internal import JSON
internal import Node

/// Reads the rows of one file of a table.
struct TableFile {
  private enum Format {
    case csv(delimiter: UInt8)
    case jsonLines
  }

  /// A row and its fields' places, or what is wrong with the row of that line.
  typealias Body = (_ line: Int, _ row: Result<RowFields, RowProblem>) throws -> Void

  let path: String
  let table: ImportTable
  let mapping: TableMapping
  let limits: RowLimits

  init(path: String, table: ImportTable, mapping: TableMapping, limits: RowLimits = RowLimits()) {
    self.path = path
    self.table = table
    self.mapping = mapping
    self.limits = limits
  }

  /// Throws `ImportError` where the file as a
  /// whole cannot be read, and whatever `body` throws.
  func forEachRow(_ body: Body) throws -> ColumnsFound {
    switch try format() {
    case .csv(let delimiter): try readCSV(delimiter, body)
    case .jsonLines: try readJSONLines(body)
    }
  }

  private func format() throws(ImportError) -> Format {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return .jsonLines }
    if name.hasSuffix(".tsv") { return .csv(delimiter: mapping.delimiter ?? UInt8(ascii: "\t")) }
    if name.hasSuffix(".csv") { return .csv(delimiter: mapping.delimiter ?? UInt8(ascii: ",")) }
    if let delimiter = mapping.delimiter { return .csv(delimiter: delimiter) }
    throw .file(
      path: path,
      reason: "its name ends in none of .csv, .tsv, .jsonl, .ndjson (and .gz after it); "
        + "with a \"delimiter\" in the mapping it may have any")
  }

  private func readCSV(_ delimiter: UInt8, _ body: Body) throws -> ColumnsFound {
    var columns = try mapping.header.map { try TableColumns(header: $0, of: self) }
    var parser = CSVParser(delimiter: delimiter, limits: limits)
    func emit(_ line: Int, _ row: Result<[String], RowProblem>) throws {
      guard let known = columns else {
        columns = try TableColumns(header: try headerRow(line, row), of: self)
        return
      }
      try body(line, row.flatMap { known.fields($0, line: line) })
    }
    let file = try InputFile(path)
    try file.forEachChunk { try parser.feed($0, emit) }
    try parser.finish(emit)
    guard let columns else { throw ImportError.file(path: path, reason: "it has no header row") }
    return ColumnsFound(ignored: columns.ignored)
  }

  private func headerRow(
    _ line: Int, _ row: Result<[String], RowProblem>
  ) throws(ImportError) -> [String] {
    switch row {
    case .success(let names): return names
    case .failure(let problem):
      throw .file(path: "\(path):\(line)", reason: "the header row: \(problem)")
    }
  }

  private func readJSONLines(_ body: Body) throws -> ColumnsFound {
    let columns = TableColumns(mapping: mapping)
    var absent = mapping.isDefault ? [] : mapping.columns(of: table).map(\.name)
    var splitter = LineSplitter(lineBytesMax: limits.rowBytesMax)
    func emit(_ line: Int, _ bytes: Result<[UInt8], RowProblem>) throws {
      if case .success(let bytes) = bytes, bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
      let row = bytes.flatMap { columns.fields(json: $0, line: line) }
      if !absent.isEmpty, case .success(let fields) = row {
        absent.removeAll { fields.row.has(column: $0) }
      }
      try body(line, row)
    }
    let file = try InputFile(path)
    try file.forEachChunk { try splitter.feed($0, emit) }
    try splitter.finish(emit)
    return ColumnsFound(absent: absent)
  }
}

/// What became of a file's columns.
struct ColumnsFound: Equatable {
  /// Those of the header that no field takes.
  var ignored: [String] = []
  /// Those that the mapping names and no row of JSON Lines has.
  var absent: [String] = []
}

/// Which column of a file each field is.
struct TableColumns {
  private let mapping: TableMapping
  private let indexes: [String: Int]
  private let count: Int
  /// Columns that no field takes.
  let ignored: [String]

  /// JSON Lines: every row has its own names.
  init(mapping: TableMapping) {
    self.mapping = mapping
    indexes = [:]
    count = 0
    ignored = []
  }

  /// Throws where a column is missing that the mapping names, or that a required field needs.
  init(header: [String], of file: TableFile) throws(ImportError) {
    mapping = file.mapping
    count = header.count
    var places: [String: Int] = [:]
    for (index, name) in header.enumerated() {
      guard places.updateValue(index, forKey: name) == nil else {
        throw .file(path: file.path, reason: "the column \"\(name)\" is there twice")
      }
    }
    for column in mapping.columns(of: file.table)
    where places[column.name] == nil && (column.isRequired || !mapping.isDefault) {
      let hint = nearestName(to: column.name, among: header).map { "; did you mean \"\($0)\"?" }
      throw .file(
        path: file.path,
        reason: "no column \"\(column.name)\" for \(file.table.rawValue).\(column.use)"
          + (hint ?? "; it has \(header.joined(separator: ", "))"))
    }
    indexes = places
    let taken = Set(mapping.columns(of: file.table).map(\.name))
    ignored = header.filter { !taken.contains($0) }
  }

  func fields(_ row: [String], line: Int) -> Result<RowFields, RowProblem> {
    guard row.count == count else {
      return .failure(
        RowProblem(
          "the row has another number of fields than the header", "\(row.count), not \(count)"))
    }
    return .success(
      RowFields(
        row: InputRow(line: line, content: .fields(row)), mapping: mapping, indexes: indexes))
  }

  func fields(json bytes: [UInt8], line: Int) -> Result<RowFields, RowProblem> {
    do throws(JSONError) {
      let value = try JSONValue(parsing: bytes)
      guard value.object != nil else {
        return .failure(RowProblem("the line is no JSON object", value.typeName))
      }
      return .success(
        RowFields(
          row: InputRow(line: line, content: .object(value)), mapping: mapping, indexes: [:]))
    } catch {
      return .failure(
        RowProblem("the line is not JSON", "column \(error.position.column): \(error.message)"))
    }
  }
}
